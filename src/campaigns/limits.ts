import { limit } from "../billing/limit.ts";

export const EMAIL_LIMIT = limit("campaign_emails", {
  nouns: { one: "campaign email a month", several: "campaign emails a month" },
  included: { starter: 0, team: 50_000, premium: 1_000_000, enterprise: null },
  counted: "monthly",
});
