import { permission } from "../access/permissions.ts";

export const REQUEST_LOG_READ = permission("request_log:read", {
  roles: ["owner", "admin"],
  support: "read",
  label: "See the API request log and usage",
});
