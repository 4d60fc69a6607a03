import { count, eq, ilike } from "drizzle-orm";
import { z } from "zod";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { contacts, segments } from "../../db/tenant/schema/contacts.ts";
import { authorize, authorizeReading } from "../access/authorize.ts";
import { requireFeature } from "../billing/plan_features.ts";
import type { TenantContext } from "../context.ts";
import { conflict, notFound, preconditionFailed } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { SECOND } from "../platform/clock.ts";
import { isId, newId } from "../platform/ids.ts";
import { list, type ListQuery, type Page, type PlacedPage } from "../platform/list.ts";
import { searchFilter } from "../platform/list_filters.ts";
import { nameKey } from "../platform/list_keys.ts";
import { problem } from "../platform/problem.ts";
import { singleLine } from "../platform/text.ts";
import { SEGMENT_CREATED, SEGMENT_DELETED, SEGMENT_UPDATED } from "./events.ts";
import { CAMPAIGNS, CAMPAIGNS_MANAGE } from "./permissions.ts";
import { matching, type SegmentFilter, segmentFilter } from "./segment_filter.ts";

export const SEGMENT_NOT_FOUND = problem("segment_not_found", "This segment was not found.");
const SEGMENT_NAME_MISSING = problem("segment_name_missing", "Enter a name.");
const TOO_MANY_SEGMENTS = problem("segments_too_many", "A workspace can have {maximum} segments.");
const SEGMENT_CHANGED_MEANWHILE = problem(
  "segment_changed_meanwhile",
  "Someone has changed this segment since you opened it. Review the changes before you save.",
);

const MAX_SEGMENTS = 200;
const MAX_NAME_LENGTH = 80;
const COUNT_TIME = 10 * SECOND;
const SAMPLE_SIZE = 5;

/** A saved selection of contacts. */
export type Segment = Omit<typeof segments.$inferSelect, "filter"> & { filter: SegmentFilter };

const name = singleLine(MAX_NAME_LENGTH, SEGMENT_NAME_MISSING);
export const newSegment = z.object({ name, filter: segmentFilter });
export const segmentChanges = newSegment.partial();

export const SEGMENT_LIST = list("segments", {
  select: (db) => db.select().from(segments),
  id: segments.id,
  sorts: { name: nameKey(segments.name) },
  defaultSort: "name",
  filters: { search: searchFilter((pattern) => ilike(segments.name, pattern)) },
  count: (db, counts) => db.select(counts).from(segments),
});

export async function listSegments(
  ctx: TenantContext,
  query: ListQuery<typeof SEGMENT_LIST>,
): Promise<Page<Segment>> {
  authorizeReading(ctx, CAMPAIGNS_MANAGE);
  const [page] = await ctx.read((tx) => [SEGMENT_LIST.page(tx, query)]);
  return { ...page, items: page.items.map(toSegment) };
}

/** Like `listSegments`, with the page's place in the list. */
export async function browseSegments(
  ctx: TenantContext,
  query: ListQuery<typeof SEGMENT_LIST>,
): Promise<PlacedPage<Segment>> {
  authorizeReading(ctx, CAMPAIGNS_MANAGE);
  const page = await SEGMENT_LIST.placedPage(ctx.read, query);
  return { ...page, items: page.items.map(toSegment) };
}

/** Throws `not_found`. */
export async function getSegment(ctx: TenantContext, id: string): Promise<Segment> {
  authorizeReading(ctx, CAMPAIGNS_MANAGE);
  const [[found]] = isId(id)
    ? await ctx.read((tx) => [tx.select().from(segments).where(eq(segments.id, id))])
    : [[]];
  if (!found) throw notFound(SEGMENT_NOT_FOUND);
  return toSegment(found);
}

/** How many contacts belong to a segment now, how many of them get email, and some of them. */
export async function countSegment(
  ctx: TenantContext,
  filter: SegmentFilter,
): Promise<{ contacts: number; subscribed: number; sample: string[] }> {
  authorizeReading(ctx, CAMPAIGNS_MANAGE);
  const belongs = matching(filter, ctx.services.clock.now(), ctx.tenant);
  return await ctx.tx(async (tx) => {
    const counts = await tx.select({ consent: contacts.consent, contacts: count() }).from(contacts)
      .where(belongs).groupBy(contacts.consent);
    const sample = await tx.select({ email: contacts.email }).from(contacts).where(belongs)
      .limit(SAMPLE_SIZE);
    return {
      contacts: counts.reduce((sum, { contacts }) => sum + contacts, 0),
      subscribed: counts.find(({ consent }) => consent === "given")?.contacts ?? 0,
      sample: sample.map(({ email }) => email),
    };
  }, { statementTimeout: COUNT_TIME });
}

/** If a segment with `id` exists, the request is a repeat. Throws `feature_not_in_plan`, or `conflict` if there are too many. */
export async function createSegment(
  ctx: TenantContext,
  input: z.output<typeof newSegment>,
  id = newId(),
): Promise<Segment> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  requireFeature(ctx, CAMPAIGNS);
  const now = ctx.services.clock.now();
  return await ctx.tx(async (tx) => {
    const [counted] = await tx.select({ count: count() }).from(segments);
    if (counted!.count >= MAX_SEGMENTS) throw conflict(TOO_MANY_SEGMENTS.with({ maximum: MAX_SEGMENTS }));
    const [created] = await tx.insert(segments).values({ ...input, id, createdAt: now, updatedAt: now })
      .onConflictDoNothing({ target: segments.id }).returning();
    if (!created) return await lockSegment(tx, id);
    await publish(ctx, tx, SEGMENT_CREATED, { after: created });
    return toSegment(created);
  });
}

/** With `expectedVersions`, only if the segment still has one of them. Throws `not_found` or `precondition_failed`. */
export async function updateSegment(
  ctx: TenantContext,
  id: string,
  changes: z.output<typeof segmentChanges>,
  expectedVersions?: readonly number[],
): Promise<Segment> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  requireFeature(ctx, CAMPAIGNS);
  return await ctx.tx(async (tx) => {
    const before = await lockSegment(tx, id);
    if (expectedVersions && !expectedVersions.includes(before.version)) throw changedMeanwhile();
    const { name = before.name, filter = before.filter } = changes;
    const isSame = name === before.name && JSON.stringify(filter) === JSON.stringify(before.filter);
    if (isSame) return before;
    const [after] = await tx.update(segments)
      .set({ name, filter, version: before.version + 1, updatedAt: ctx.services.clock.now() })
      .where(eq(segments.id, id)).returning();
    await publish(ctx, tx, SEGMENT_UPDATED, { before, after: toSegment(after!) });
    return toSegment(after!);
  });
}

/** Throws `not_found` or `precondition_failed`. */
export async function deleteSegment(
  ctx: TenantContext,
  id: string,
  expectedVersions?: readonly number[],
): Promise<Segment> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  return await ctx.tx(async (tx) => {
    const before = await lockSegment(tx, id);
    if (expectedVersions && !expectedVersions.includes(before.version)) throw changedMeanwhile();
    await tx.delete(segments).where(eq(segments.id, id));
    await publish(ctx, tx, SEGMENT_DELETED, { before });
    return before;
  });
}

async function lockSegment(tx: TenantTx, id: string): Promise<Segment> {
  const [found] = isId(id) ? await tx.select().from(segments).where(eq(segments.id, id)).for("update") : [];
  if (!found) throw notFound(SEGMENT_NOT_FOUND);
  return toSegment(found);
}

function toSegment(row: typeof segments.$inferSelect): Segment {
  return { ...row, filter: segmentFilter.parse(row.filter) };
}

function changedMeanwhile() {
  return preconditionFailed(SEGMENT_CHANGED_MEANWHILE);
}
