import { eq } from "drizzle-orm";
import { campaignLinks, campaignRecipients, campaigns } from "../../db/tenant/schema/campaigns.ts";
import { contacts } from "../../db/tenant/schema/contacts.ts";
import { reserve } from "../../src/billing/limits.ts";
import { createCampaign, type NewCampaign, newCampaign } from "../../src/campaigns/campaigns.ts";
import { EMAIL_LIMIT } from "../../src/campaigns/limits.ts";
import { changePostalAddress } from "../../src/campaigns/settings.ts";
import { STARTERS } from "../../src/campaigns/starters.ts";
import { CONTACT_LIMIT } from "../../src/contacts/permissions.ts";
import type { TenantContext } from "../../src/context.ts";
import { newId } from "../../src/platform/ids.ts";

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

/** What the pages about campaigns show. */
export type CampaignScene = { draftId: string; sentId: string };

const FIRST_NAMES = [
  "Amara",
  "Bram",
  "Chiara",
  "Dae-jung",
  "Esra",
  "Farid",
  "Greta",
  "Hugo",
  "Ines",
  "Jonas",
  "Keiko",
  "Leila",
];
const LAST_NAMES = [
  "Obi",
  "de Vries",
  "Russo",
  "Kim",
  "Yılmaz",
  "Haddad",
  "Lindgren",
  "Moreau",
  "Costa",
  "Weber",
  "Sato",
];
const ADDRESS = "Northwind, 12 Harbor Street, Porto";

/** The emails that fail: how, and why. All others were sent. */
const LOST = [
  { state: "skipped", reason: "no_consent" },
  { state: "failed", reason: "550 5.1.1 No such user" },
  { state: "unknown", reason: null },
] as const;

/** A draft, and a campaign that was sent to these contacts with every outcome. */
export async function addCampaignPages(ctx: TenantContext, contactIds: string[]): Promise<CampaignScene> {
  await changePostalAddress(ctx, { postalAddress: ADDRESS });
  const starter = STARTERS[0]!;
  const body = starter.body.english;
  const draft = {
    name: "Monthly news",
    subject: starter.subject.english,
    body,
    windowFrom: 9,
    windowUntil: 17,
  };
  const sent = { name: "New bench", subject: "The new bench is ready", body, tracksOpens: true };
  const { id: draftId } = await createCampaign(ctx, newCampaign.parse(draft));
  return { draftId, sentId: await addSentCampaign(ctx, sent, contactIds) };
}

/** A campaign as if it had been sent now to these contacts, of whom every so manyth clicked. Returns its id. */
export async function addSentCampaign(
  ctx: TenantContext,
  values: Partial<NewCampaign>,
  contactIds: string[],
  clickEvery = 5,
): Promise<string> {
  const { id } = await createCampaign(ctx, newCampaign.parse(values));
  const at = ctx.services.clock.now();
  const firstLost = contactIds.length - LOST.length;
  const recipients = contactIds.map((contactId, index) => {
    const { state, reason } = LOST[index - firstLost] ?? { state: "sent", reason: null } as const;
    const isSent = state === "sent";
    return {
      id: newId(),
      campaignId: id,
      contactId,
      state,
      reason,
      sentAt: isSent ? at : null,
      openedAt: isSent && values.tracksOpens && index % 2 === 0 ? at : null,
      clickedAt: isSent && index % clickEvery === 0 ? at : null,
    };
  });
  const clicks = recipients.filter(({ clickedAt }) => clickedAt).length;
  await ctx.tx(async (tx) => {
    await reserve(ctx, tx, EMAIL_LIMIT, contactIds.length - LOST.length);
    await tx.update(campaigns).set({ status: "sent", startedAt: at, endedAt: at }).where(
      eq(campaigns.id, id),
    );
    await tx.insert(campaignLinks)
      .values({ id: newId(), campaignId: id, position: 0, url: "https://example.com/", clicks });
    await tx.insert(campaignRecipients).values(recipients);
  });
  return id;
}

/** So many contacts who gave their consent. Returns their ids. */
export async function addReaders(ctx: TenantContext, count: number): Promise<string[]> {
  await ctx.tx((tx) => reserve(ctx, tx, CONTACT_LIMIT, count));
  return await addContacts(ctx, Array.from({ length: count }, (_, index) => readerOf(index)));
}

function readerOf(index: number): NewContact {
  const first = FIRST_NAMES[index % FIRST_NAMES.length]!;
  const last = LAST_NAMES[(index + Math.floor(index / FIRST_NAMES.length)) % LAST_NAMES.length]!;
  return { name: `${first} ${last}`, email: `reader${index}@readers.example` };
}
