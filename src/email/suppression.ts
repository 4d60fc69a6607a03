import { and, eq, ilike, isNotNull, isNull, not, or, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { suppressedAddresses } from "../../db/control/schema/email.ts";
import type { TenantId } from "../../db/ids.ts";
import { authorize } from "../access/authorize.ts";
import { permission } from "../access/permissions.ts";
import type { SystemContext } from "../context.ts";
import { invalid, notFound } from "../errors.ts";
import { anonymousEvent } from "../events/event.ts";
import { publish } from "../events/publish.ts";
import { textArray } from "../platform/array_literals.ts";
import { sha256 } from "../platform/crypto.ts";
import { isId, newId } from "../platform/ids.ts";
import { list, type ListQuery, type PlacedPage, readingFrom } from "../platform/list.ts";
import { searchFilter } from "../platform/list_filters.ts";
import { momentKey } from "../platform/list_keys.ts";
import { problem } from "../platform/problem.ts";
import { emailAddress, multiLine } from "../platform/text.ts";

const ALREADY_SUPPRESSED = problem("address_already_suppressed", "This address is already suppressed.");
const ADDRESS_NOT_FOUND = problem("address_not_found", "This address was not found.");

const MAX_DETAIL_LENGTH = 500;

/** An address that gets no email, and why. After a complaint, it still gets email about its account. */
export type SuppressedAddress = typeof suppressedAddresses.$inferSelect;
export type SuppressionReason = SuppressedAddress["reason"];

export const newSuppression = z.object({
  address: emailAddress,
  detail: multiLine(MAX_DETAIL_LENGTH).default(""),
});

export const SUPPRESSION_LIST = list("suppressions", {
  select: (db) => db.select().from(suppressedAddresses),
  id: suppressedAddresses.id,
  sorts: { createdAt: momentKey(suppressedAddresses.createdAt) },
  defaultSort: "-createdAt",
  filters: { search: searchFilter((pattern) => ilike(suppressedAddresses.address, pattern)) },
  count: (db, counts) => db.select(counts).from(suppressedAddresses),
});

/** Why this address gets no email, or no campaigns of the tenant; null if it does. */
export async function findSuppression(
  { control }: SystemContext,
  address: string,
  tenantId: string | null = null,
): Promise<SuppressionReason | null> {
  const [row] = await control.select({ reason: suppressedAddresses.reason }).from(suppressedAddresses)
    .where(and(eq(suppressedAddresses.address, address.toLowerCase()), suppressedFor(tenantId)));
  return row?.reason ?? null;
}

/** Which of these addresses, in lower case, get no campaigns of the tenant. */
export async function suppressedAmong(
  { control }: SystemContext,
  addresses: readonly string[],
  tenantId: TenantId,
): Promise<Set<string>> {
  if (addresses.length === 0) return new Set();
  const rows = await control.select({ address: suppressedAddresses.address }).from(suppressedAddresses)
    .where(and(
      sql`${suppressedAddresses.address} = any(${textArray(addresses)}::text[])`,
      suppressedFor(tenantId),
    ));
  return new Set(rows.map(({ address }) => address));
}

/** Whether an address is suppressed for everyone, or for the tenant. */
export function suppressedFor(tenantId: string | null): SQL {
  const { tenantIds } = suppressedAddresses;
  return or(isNull(tenantIds), tenantId === null ? undefined : includes(tenantId))!;
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

/** With `tenantId`, the address gets no more campaigns of that tenant, and all other email. */
export type NewSuppression = {
  address: string;
  reason: SuppressionReason;
  detail: string;
  tenantId?: TenantId;
};

/**
 * Suppresses an address. A suppression that blocks more emails replaces one that blocks fewer: a complaint replaces bounces of
 * tenants' campaigns, and other reasons replace a complaint. Returns whether anything changed.
 */
export async function suppress(ctx: SystemContext, input: NewSuppression): Promise<boolean> {
  authorize(ctx, SUPPRESSIONS_MANAGE);
  return await ctx.tx((tx) => add(ctx, tx, input));
}

/** Lets the person at an address get the tenant's campaigns again, because they have just read an email there. */
export async function releaseForTenant(
  ctx: SystemContext,
  { address, tenantId }: { address: string; tenantId: TenantId },
): Promise<void> {
  authorize(ctx, SUPPRESSIONS_MANAGE);
  await ctx.tx(async (tx) => {
    const isAddress = eq(suppressedAddresses.address, address.toLowerCase());
    await tx.update(suppressedAddresses)
      .set({ tenantIds: sql`array_remove(${suppressedAddresses.tenantIds}, ${tenantId}::uuid)` })
      .where(and(isAddress, includes(tenantId)));
    await tx.delete(suppressedAddresses).where(and(isAddress, eq(suppressedAddresses.tenantIds, [])));
  });
}

/** Suppresses an address for staff. Throws `invalid` on `address` if it is already suppressed. */
export async function suppressByHand(
  ctx: SystemContext,
  { address, detail }: z.output<typeof newSuppression>,
): Promise<void> {
  authorize(ctx, SUPPRESSIONS_MANAGE);
  await ctx.tx(async (tx) => {
    const [before] = await tx.select({ reason: suppressedAddresses.reason }).from(suppressedAddresses)
      .where(eq(suppressedAddresses.address, address)).for("update");
    if (!await add(ctx, tx, { address, reason: "manual", detail })) {
      throw invalid({ address: ALREADY_SUPPRESSED });
    }
    const reason = { from: before?.reason ?? null, to: "manual" };
    await publishByHand(ctx, tx, ADDRESS_SUPPRESSED, address, reason);
  });
}

/** Lets an address get email again. Returns the address. Throws `not_found`. */
export async function unsuppress(ctx: SystemContext, id: string): Promise<string> {
  authorize(ctx, SUPPRESSIONS_MANAGE);
  if (!isId(id)) throw missing();
  return await ctx.tx(async (tx) => {
    const [deleted] = await tx.delete(suppressedAddresses).where(eq(suppressedAddresses.id, id)).returning();
    if (!deleted) throw missing();
    await publishByHand(ctx, tx, ADDRESS_RELEASED, deleted.address, { from: deleted.reason, to: null });
    return deleted.address;
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

/** The suppressed addresses, newest first. `search` is a part of the address. */
export async function listSuppressed(
  ctx: SystemContext,
  query: ListQuery<typeof SUPPRESSION_LIST>,
): Promise<PlacedPage<SuppressedAddress>> {
  authorize(ctx, SUPPRESSIONS_MANAGE);
  return await SUPPRESSION_LIST.placedPage(readingFrom(ctx.control), query);
}

async function add(
  { services }: SystemContext,
  tx: ControlTx,
  { address, reason, detail, tenantId }: NewSuppression,
): Promise<boolean> {
  const s = suppressedAddresses;
  const values = {
    reason,
    detail: detail.slice(0, MAX_DETAIL_LENGTH),
    tenantIds: tenantId ? [tenantId] : null,
  };
  const isWeaker = or(isNotNull(s.tenantIds), reason === "complaint" ? undefined : eq(s.reason, "complaint"));
  const change = tenantId
    ? { set: { tenantIds: sql`${s.tenantIds} || ${tenantId}::uuid` }, setWhere: not(includes(tenantId)) }
    : { set: values, setWhere: isWeaker };
  const changed = await tx.insert(s)
    .values({ ...values, id: newId(), address: address.toLowerCase(), createdAt: services.clock.now() })
    .onConflictDoUpdate({ target: s.address, ...change })
    .returning({ id: s.id });
  return changed.length > 0;
}

function includes(tenantId: string): SQL {
  return sql`${suppressedAddresses.tenantIds} @> array[${tenantId}]::uuid[]`;
}

/** The log keeps a hash instead of the address. */
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
  return notFound(ADDRESS_NOT_FOUND);
}
