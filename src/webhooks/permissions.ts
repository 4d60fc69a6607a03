import { permission } from "../access/permissions.ts";
import { planFeature } from "../billing/plan_feature.ts";

export const WEBHOOKS_MANAGE = permission("webhooks:manage", {
  roles: ["owner", "admin"],
  label: "Manage webhooks",
});

export const WEBHOOKS = planFeature("webhooks", { label: "Webhooks", from: "team" });
