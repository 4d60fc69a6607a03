import { and, eq, ilike, sql } from "drizzle-orm";
import { z } from "zod";
import { suppressedAddresses } from "../../db/control/schema/email.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { anonymousEvent } from "../events/event.ts";
import { publish } from "../events/publish.ts";
import type { SystemContext } from "../context.ts";
import { invalid, notFound } from "../errors.ts";
import { sha256 } from "../platform/crypto.ts";
import { isId, newId } from "../platform/ids.ts";
import { isMoment, type Page, pageSize, readCursor, toPage } from "../platform/keyset.ts";
import { emailAddress, multiLine, searchTerm } from "../platform/text.ts";
import { authorize } from "../access/authorize.ts";
import { permission } from "../access/permissions.ts";

const MAX_DETAIL_LENGTH = 500;
const MAX_SEARCH_LENGTH = 100;
const SORT = "-created_at";

/** An address that mail doesn't go to, and why. A complaint holds back what one may do without; the other reasons, all mail. */
export type SuppressedAddress = typeof suppressedAddresses.$inferSelect;
export type SuppressionReason = SuppressedAddress["reason"];

export const newSuppression = z.object({
  address: emailAddress,
  detail: multiLine(MAX_DETAIL_LENGTH).default(""),
});

export const suppressionQuery = z.object({
  search: searchTerm(MAX_SEARCH_LENGTH).optional().transform((text) => text || undefined),
  limit: pageSize,
  cursor: z.string().max(1_000).optional(),
});
export type SuppressionQuery = z.output<typeof suppressionQuery>;

/** Why mail doesn't go to this address; null where it does. */
export async function findSuppression(
  { control }: SystemContext,
  address: string,
): Promise<SuppressionReason | null> {
  const [row] = await control.select({ reason: suppressedAddresses.reason }).from(suppressedAddresses)
    .where(eq(suppressedAddresses.address, address.toLowerCase()));
  return row?.reason ?? null;
}

/** To see and change which addresses get no email. */
export const SUPPRESSIONS_MANAGE = permission("suppressions:manage", {
  roles: [],
  staff: true,
  label: "Manage suppressed addresses",
});

export const ADDRESS_SUPPRESSED = anonymousEvent("email_address.suppressed", {
  sentence: "suppressed an email address",
});
export const ADDRESS_RELEASED = anonymousEvent("email_address.released", {
  sentence: "released an email address",
});

export type NewSuppression = { address: string; reason: SuppressionReason; detail: string };

/**
 * Suppresses an address. What is suppressed stays as it is, but that the other reasons outweigh a complaint, which holds
 * back less. Returns whether anything changed.
 */
export async function suppress(ctx: SystemContext, input: NewSuppression): Promise<boolean> {
  authorize(ctx, SUPPRESSIONS_MANAGE);
  return await ctx.tx((tx) => add(ctx, tx, input));
}

/** What one of the platform's staff does by hand. Throws `invalid` on `address` when it is suppressed already. */
export async function suppressByHand(
  ctx: SystemContext,
  { address, detail }: z.output<typeof newSuppression>,
): Promise<void> {
  authorize(ctx, SUPPRESSIONS_MANAGE);
  await ctx.tx(async (tx) => {
    const [before] = await tx.select({ reason: suppressedAddresses.reason }).from(suppressedAddresses)
      .where(eq(suppressedAddresses.address, address)).for("update");
    if (!await add(ctx, tx, { address, reason: "manual", detail })) {
      throw invalid({ address: "This address is suppressed already." });
    }
    const reason = { from: before?.reason ?? null, to: "manual" };
    await publishByHand(ctx, tx, ADDRESS_SUPPRESSED, address, reason);
  });
}

/** Lets mail go to this address again. Returns the address. Throws `not_found`. */
export async function unsuppress(ctx: SystemContext, id: string): Promise<string> {
  authorize(ctx, SUPPRESSIONS_MANAGE);
  if (!isId(id)) throw missing();
  return await ctx.tx(async (tx) => {
    const [gone] = await tx.delete(suppressedAddresses).where(eq(suppressedAddresses.id, id)).returning();
    if (!gone) throw missing();
    await publishByHand(ctx, tx, ADDRESS_RELEASED, gone.address, { from: gone.reason, to: null });
    return gone.address;
  });
}

/** Throws `not_found`. */
export async function getSuppressed(ctx: SystemContext, id: string): Promise<SuppressedAddress> {
  authorize(ctx, SUPPRESSIONS_MANAGE);
  if (!isId(id)) throw missing();
  const [row] = await ctx.control.select().from(suppressedAddresses).where(eq(suppressedAddresses.id, id));
  if (!row) throw missing();
  return row;
}

/** The suppressed addresses, the newest first. `search` is a part of the address. */
export async function listSuppressed(
  ctx: SystemContext,
  { search, limit, cursor }: SuppressionQuery,
): Promise<Page<SuppressedAddress>> {
  authorize(ctx, SUPPRESSIONS_MANAGE);
  const { id, address, createdAt } = suppressedAddresses;
  const place = cursor ? readCursor(cursor, SORT, isMoment) : undefined;
  const rows = await ctx.control.select().from(suppressedAddresses)
    .where(and(
      search ? ilike(address, `%${search.replaceAll(/[\\%_]/g, "\\$&")}%`) : undefined,
      place && sql`(${createdAt}, ${id}) < (${place.cursorValue}::timestamptz, ${place.cursorId}::uuid)`,
    ))
    .orderBy(sql`${createdAt} desc, ${id} desc`).limit(limit + 1);
  return toPage(rows, limit, SORT, (row) => row.createdAt.toISOString());
}

async function add(
  { services }: SystemContext,
  tx: ControlTx,
  { address, reason, detail }: NewSuppression,
): Promise<boolean> {
  const values = { reason, detail: detail.slice(0, MAX_DETAIL_LENGTH) };
  const outweighs = reason === "complaint" ? sql`false` : eq(suppressedAddresses.reason, "complaint");
  const changed = await tx.insert(suppressedAddresses)
    .values({ ...values, id: newId(), address: address.toLowerCase(), createdAt: services.clock.now() })
    .onConflictDoUpdate({ target: suppressedAddresses.address, set: values, setWhere: outweighs })
    .returning({ id: suppressedAddresses.id });
  return changed.length > 0;
}

/** The log keeps no address. The hash tells those who know the address what was done. */
async function publishByHand(
  ctx: SystemContext,
  tx: ControlTx,
  event: typeof ADDRESS_SUPPRESSED,
  address: string,
  reason: { from: string | null; to: string | null },
): Promise<void> {
  await publish(ctx, tx, event, { details: { sha256_of_address: sha256(address), reason } });
}

function missing() {
  return notFound("This address");
}
