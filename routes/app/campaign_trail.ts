import type { Context } from "hono";
import { CAMPAIGNS_PATH as PATH } from "../../views/pages/campaigns/address.ts";
import { campaignText } from "../../views/pages/campaigns/text.ts";
import type { MemberEnv } from "../http.ts";
import { localeOf } from "../locale.ts";

/** The pages above a page about campaigns, or about one of them. */
export function trailOf(c: Context<MemberEnv>, campaign?: { id: string; name: string }) {
  const list = { label: textOf(c).title, href: PATH };
  return campaign ? [list, { label: campaign.name, href: `${PATH}/${campaign.id}` }] : [list];
}

export function textOf(c: Context<MemberEnv>) {
  return campaignText.of(localeOf(c));
}
