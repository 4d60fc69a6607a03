import { permission } from "../../access/permissions.ts";

export const PLATFORM_ANALYTICS_READ = permission("platform_analytics:read", {
  roles: [],
  staff: true,
  label: "See the analytics of all workspaces",
});
