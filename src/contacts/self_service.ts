import { eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { consentRecords, contacts } from "../../db/tenant/schema/contacts.ts";
import { campaignHistory, forgetReasons, sequenceHistory } from "../campaigns/contact_history.ts";
import { recordUnsubscribed } from "../campaigns/engagement.ts";
import type { TenantContext } from "../context.ts";
import { invalid, notFound } from "../errors.ts";
import { changedFields } from "../events/changes.ts";
import { publish } from "../events/publish.ts";
import { HOUR } from "../platform/clock.ts";
import { problem } from "../platform/problem.ts";
import { emailAddress } from "../platform/text.ts";
import { enforce } from "../rate_limits/limiter.ts";
import { rateLimit } from "../rate_limits/rate_limit.ts";
import { consentAfter, consentHistory, recordConsent, withdrawConsent } from "./consent.ts";
import type { Contact } from "./contact.ts";
import { lockContact, removeContact } from "./contacts.ts";
import { CONTACT_ERASED, CONTACT_UPDATED } from "./events.ts";
import { forgetFormer, rememberFormer } from "./former_contacts.ts";
import { type ContactLink, readContactToken } from "./links.ts";
import { allLists, type ContactList } from "./lists.ts";

// A contact has no account, so these functions check the contact's link instead of a permission.

const CONTACT_LINK_NOT_FOUND = problem("contact_link_not_found", "This link doesn't work anymore.");
const ADDRESS_DIFFERS = problem("contact_address_differs", "Enter the address that this link was sent to.");

export const ownChoices = z.object({ consent: z.boolean(), lists: z.array(z.uuid()).max(100) });
/** The contact's address. A link's holder may have it from a forwarded email, whose footer has the link but not the address. */
export const ownAddress = z.object({ email: emailAddress });

/** Addresses that are entered for one contact. */
export const OWN_ADDRESSES = rateLimit("contact_own_addresses", {
  limit: 10,
  window: HOUR,
  whenDown: "closed",
});

/** What a contact sees of themselves. Throws `not_found` for a link that isn't the workspace's, or whose contact is gone. */
export async function openOwnContact(
  ctx: TenantContext,
  token: string,
): Promise<{ contact: Contact; lists: ContactList[] }> {
  const { contactId } = requireLink(ctx, token);
  const [[contact], lists] = await ctx.read((tx) => [
    tx.select().from(contacts).where(eq(contacts.id, contactId)),
    allLists(tx),
  ]);
  if (!contact) throw notFound(CONTACT_LINK_NOT_FOUND);
  return { contact, lists };
}

/** Everything that the workspace keeps about the contact. Throws `not_found`, `rate_limited`, or `invalid` on `email`. */
export async function exportOwnData(
  ctx: TenantContext,
  token: string,
  entered: z.output<typeof ownAddress>,
): Promise<Record<string, unknown>> {
  const { contactId } = requireLink(ctx, token);
  await enforce(ctx, OWN_ADDRESSES, contactId);
  const [[contact], lists, records, campaigns, sequences] = await ctx.read((tx) => [
    tx.select().from(contacts).where(eq(contacts.id, contactId)),
    allLists(tx),
    consentHistory(tx, contactId),
    campaignHistory(tx, contactId),
    sequenceHistory(tx, contactId),
  ]);
  if (!contact) throw notFound(CONTACT_LINK_NOT_FOUND);
  requireSameAddress(contact, entered);
  const { id, email, name, externalId, fields, tags, listIds, consent, createdAt, updatedAt } = contact;
  return {
    id,
    email,
    name,
    external_id: externalId,
    fields,
    tags,
    lists: lists.filter(({ id }) => listIds.includes(id)).map(({ name }) => name),
    consent,
    consent_history: records.map(({ kind, source, detail, at }) => ({ kind, source, detail, at })),
    campaigns,
    sequences,
    created_at: createdAt,
    updated_at: updatedAt,
  };
}

/** Gives or withdraws consent, and chooses lists. Throws `not_found`. */
export async function chooseForSelf(
  ctx: TenantContext,
  token: string,
  { consent, lists }: z.output<typeof ownChoices>,
): Promise<void> {
  const { contactId } = requireLink(ctx, token);
  await ctx.tx(async (tx) => {
    const known = new Set((await allLists(tx)).map(({ id }) => id));
    const chosen = lists.filter((id) => known.has(id)).sort();
    const before = await lockContact(tx, contactId);
    if (!consent) {
      await setLists(ctx, tx, before, chosen);
      await withdrawConsent(ctx, tx, contactId, { source: "person" });
      return;
    }
    await subscribe(ctx, tx, before, chosen, "person");
  });
}

/**
 * Withdraws the consent behind a link, once. Also a link whose contact is gone is answered, so that an email client that asks twice
 * gets the same answer. Throws `not_found` for a link that isn't the workspace's.
 */
export async function unsubscribeSelf(ctx: TenantContext, token: string): Promise<void> {
  const { contactId, campaignId } = requireLink(ctx, token);
  await ctx.tx(async (tx) => {
    const isNew = await withdrawConsent(ctx, tx, contactId, { source: "person", campaignId });
    if (!isNew || campaignId === null) return;
    await recordUnsubscribed(tx, { campaignId, contactId, at: ctx.services.clock.now() });
  });
}

/**
 * Deletes everything about the contact but a hash that keeps the address out. Throws `not_found`, `rate_limited`, or `invalid` on
 * `email`.
 */
export async function eraseSelf(
  ctx: TenantContext,
  token: string,
  entered: z.output<typeof ownAddress>,
): Promise<void> {
  const { contactId } = requireLink(ctx, token);
  await enforce(ctx, OWN_ADDRESSES, contactId);
  await ctx.tx(async (tx) => {
    const contact = await lockContact(tx, contactId);
    requireSameAddress(contact, entered);
    await rememberFormer(ctx, tx, contact.email, "erased");
    await tx.execute(sql`delete from contact_import_rows where email = ${contact.email}`);
    await forgetReasons(tx, contactId);
    await removeContact(tx, contact);
    await publish(ctx, tx, CONTACT_ERASED, { before: contact });
  });
}

/** Gives a locked contact's consent, with these lists. Returns whether the consent is new. */
export async function subscribe(
  ctx: TenantContext,
  tx: TenantTx,
  before: Contact,
  lists: string[],
  source: "person" | "form",
): Promise<boolean> {
  const listed = await setLists(ctx, tx, before, lists);
  const now = ctx.services.clock.now();
  const given = consentAfter(listed, true, now, "person");
  if (!given) return false;
  const [after] = await tx.update(contacts).set({ ...given, updatedAt: now, version: listed.version + 1 })
    .where(eq(contacts.id, before.id)).returning();
  await forgetFormer(tx, before.email);
  await recordConsent(ctx, tx, after!, { source });
  return true;
}

async function setLists(
  ctx: TenantContext,
  tx: TenantTx,
  before: Contact,
  listIds: string[],
): Promise<Contact> {
  const changed = changedFields<Contact>(before, { listIds });
  if (!changed.listIds) return before;
  const [after] = await tx.update(contacts)
    .set({ listIds, updatedAt: ctx.services.clock.now(), version: before.version + 1 })
    .where(eq(contacts.id, before.id)).returning();
  await publish(ctx, tx, CONTACT_UPDATED, { before, after: after! });
  return after!;
}

/** The records of a consent that was asked for before it was given. */
export async function recordRequest(tx: TenantTx, id: string, contactId: string, at: Date): Promise<void> {
  await tx.insert(consentRecords).values({ id, contactId, kind: "requested", source: "form", at });
}

function requireSameAddress({ email }: Contact, entered: z.output<typeof ownAddress>): void {
  if (email !== entered.email) throw invalid({ email: ADDRESS_DIFFERS });
}

function requireLink(ctx: TenantContext, token: string): ContactLink {
  const link = readContactToken(ctx, token);
  if (!link) throw notFound(CONTACT_LINK_NOT_FOUND);
  return link;
}
