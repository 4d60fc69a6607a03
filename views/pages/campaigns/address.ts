import type { ListAddress } from "../../components/list/list_address.ts";

export const CAMPAIGNS_PATH = "/campaigns";
export const SETTINGS_PATH = "/campaigns/settings";

export const SHOWN_STATUSES = ["all", "draft", "scheduled", "sending", "paused", "sent"] as const;
export type CampaignView = { search: string; status: string; sort: string };

export const CAMPAIGNS: ListAddress<CampaignView> = {
  path: CAMPAIGNS_PATH,
  defaults: { status: "all", sort: "-created_at" },
};

export const SHOWN_STATES = ["all", "sent", "waiting", "skipped", "failed", "unknown"] as const;
export type RecipientView = { search: string; state: string };

export function recipientsOf(id: string): ListAddress<RecipientView> {
  return { path: `${CAMPAIGNS_PATH}/${id}/recipients`, defaults: { state: "all" } };
}
