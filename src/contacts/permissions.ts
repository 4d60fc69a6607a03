import { permission } from "../access/permissions.ts";
import { limit } from "../billing/limit.ts";
import { planFeature } from "../billing/plan_feature.ts";

/** Contacts, segments, campaigns and sequences. */
export const CAMPAIGNS_MANAGE = permission("campaigns:manage", {
  roles: ["owner", "admin"],
  support: "read",
  label: "Manage contacts and campaigns",
});

export const CAMPAIGNS = planFeature("campaigns", { label: "Campaigns", from: "team" });

export const CONTACT_LIMIT = limit("contacts", {
  nouns: { one: "contact", several: "contacts" },
  included: { starter: 0, team: 10_000, premium: 100_000, enterprise: null },
});
