import { permission } from "../access/permissions.ts";
import { planFeature } from "../billing/plan_feature.ts";

export const ANALYTICS_READ = permission("analytics:read", {
  roles: ["owner", "admin", "member", "viewer"],
  support: "read",
  label: "See the dashboard and reports",
});

export const ANALYTICS_MANAGE = permission("analytics:manage", {
  roles: ["owner", "admin"],
  label: "Choose the websites that send events",
});

/** Programs that record events. Events count even while the workspace is read-only, because nobody could send them again later. */
export const ANALYTICS_WRITE = permission("analytics:write", {
  roles: ["owner", "admin"],
  whenRestricted: true,
  label: "Record events",
});

export const REPORTS_MANAGE = permission("reports:manage", {
  roles: ["owner", "admin"],
  implies: [ANALYTICS_READ],
  label: "Save and share reports",
});

/** Funnels, retention, active users, breakdowns by property, and saved reports. */
export const ADVANCED_ANALYTICS = planFeature("advanced_analytics", {
  label: "Advanced analytics",
  from: "premium",
});
