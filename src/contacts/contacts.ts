import { count, eq, ilike, inArray, or, sql } from "drizzle-orm";
import { z } from "zod";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { contactLists, contacts } from "../../db/tenant/schema/contacts.ts";
import { authorize, authorizeReading } from "../access/authorize.ts";
import { release, reserve } from "../billing/limits.ts";
import { requireFeature } from "../billing/plan_features.ts";
import type { TenantContext } from "../context.ts";
import { invalid, notFound, preconditionFailed } from "../errors.ts";
import { changedFields } from "../events/changes.ts";
import { publish } from "../events/publish.ts";
import { isUniqueViolation } from "../platform/database_errors.ts";
import { isId, newId } from "../platform/ids.ts";
import { list, type ListQuery, type Page, type PlacedPage } from "../platform/list.ts";
import { equalFilter, type Filter, oneOf, searchFilter } from "../platform/list_filters.ts";
import { momentKey, nameKey } from "../platform/list_keys.ts";
import { problem } from "../platform/problem.ts";
import { searchSource } from "../search/search_source.ts";
import {
  CONSENT_WITHDRAWN,
  consentAfter,
  consentHistory,
  type ConsentRecord,
  recordConsent,
  sourceOf,
} from "./consent.ts";
import {
  type Consent,
  CONSENTS,
  type Contact,
  CONTACT_NOT_FOUND,
  type ContactChanges,
  type NewContact,
  tag,
} from "./contact.ts";

import { CONTACT_CREATED, CONTACT_DELETED, CONTACT_UPDATED } from "./events.ts";
import { CONTACT_ERASED_BEFORE, findFormer, rememberFormer } from "./former_contacts.ts";
import { CAMPAIGNS, CAMPAIGNS_MANAGE, CONTACT_LIMIT } from "./permissions.ts";

const EMAIL_TAKEN = problem("contact_email_taken", "There is a contact with this address.");
const EXTERNAL_ID_TAKEN = problem("contact_external_id_taken", "There is a contact with this ID.");
const LIST_UNKNOWN = problem("contact_list_unknown", "This list was not found.");
const CONTACT_CHANGED_MEANWHILE = problem(
  "contact_changed_meanwhile",
  "Someone has changed this contact since you opened it. Review the changes before you save.",
);

const tagFilter: Filter<typeof tag> = {
  schema: tag,
  condition: (_tag, parameter) => sql`${contacts.tags} @> array[${parameter}]::text[]`,
  toParameter: (value) => value,
  shapeOf: () => "",
};
const idOfList = z.uuid();
const listFilter: Filter<typeof idOfList> = {
  schema: idOfList,
  condition: (_id, parameter) => sql`${contacts.listIds} @> array[${parameter}]::uuid[]`,
  toParameter: (value) => value,
  shapeOf: () => "",
};

export const CONTACT_LIST = list("contacts", {
  select: (db) => db.select().from(contacts),
  id: contacts.id,
  sorts: {
    createdAt: momentKey(contacts.createdAt),
    name: nameKey(contacts.name),
  },
  defaultSort: "-createdAt",
  filters: {
    search: searchFilter((pattern) => or(ilike(contacts.email, pattern), ilike(contacts.name, pattern))),
    consentStatus: equalFilter(oneOf(CONSENTS), contacts.consent),
    tag: tagFilter,
    list: listFilter,
  },
  count: (db, counts) => db.select(counts).from(contacts),
  tabs: "consentStatus",
});
export type ContactQuery = ListQuery<typeof CONTACT_LIST>;

export const CONTACT_SEARCH = searchSource("contacts", {
  label: "Contacts",
  permission: CAMPAIGNS_MANAGE,
  position: 40,
  select: (db) => db.select({ id: contacts.id, title: contacts.email, detail: contacts.name }).from(contacts),
  id: contacts.id,
  columns: [contacts.email, contacts.name],
  href: ({ id }) => `/contacts/${id}`,
});

/** One page of the contacts. Throws `invalid` for a cursor from another list, order, or filter. */
export async function listContacts(ctx: TenantContext, query: ContactQuery): Promise<Page<Contact>> {
  authorizeReading(ctx, CAMPAIGNS_MANAGE);
  const [page] = await ctx.read((tx) => [CONTACT_LIST.page(tx, query)]);
  return page;
}

/** Like `listContacts`, with the page's place in the list and the number of contacts on each tab. */
export async function browseContacts(
  ctx: TenantContext,
  query: ContactQuery,
): Promise<PlacedPage<Contact, Consent>> {
  authorizeReading(ctx, CAMPAIGNS_MANAGE);
  return await CONTACT_LIST.placedPage(ctx.read, query);
}

/** Throws `not_found`. */
export async function getContact(ctx: TenantContext, id: string): Promise<Contact> {
  authorizeReading(ctx, CAMPAIGNS_MANAGE);
  return (await getContactWithHistory(ctx, id)).contact;
}

/** A contact and what they agreed to. Throws `not_found`. */
export async function getContactWithHistory(
  ctx: TenantContext,
  id: string,
): Promise<{ contact: Contact; consent: ConsentRecord[] }> {
  authorizeReading(ctx, CAMPAIGNS_MANAGE);
  if (!isId(id)) throw notFound(CONTACT_NOT_FOUND);
  const [[contact], consent] = await ctx.read((tx) => [
    tx.select().from(contacts).where(eq(contacts.id, id)),
    consentHistory(tx, id),
  ]);
  if (!contact) throw notFound(CONTACT_NOT_FOUND);
  return { contact, consent };
}

/**
 * Adds a contact. If a contact with `id` exists, the request is a repeat and adds nothing. Throws `feature_not_in_plan`,
 * `limit_reached`, or `invalid` if the address or the external ID is taken.
 */
export async function createContact(
  ctx: TenantContext,
  { lists, consent, ...input }: NewContact,
  id = newId(),
): Promise<Contact> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  requireFeature(ctx, CAMPAIGNS);
  const now = ctx.services.clock.now();
  return await unlessTaken(() =>
    ctx.tx(async (tx) => {
      const former = await findFormer(tx, input.email);
      if (former === "erased") throw invalid({ email: CONTACT_ERASED_BEFORE });
      await requireLists(tx, lists);
      const first = former ? { consent: "withdrawn", consentAt: now } as const : { consent: "none" } as const;
      const given = consentAfter(first, consent, now);
      const values = { ...input, ...first, ...given, id, listIds: lists, createdAt: now, updatedAt: now };
      const [contact] = await tx.insert(contacts).values(values)
        .onConflictDoNothing({ target: contacts.id }).returning();
      if (!contact) return await lockContact(tx, id);
      await reserve(ctx, tx, CONTACT_LIMIT);
      await publish(ctx, tx, CONTACT_CREATED, { after: contact });
      if (given) await recordConsent(ctx, tx, contact, { source: sourceOf(ctx.actor) });
      return contact;
    })
  );
}

/**
 * Updates the fields in `changes`. With `expectedVersions`, only if the contact still has one of them. If no value
 * differs, nothing happens. Throws `not_found`, `precondition_failed`, or `invalid`, also if the person withdrew the consent to give.
 */
export async function updateContact(
  ctx: TenantContext,
  id: string,
  { lists, consent, ...changes }: ContactChanges,
  expectedVersions?: readonly number[],
): Promise<Contact> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  requireFeature(ctx, CAMPAIGNS);
  if (!isId(id)) throw notFound(CONTACT_NOT_FOUND);
  const now = ctx.services.clock.now();
  return await unlessTaken(() =>
    ctx.tx(async (tx) => {
      const before = await lockContact(tx, id);
      if (expectedVersions && !expectedVersions.includes(before.version)) throw changedMeanwhile();
      if (lists) await requireLists(tx, lists);
      const changed = changedFields<Contact>(before, { ...changes, listIds: lists });
      if (changed.fields && isSameFields(changed.fields, before.fields)) delete changed.fields;
      if (changed.email) await changeAddress(ctx, tx, before, changed.email);
      const agreed = consent === undefined ? null : consentAfter(before, consent, now);
      if (!agreed && Object.keys(changed).length === 0) return before;
      const [after] = await tx.update(contacts)
        .set({ ...changed, ...agreed, updatedAt: now, version: before.version + 1 })
        .where(eq(contacts.id, id)).returning();
      await publish(ctx, tx, CONTACT_UPDATED, { before, after: after! });
      if (agreed) await recordConsent(ctx, tx, after!, { source: sourceOf(ctx.actor) });
      return after!;
    })
  );
}

/** Permanently deletes a contact and its consent records. Returns it. Throws `not_found` or `precondition_failed`. */
export async function deleteContact(
  ctx: TenantContext,
  id: string,
  expectedVersions?: readonly number[],
): Promise<Contact> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  if (!isId(id)) throw notFound(CONTACT_NOT_FOUND);
  return await ctx.tx(async (tx) => {
    const contact = await lockContact(tx, id);
    if (expectedVersions && !expectedVersions.includes(contact.version)) throw changedMeanwhile();
    if (contact.consent === "withdrawn") await rememberFormer(ctx, tx, contact.email, "unsubscribed");
    await removeContact(tx, contact);
    await publish(ctx, tx, CONTACT_DELETED, { before: contact });
    return contact;
  });
}

/** Deletes a locked contact, and makes room for another one. */
export async function removeContact(tx: TenantTx, { id }: Contact): Promise<void> {
  await tx.delete(contacts).where(eq(contacts.id, id));
  await release(tx, CONTACT_LIMIT);
}

/** The contact, locked until the transaction ends. Throws `not_found`. */
export async function lockContact(tx: TenantTx, id: string): Promise<Contact> {
  const [contact] = await tx.select().from(contacts).where(eq(contacts.id, id)).for("update");
  if (!contact) throw notFound(CONTACT_NOT_FOUND);
  return contact;
}

/** Another address must not free the old one, or a former contact's, for somebody else's consent. Throws `invalid` on `email`. */
async function changeAddress(ctx: TenantContext, tx: TenantTx, before: Contact, to: string): Promise<void> {
  const former = await findFormer(tx, to);
  if (former) throw invalid({ email: former === "erased" ? CONTACT_ERASED_BEFORE : CONSENT_WITHDRAWN });
  if (before.consent === "withdrawn") await rememberFormer(ctx, tx, before.email, "unsubscribed");
}

/** Throws `invalid` on `lists` if one of them doesn't exist. */
async function requireLists(tx: TenantTx, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  const [found] = await tx.select({ count: count() }).from(contactLists).where(inArray(contactLists.id, ids));
  if (found!.count < ids.length) throw invalid({ lists: LIST_UNKNOWN });
}

async function unlessTaken<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isUniqueViolation(error, "contacts_email")) throw invalid({ email: EMAIL_TAKEN });
    if (isUniqueViolation(error, "contacts_external_id")) throw invalid({ external_id: EXTERNAL_ID_TAKEN });
    throw error;
  }
}

function isSameFields(one: Record<string, string>, other: Record<string, string>): boolean {
  const sorted = (fields: Record<string, string>) => JSON.stringify(Object.entries(fields).sort());
  return sorted(one) === sorted(other);
}

function changedMeanwhile() {
  return preconditionFailed(CONTACT_CHANGED_MEANWHILE);
}
