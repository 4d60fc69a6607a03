import { sql } from "drizzle-orm";
import { brandLogo } from "../../db/tenant/schema/brand.ts";
import { adoption } from "../analytics/platform/adoption.ts";
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
  adoptions: [
    adoption("brand", {
      label: "Own logo or color",
      tenants:
        sql`select id as tenant_id from control.tenants where logo_version is not null or brand_color is not null`,
    }),
    adoption("second_factor", {
      label: "Two-step verification required",
      tenants: sql`select id as tenant_id from control.tenants where second_factor_from is not null`,
    }),
  ],
});
