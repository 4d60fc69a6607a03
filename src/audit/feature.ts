import { auditLog } from "../../db/tenant/schema/audit.ts";
import { feature } from "../feature.ts";
import { AUDIT_SCHEDULE, CHECK_AUDIT, CHECK_TENANT_AUDIT } from "./jobs.ts";
import { AUDIT_LOG, AUDIT_READ, PLATFORM_AUDIT_READ } from "./permissions.ts";

export default feature("audit", {
  label: "Audit log",
  tables: [auditLog],
  permissions: [AUDIT_READ, PLATFORM_AUDIT_READ],
  planFeatures: [AUDIT_LOG],
  jobs: [CHECK_TENANT_AUDIT, CHECK_AUDIT],
  schedules: [AUDIT_SCHEDULE],
});
