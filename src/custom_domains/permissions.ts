import { permission } from "../access/permissions.ts";
import { planFeature } from "../billing/plan_feature.ts";

/**
 * Only owners have it: the person who controls a domain can read the sessions of everyone who opens the workspace there, owners included.
 */
export const DOMAINS_MANAGE = permission("domains:manage", {
  roles: ["owner"],
  ownersOnly: true,
  label: "Manage custom domains",
});

export const CUSTOM_DOMAINS = planFeature("custom_domains", { label: "Custom domains", from: "premium" });
