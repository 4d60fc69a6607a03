import { and, eq } from "drizzle-orm";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { campaigns } from "../../db/tenant/schema/campaigns.ts";
import { authorizeReading } from "../access/authorize.ts";
import { CAMPAIGNS_MANAGE } from "../contacts/permissions.ts";
import type { TenantContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { isId } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";

export const CAMPAIGN_NOT_FOUND = problem("campaign_not_found", "This campaign was not found.");

export type Campaign = typeof campaigns.$inferSelect;
export type CampaignStatus = Campaign["status"];
export type Variant = "a" | "b";

/** Campaigns that can still be edited. */
export const EDITABLE: readonly CampaignStatus[] = ["draft"];

/** The campaign without its figures. Throws `not_found`. */
export async function readCampaign(ctx: TenantContext, id: string): Promise<Campaign> {
  authorizeReading(ctx, CAMPAIGNS_MANAGE);
  const [[campaign]] = isId(id)
    ? await ctx.read((tx) => [tx.select().from(campaigns).where(eq(campaigns.id, id))])
    : [[]];
  if (!campaign) throw notFound(CAMPAIGN_NOT_FOUND);
  return campaign;
}

/** The row, locked until the transaction ends. Throws `not_found`. */
export async function lockCampaign(tx: TenantTx, id: string): Promise<Campaign> {
  const [campaign] = isId(id)
    ? await tx.select().from(campaigns).where(eq(campaigns.id, id)).for("update")
    : [];
  if (!campaign) throw notFound(CAMPAIGN_NOT_FOUND);
  return campaign;
}

/** The campaign while it is being sent by this run. */
export function isCurrentRun({ id, run }: Pick<Campaign, "id" | "run">) {
  return and(eq(campaigns.id, id), eq(campaigns.run, run), eq(campaigns.status, "sending"));
}
