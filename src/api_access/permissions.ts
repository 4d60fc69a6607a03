import { permission } from "../access/permissions.ts";
import { planFeature } from "../billing/plan_feature.ts";

export const API_KEYS_MANAGE = permission("api_keys:manage", {
  roles: ["owner", "admin"],
  whenRestricted: true,
  label: "Manage API keys",
});

export const REQUEST_LOG_READ = permission("request_log:read", {
  roles: ["owner", "admin"],
  support: "read",
  label: "See the API request log and usage",
});

export const API_ACCESS = planFeature("api_access", { label: "API access", from: "starter" });
