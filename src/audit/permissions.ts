import { permission } from "../access/permissions.ts";
import { planFeature } from "../billing/plan_feature.ts";

export const AUDIT_READ = permission("audit:read", {
  roles: ["owner", "admin"],
  support: "read",
  label: "See the audit log",
});

/** Allows staff to see what was done to tenants and to the platform. */
export const PLATFORM_AUDIT_READ = permission("platform_audit:read", {
  roles: [],
  staff: true,
  label: "See the platform's audit log",
});

export const AUDIT_LOG = planFeature("audit_log", { label: "Audit log", from: "team" });
