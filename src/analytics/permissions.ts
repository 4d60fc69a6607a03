import { permission } from "../access/permissions.ts";

export const ANALYTICS_READ = permission("analytics:read", {
  roles: ["owner", "admin", "member", "viewer"],
  support: "read",
  label: "See the dashboard and reports",
});
