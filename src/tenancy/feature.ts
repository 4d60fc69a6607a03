import { brandLogo } from "../../db/tenant/schema/brand.ts";
import { feature } from "../feature.ts";
import { DELETION_SCHEDULED, WELCOME } from "./emails.ts";
import { EVENTS } from "./events.ts";
import { SETTINGS_MANAGE, TENANT_DELETE, TENANTS_MANAGE } from "./permissions.ts";
import { TENANTS } from "./tenant_directory.ts";
import { TENANT_UPKEEP, UPKEEP, UPKEEP_SCHEDULE } from "./upkeep.ts";

export default feature("tenancy", {
  label: "Workspace",
  tables: [brandLogo],
  permissions: [SETTINGS_MANAGE, TENANT_DELETE, TENANTS_MANAGE],
  events: EVENTS,
  emails: [WELCOME, DELETION_SCHEDULED],
  jobs: [TENANT_UPKEEP],
  schedules: [UPKEEP_SCHEDULE],
  parts: [TENANTS, UPKEEP],
});
