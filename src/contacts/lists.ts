import { asc, count, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { contactLists, contacts } from "../../db/tenant/schema/contacts.ts";
import { authorize, authorizeReading } from "../access/authorize.ts";
import { requireConfirmedEmail } from "../access/confirmed_email.ts";
import { requireFeature } from "../billing/plan_features.ts";
import type { TenantContext } from "../context.ts";
import { conflict, notFound } from "../errors.ts";
import { changedFields } from "../events/changes.ts";
import { publish } from "../events/publish.ts";
import { isId, newId } from "../platform/ids.ts";
import { list, type ListQuery, type Page } from "../platform/list.ts";
import { momentKey } from "../platform/list_keys.ts";
import { inNameOrder } from "../platform/name_order.ts";
import { problem } from "../platform/problem.ts";
import { multiLine, singleLine } from "../platform/text.ts";
import { CONTACT_LIST_CREATED, CONTACT_LIST_DELETED, CONTACT_LIST_UPDATED } from "./events.ts";
import { CAMPAIGNS, CAMPAIGNS_MANAGE } from "./permissions.ts";

export const CONTACT_LIST_NOT_FOUND = problem("contact_list_not_found", "This list was not found.");
const LIST_NAME_MISSING = problem("contact_list_name_missing", "Enter a name.");
const TOO_MANY_LISTS = problem("contact_lists_too_many", "A workspace can have {maximum} lists.");

const MAX_LISTS = 100;
const MAX_NAME_LENGTH = 80;
const MAX_DESCRIPTION_LENGTH = 300;

/** What contacts can subscribe to, such as a newsletter. Subscribers see its name and description. */
export type ContactList = typeof contactLists.$inferSelect;
export type CountedList = ContactList & { contacts: number };

const name = singleLine(MAX_NAME_LENGTH, LIST_NAME_MISSING);
const description = multiLine(MAX_DESCRIPTION_LENGTH);
export const newContactList = z.object({ name, description: description.default("") });
export const contactListChanges = z.object({ name, description }).partial();

export const LIST_OF_LISTS = list("contact lists", {
  select: (db) => db.select().from(contactLists),
  id: contactLists.id,
  sorts: { createdAt: momentKey(contactLists.createdAt) },
  defaultSort: "createdAt",
  filters: {},
});

export async function listContactLists(
  ctx: TenantContext,
  query: ListQuery<typeof LIST_OF_LISTS>,
): Promise<Page<ContactList>> {
  authorizeReading(ctx, CAMPAIGNS_MANAGE);
  const [page] = await ctx.read((tx) => [LIST_OF_LISTS.page(tx, query)]);
  return page;
}

/** All lists by name, with the number of their contacts. */
export async function countContactLists(ctx: TenantContext): Promise<CountedList[]> {
  authorizeReading(ctx, CAMPAIGNS_MANAGE);
  const [lists, counts] = await ctx.read((tx) => [
    allLists(tx),
    tx.select({ id: sql<string>`unnest(${contacts.listIds})`.as("list_id"), contacts: count() })
      .from(contacts).where(sql`${contacts.listIds} <> '{}'`).groupBy(sql`list_id`),
  ]);
  const sizes = new Map(counts.map(({ id, contacts }) => [id, contacts]));
  return lists.map((each) => ({ ...each, contacts: sizes.get(each.id) ?? 0 }));
}

/** All lists by name. */
export function allLists(tx: TenantTx) {
  return tx.select().from(contactLists).orderBy(inNameOrder(contactLists.name), asc(contactLists.id))
    .limit(MAX_LISTS);
}

/** Throws `not_found`. */
export async function getContactList(ctx: TenantContext, id: string): Promise<CountedList> {
  authorizeReading(ctx, CAMPAIGNS_MANAGE);
  if (!isId(id)) throw notFound(CONTACT_LIST_NOT_FOUND);
  const [[found], [counted]] = await ctx.read((tx) => [
    tx.select().from(contactLists).where(eq(contactLists.id, id)),
    tx.select({ contacts: count() }).from(contacts).where(sql`${contacts.listIds} @> array[${id}]::uuid[]`),
  ]);
  if (!found) throw notFound(CONTACT_LIST_NOT_FOUND);
  return { ...found, ...counted! };
}

/**
 * If a list with `id` exists, the request is a repeat. A list's form emails strangers, so unconfirmed people can't create one. Throws
 * `forbidden`, `feature_not_in_plan`, or `conflict` if there are too many.
 */
export async function createContactList(
  ctx: TenantContext,
  input: z.output<typeof newContactList>,
  id = newId(),
): Promise<ContactList> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  requireFeature(ctx, CAMPAIGNS);
  await requireConfirmedEmail(ctx);
  const createdAt = ctx.services.clock.now();
  return await ctx.tx(async (tx) => {
    const [counted] = await tx.select({ count: count() }).from(contactLists);
    if (counted!.count >= MAX_LISTS) throw conflict(TOO_MANY_LISTS.with({ maximum: MAX_LISTS }));
    const [created] = await tx.insert(contactLists).values({ ...input, id, createdAt })
      .onConflictDoNothing({ target: contactLists.id }).returning();
    if (!created) return await lockList(tx, id);
    await publish(ctx, tx, CONTACT_LIST_CREATED, { after: created });
    return created;
  });
}

/** Throws `not_found`. */
export async function updateContactList(
  ctx: TenantContext,
  id: string,
  changes: z.output<typeof contactListChanges>,
): Promise<ContactList> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  return await ctx.tx(async (tx) => {
    const before = await lockList(tx, id);
    const changed = changedFields<ContactList>(before, changes);
    if (Object.keys(changed).length === 0) return before;
    const [after] = await tx.update(contactLists).set(changed).where(eq(contactLists.id, id)).returning();
    await publish(ctx, tx, CONTACT_LIST_UPDATED, { before, after: after! });
    return after!;
  });
}

/** Deletes a list. Its contacts stay, with their consent. Throws `not_found`. */
export async function deleteContactList(ctx: TenantContext, id: string): Promise<ContactList> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  return await ctx.tx(async (tx) => {
    const before = await lockList(tx, id);
    await tx.update(contacts).set({ listIds: sql`array_remove(${contacts.listIds}, ${id}::uuid)` })
      .where(sql`${contacts.listIds} @> array[${id}]::uuid[]`);
    await tx.delete(contactLists).where(eq(contactLists.id, id));
    await publish(ctx, tx, CONTACT_LIST_DELETED, { before });
    return before;
  });
}

async function lockList(tx: TenantTx, id: string): Promise<ContactList> {
  const [found] = isId(id)
    ? await tx.select().from(contactLists).where(eq(contactLists.id, id)).for("update")
    : [];
  if (!found) throw notFound(CONTACT_LIST_NOT_FOUND);
  return found;
}
