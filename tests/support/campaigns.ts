/** Contacts and campaigns, and the emails that a real server received. */
import { eq } from "drizzle-orm";
import { campaignLinks, campaignRecipients, campaigns } from "../../db/tenant/schema/campaigns.ts";
import { contacts } from "../../db/tenant/schema/contacts.ts";
import { createCampaign, type NewCampaign, newCampaign } from "../../src/campaigns/campaigns.ts";
import { changePostalAddress } from "../../src/campaigns/settings.ts";
import { STARTERS } from "../../src/campaigns/starters.ts";
import type { TenantContext } from "../../src/context.ts";
import { newId } from "../../src/platform/ids.ts";

export const POSTAL_ADDRESS = "Acme Ltd, 1 Main Street, Springfield";

type NewContact = Partial<typeof contacts.$inferInsert> & { email: string };

/** Contacts who gave their consent, unless they say otherwise. Returns their ids. */
export async function addContacts(ctx: TenantContext, list: NewContact[]): Promise<string[]> {
  const at = ctx.services.clock.now();
  const rows = list.map((contact) => ({
    id: newId(),
    consent: "given" as const,
    consentAt: at,
    createdAt: at,
    updatedAt: at,
    ...contact,
  }));
  for (let start = 0; start < rows.length; start += 1_000) {
    await ctx.tx((tx) => tx.insert(contacts).values(rows.slice(start, start + 1_000)));
  }
  return rows.map(({ id }) => id);
}

/** A draft that is ready to be sent to everybody. */
export async function readyCampaign(ctx: TenantContext, values: Partial<NewCampaign> = {}) {
  await changePostalAddress(ctx, { postalAddress: POSTAL_ADDRESS });
  return await createCampaign(
    ctx,
    newCampaign.parse({ name: "News", subject: "Our news", body: "Hello there", ...values }),
  );
}

/** A draft, and a campaign that was sent with every outcome. */
export async function showCampaigns({ ctx }: { ctx: TenantContext }): Promise<CampaignScene> {
  const starter = STARTERS[0]!;
  const names = ["Amara Obi", "Bram de Vries", "Chiara Russo", "Dae-jung Kim", "Esra Yılmaz", "Farid Haddad"];
  const ids = await addContacts(
    ctx,
    names.map((name, index) => ({ name, email: `reader${index}@readers.example` })),
  );
  const draft = await readyCampaign(ctx, {
    name: "April news",
    subject: starter.subject.english,
    body: starter.body.english,
    windowFrom: 9,
    windowUntil: 17,
  });
  const sent = await readyCampaign(ctx, {
    name: "Spring news",
    subject: "The new bench is ready",
    body: starter.body.english,
    tracksOpens: true,
  });
  const at = ctx.services.clock.now();
  const states = ["sent", "sent", "sent", "skipped", "failed", "unknown"] as const;
  await ctx.tx(async (tx) => {
    await tx.update(campaigns).set({ status: "sent", startedAt: at, endedAt: at }).where(
      eq(campaigns.id, sent.id),
    );
    await tx.insert(campaignLinks)
      .values({ id: newId(), campaignId: sent.id, position: 0, url: "https://example.com/", clicks: 2 });
    await tx.insert(campaignRecipients).values(states.map((state, index) => ({
      campaignId: sent.id,
      contactId: ids[index]!,
      state,
      reason: { skipped: "no_consent", failed: "550 5.1.1 No such user" }[state as string] ?? null,
      sentAt: state === "sent" ? at : null,
      clickedAt: index === 0 ? at : null,
    })));
  });
  return { draftId: draft.id, sentId: sent.id };
}

export type CampaignScene = { draftId: string; sentId: string };
