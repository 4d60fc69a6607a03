import { feature } from "../feature.ts";
import { SETTINGS_MANAGE, TENANT_DELETE, TENANTS_MANAGE } from "./permissions.ts";
import { TENANTS } from "./tenant_directory.ts";
import { UPKEEP } from "./upkeep.ts";

export const tenancy = feature("tenancy", {
  permissions: [SETTINGS_MANAGE, TENANT_DELETE, TENANTS_MANAGE],
  parts: [TENANTS, UPKEEP],
});
