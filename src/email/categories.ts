import type { MessageName } from "./messages.ts";

/** What a person may choose not to get. What belongs to no category is about their account. */
export const EMAIL_CATEGORIES = ["usage_alerts", "reports"] as const;
export type EmailCategory = typeof EMAIL_CATEGORIES[number];

const CATEGORY_OF: Partial<Record<MessageName, EmailCategory>> = {
  usage_near_limit: "usage_alerts",
  usage_limit_reached: "usage_alerts",
  monthly_report: "reports",
};

/** The category of a message; null for what is about an account, and can't be chosen away. */
export function categoryOf(message: MessageName): EmailCategory | null {
  return CATEGORY_OF[message] ?? null;
}
