import { eq } from "drizzle-orm";
import { z } from "zod";
import { campaignSettings } from "../../db/control/schema/campaigns.ts";
import { authorize, authorizeReading } from "../access/authorize.ts";
import { requireFeature } from "../billing/plan_features.ts";
import { CAMPAIGNS, CAMPAIGNS_MANAGE } from "../contacts/permissions.ts";
import type { TenantContext } from "../context.ts";
import { event } from "../events/event.ts";
import { publish } from "../events/publish.ts";
import { problem } from "../platform/problem.ts";
import { singleLine } from "../platform/text.ts";

const ADDRESS_MISSING = problem("postal_address_missing", "Enter your company's postal address.");

const MAX_ADDRESS_LENGTH = 300;

export const campaignSettingsInput = z.object({
  postalAddress: singleLine(MAX_ADDRESS_LENGTH, ADDRESS_MISSING),
});

type NamedSettings = { id: string; name: string; postalAddress: string };

export const SETTINGS_CHANGED = event<NamedSettings>("campaign_settings.updated", {
  sentence: "changed the postal address in campaigns",
});

/** The postal address in every email's footer. Empty until someone enters it. Checks no permission. */
export async function readPostalAddress({ tenant, system }: TenantContext): Promise<string> {
  const [row] = await system.control.select().from(campaignSettings)
    .where(eq(campaignSettings.tenantId, tenant.id));
  return row?.postalAddress ?? "";
}

/** Throws `forbidden`. */
export async function getPostalAddress(ctx: TenantContext): Promise<string> {
  authorizeReading(ctx, CAMPAIGNS_MANAGE);
  return await readPostalAddress(ctx);
}

/** Throws `forbidden` or `feature_not_in_plan`. */
export async function changePostalAddress(
  ctx: TenantContext,
  { postalAddress }: z.output<typeof campaignSettingsInput>,
): Promise<void> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  requireFeature(ctx, CAMPAIGNS);
  const { tenant, system, services } = ctx;
  const before = await readPostalAddress(ctx);
  const named = (address: string) => ({ id: tenant.id, name: tenant.name, postalAddress: address });
  await system.tx(async (tx) => {
    const set = { postalAddress, updatedAt: services.clock.now() };
    await tx.insert(campaignSettings).values({ tenantId: tenant.id, ...set })
      .onConflictDoUpdate({ target: campaignSettings.tenantId, set });
    const change = { before: named(before), after: named(postalAddress), schema: tenant.schemaName };
    await publish(system, tx, SETTINGS_CHANGED, change);
  });
}
