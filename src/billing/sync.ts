import { eq, inArray, sql } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import {
  billingAccounts,
  billingEvents,
  billingInvoices,
  sandboxCustomers,
} from "../../db/control/schema/billing.ts";
import { systemActor } from "../access/actor.ts";
import { type SystemContext, systemContext } from "../context.ts";
import { unavailable } from "../errors.ts";
import { SECOND } from "../platform/clock.ts";
import { problem } from "../platform/problem.ts";
import { newId } from "../platform/ids.ts";
import { logOf } from "../platform/log.ts";
import type { Services } from "../ports.ts";
import { TENANTS } from "../tenancy/tenant_directory.ts";
import { type BillingAccount, currentSubscription, lockAccount, timeOf } from "./accounts.ts";
import { applyAccess, lockTenantOf } from "./apply_access.ts";
import { correctAtGateway, isForEnded } from "./corrections.ts";
import { columnsOf, type StoredInvoice } from "./differences.ts";
import type { GatewayAccount, GatewayInvoice } from "./gateway/account.ts";
import { GATEWAY } from "./gateway/open.ts";
import { tellInvoice, tellSubscription } from "./sync_news.ts";

const OTHER_GATEWAY = problem(
  "account_at_other_gateway",
  "This account was opened at another payment gateway, which isn't configured anymore.",
);
const RETRY_SECONDS = 3_600;

/** A sync that had to correct something at the gateway looks again, this often at the most. */
const MOST_PASSES = 4;

const log = logOf("billing");

/**
 * Brings an account in step with its gateway: asks what is true now, and writes it with everything that follows from the
 * difference (access, events, emails, movements) in one transaction. What was read before a newer sync is dropped, so events may come
 * twice, late, or in any order. The job, the success page, the CLI and the nightly reconcile all call this. Throws `unavailable` if the
 * gateway doesn't answer.
 */
export async function syncAccount(services: Services, accountId: string): Promise<void> {
  const ctx = systemContext(services, systemActor("Billing"), newId());
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    if (!await syncOnce(ctx, accountId)) return;
  }
  log.error("an account could not be corrected at the gateway", { accountId });
}

/** Returns whether it corrected something at the gateway, so that what it read is outdated. */
async function syncOnce(ctx: SystemContext, accountId: string): Promise<boolean> {
  const { services } = ctx;
  // Raised before the fetch: of two syncs that overlap, the one that began later has seen more, and it wins.
  const [read] = await ctx.control.update(billingAccounts)
    .set({ generation: sql`${billingAccounts.generation} + 1` }).where(eq(billingAccounts.id, accountId))
    .returning({
      generation: billingAccounts.generation,
      customerId: billingAccounts.customerId,
      gateway: billingAccounts.gateway,
    });
  if (!read) return false;
  const gateway = services.use(GATEWAY);
  if (read.customerId && read.gateway !== gateway.name) throw unavailable(OTHER_GATEWAY, RETRY_SECONDS);
  const fetched = read.customerId ? await gateway.fetchAccount(read.customerId) : null;
  const written = await ctx.tx((tx) => write(ctx, tx, accountId, { ...read, fetched }));
  if (!written) return false;
  if (written.tenantId) services.use(TENANTS).forget(written.tenantId);
  const isCorrected = fetched !== null && await correctAtGateway(gateway, fetched, written);
  if (written.isOrphan && !isCorrected) await forgetCustomer(ctx, accountId);
  return isCorrected;
}

/**
 * Once nothing is left to end at the gateway, nothing of a deleted tenant's customer stays but ids, amounts and invoices. A real
 * gateway's id of the customer stays as well, so that what its late events bring ends too.
 */
async function forgetCustomer(ctx: SystemContext, id: string): Promise<void> {
  await ctx.tx(async (tx) => {
    const sandboxed = await tx.delete(sandboxCustomers).where(eq(sandboxCustomers.accountId, id))
      .returning({ id: sandboxCustomers.id });
    const customer = sandboxed.length > 0 ? { customerId: null, checkoutId: null } : {};
    await tx.update(billingAccounts).set({ email: null, snapshot: null, ...customer })
      .where(eq(billingAccounts.id, id));
    await tx.update(billingEvents).set({ body: "" }).where(eq(billingEvents.accountId, id));
  });
}

type Read = { generation: number; customerId: string | null; fetched: GatewayAccount | null };

/** Returns null if a newer sync has written already, or if an order gave the account another customer. */
async function write(
  ctx: SystemContext,
  tx: ControlTx,
  accountId: string,
  { generation, customerId, fetched }: Read,
) {
  const before = await lockAccount(tx, accountId);
  if (!before || before.syncedGeneration > generation || before.customerId !== customerId) return null;
  const tenant = await lockTenantOf(tx, before);
  const after = await store(ctx, tx, before, { generation, fetched });
  const known = await storeInvoices(tx, after, fetched?.invoices ?? []);
  warnOfUnknownPrice(before, after);
  const news = { ctx, tx, tenant, before, after };
  for (const invoice of fetched?.invoices ?? []) {
    await tellInvoice(news, invoice, {
      stored: known.get(invoice.id),
      isForEnded: isForEnded(fetched!, invoice),
    });
  }
  await tellSubscription(news);
  if (tenant) await applyAccess(ctx, tx, after, tenant);
  const isEnding = tenant !== null && tenant.deletionDueAt !== null;
  return { tenantId: tenant?.id ?? null, isOrphan: tenant === null, isEnding };
}

async function store(
  { services }: SystemContext,
  tx: ControlTx,
  before: BillingAccount,
  { generation, fetched }: Pick<Read, "generation" | "fetched">,
): Promise<BillingAccount> {
  const now = services.clock.now();
  const isGone = fetched?.isDeleted ?? false;
  const seen: BillingAccount = {
    ...before,
    snapshot: isGone ? null : fetched,
    customerId: isGone ? null : before.customerId,
    checkoutId: isGone ? null : before.checkoutId,
    clockAhead: Math.round((fetched?.clockAhead ?? before.clockAhead * SECOND) / SECOND),
  };
  const time = timeOf(seen, services.clock);
  const after: BillingAccount = {
    ...seen,
    ...columnsOf(seen, time),
    pastDueSince: pastDueSince(seen, time),
    syncedGeneration: generation,
    syncedAt: now,
    updatedAt: now,
  };
  const { id: _id, tenantId: _tenant, generation: _generation, createdAt: _createdAt, ...columns } = after;
  await tx.update(billingAccounts).set(columns).where(eq(billingAccounts.id, before.id));
  return after;
}

/** Since the oldest unpaid invoice of the subscription that counts. Null once everything is paid. */
function pastDueSince(account: BillingAccount, now: Date): Date | null {
  const current = currentSubscription(account);
  if (current?.status !== "past_due" && current?.status !== "unpaid") return null;
  const open = account.snapshot!.invoices
    .filter(({ status, subscriptionId }) => status === "open" && subscriptionId === current.id)
    .map(({ createdAt }) => createdAt.getTime());
  return open.length > 0 ? new Date(Math.min(...open)) : account.pastDueSince ?? now;
}

/** Somebody changed the price at the gateway by hand. The plan stays as it was, and people have to look. */
function warnOfUnknownPrice(before: BillingAccount, after: BillingAccount): void {
  const current = currentSubscription(after);
  if (!current || current.price) return;
  const known = currentSubscription(before);
  if (known?.id === current.id && !known.price) return;
  log.error("a subscription has a price that isn't in the catalog", {
    accountId: after.id,
    subscriptionId: current.id,
  });
}

/** Returns what was known of each invoice before. */
async function storeInvoices(
  tx: ControlTx,
  { id: accountId }: BillingAccount,
  invoices: GatewayInvoice[],
): Promise<Map<string, StoredInvoice>> {
  if (invoices.length === 0) return new Map();
  const rows = await tx.select().from(billingInvoices)
    .where(inArray(billingInvoices.gatewayId, invoices.map(({ id }) => id)));
  const excluded = (column: string) => sql.raw(`excluded.${column}`);
  await tx.insert(billingInvoices).values(invoices.map((invoice) => rowOf(accountId, invoice)))
    .onConflictDoUpdate({
      target: billingInvoices.gatewayId,
      set: {
        number: excluded("number"),
        status: excluded("status"),
        total: excluded("total"),
        amountDue: excluded("amount_due"),
        amountPaid: excluded("amount_paid"),
        amountRefunded: excluded("amount_refunded"),
        isDisputed: excluded("is_disputed"),
        lines: excluded("lines"),
        attempts: excluded("attempts"),
        failure: excluded("failure"),
        needsAction: excluded("needs_action"),
        payUrl: excluded("pay_url"),
        pdfUrl: excluded("pdf_url"),
        paidAt: excluded("paid_at"),
      },
    });
  return new Map(rows.map((row) => [row.gatewayId, row]));
}

function rowOf(
  accountId: string,
  { id, subscriptionId: _of, nextAttemptAt: _at, ...invoice }: GatewayInvoice,
) {
  return { ...invoice, id: newId(), accountId, gatewayId: id };
}
