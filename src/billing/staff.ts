import { and, eq } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { billingInvoices } from "../../db/control/schema/billing.ts";
import { authorize } from "../access/authorize.ts";
import type { TenantContext } from "../context.ts";
import { conflict, invalid, notFound } from "../errors.ts";
import type { Event } from "../events/event.ts";
import { publish } from "../events/publish.ts";
import { requireRecentSignIn } from "../identity/recent_sign_in.ts";
import { isId } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import { isVisible, multiLine } from "../platform/text.ts";
import { logSchemaOf } from "../tenancy/admission.ts";
import { findAccount, lockAccount } from "./accounts.ts";
import { BILLING_REPLAYED, INVOICE_VOIDED, type NamedInvoice, REFUND_ORDERED } from "./events.ts";
import { GATEWAY } from "./gateway/open.ts";
import { extendTrial, grantInput, grantPlan, trialExtension } from "./grants.ts";
import { INVOICE_NOT_FOUND } from "./invoices.ts";
import { currencyOf, formatMoney, type Money, parseAmount, typedAmount } from "./money.ts";
import { overrideInput, setOverride } from "./overrides.ts";
import { BILLING_ACCOUNTS_MANAGE } from "./permissions.ts";
import { findNote, noteDetails } from "./staff_notes.ts";
import { syncAccount } from "./sync.ts";

const REASON_MISSING = problem(
  "billing_reason_missing",
  "Enter a reason. The workspace's admins can read it.",
);
const AMOUNT_INVALID = problem("refund_amount_invalid", "Enter an amount such as {example}.");
const AMOUNT_TOO_LARGE = problem("refund_amount_too_large", "Enter {left} or less.");
const NOTHING_TO_REFUND = problem(
  "nothing_to_refund",
  "Nothing on this invoice can be refunded.",
);
const LESS_REFUNDED = problem(
  "less_refunded",
  "Another refund came first, so only {given} was left to refund.",
);
const IS_DISPUTED = problem(
  "invoice_disputed",
  "The payment is disputed, so the bank decides. Answer the dispute at the payment gateway.",
);
const NOT_OPEN = problem("invoice_not_open", "Only an open invoice can be voided.");
const NO_ACCOUNT = problem("billing_account_missing", "This workspace has no billing account yet.");
const DAY_PASSED = problem("day_passed", "Choose a day in the future.");

const DAY_INVALID = problem("day_invalid", "Use a day such as 2027-03-31.");

const MAX_REASON_LENGTH = 500;
const MAX_AMOUNT_LENGTH = 20;

/** Why staff do it. Both logs keep it. */
const reason = multiLine(MAX_REASON_LENGTH).refine(isVisible, REASON_MISSING.code);

export const staffReason = z.object({ reason });
/** An empty amount refunds all that is left. */
export const refundInput = z.object({ amount: z.string().trim().max(MAX_AMOUNT_LENGTH).default(""), reason });
export const staffGrant = grantInput.extend({ until: firstDayAfter(), reason });
export const staffExtension = trialExtension.extend({ reason });
export const staffOverride = overrideInput.extend({ until: firstDayAfter(), reason });
export const staffRemoval = overrideInput.pick({ key: true }).extend({ reason });

/** The key of the form, so that a repeated one does nothing again. */
type Keyed = { key: string };

type Row = typeof billingInvoices.$inferSelect;

/**
 * Gives back a part of a paid invoice, or all that is left, and returns it. The order is in the log before the gateway gets it, so
 * no money moves without a name and a reason. Throws `forbidden`, `reauthentication_required`, `not_found`, `invalid` on `amount`,
 * `conflict` if nothing, or less than the order, can be refunded, or `unavailable` if the gateway doesn't answer. Then the same form
 * can be sent again.
 */
export async function refundInvoice(
  ctx: TenantContext,
  invoiceId: string,
  { amount, reason, key }: z.output<typeof refundInput> & Keyed,
): Promise<Money> {
  await admit(ctx);
  const { services, tenant } = ctx;
  const ordered = await withInvoice(ctx, invoiceId, async (tx, invoice) => {
    const { currency, gatewayId, accountId } = invoice;
    const before = await findNote(tx, invoice.id, key);
    const money = before
      ? { amount: Number(before.amount), currency: currencyOf(currency) }
      : refundOf(invoice, amount);
    if (!before) {
      const details = { ...money, refund: formatMoney(money), ...noteDetails({ reason, key }, tenant.id) };
      await tell(ctx, tx, REFUND_ORDERED, named(invoice), details);
    }
    return { money, gatewayId, accountId };
  });
  const { money, gatewayId, accountId } = ordered;
  const given = await services.use(GATEWAY).refund({ invoiceId: gatewayId, amount: money.amount, key });
  await syncAccount(services, accountId);
  if (given.amount < money.amount) throw conflict(LESS_REFUNDED.with({ given: formatMoney(given) }));
  return given;
}

/**
 * Takes back an open invoice, so that nobody pays it. Throws `forbidden`, `reauthentication_required`, `not_found`, `conflict` if it
 * isn't open, or `unavailable`.
 */
export async function voidInvoice(
  ctx: TenantContext,
  invoiceId: string,
  { reason, key }: z.output<typeof staffReason> & Keyed,
): Promise<void> {
  await admit(ctx);
  const { services, tenant } = ctx;
  const { gatewayId, accountId } = await withInvoice(ctx, invoiceId, async (tx, invoice) => {
    if (await findNote(tx, invoice.id, key)) return invoice;
    if (invoice.status !== "open") throw conflict(NOT_OPEN);
    await tell(ctx, tx, INVOICE_VOIDED, named(invoice), noteDetails({ reason, key }, tenant.id));
    return invoice;
  });
  await services.use(GATEWAY).voidInvoice(gatewayId);
  await syncAccount(services, accountId);
}

/**
 * Asks the gateway now, and applies what it says, as its events would have done. Throws `forbidden`, `reauthentication_required`,
 * `conflict` without an account, or `unavailable`.
 */
export async function replayBilling(
  ctx: TenantContext,
  { reason, key }: z.output<typeof staffReason> & Keyed,
): Promise<void> {
  await admit(ctx);
  const { services, system, tenant } = ctx;
  const account = await findAccount(system.control, tenant.id);
  if (!account) throw conflict(NO_ACCOUNT);
  await system.tx(async (tx) => {
    await lockAccount(tx, account.id);
    if (await findNote(tx, account.id, key)) return;
    const details = noteDetails({ reason, key }, tenant.id);
    await tell(ctx, tx, BILLING_REPLAYED, { id: account.id, name: tenant.name }, details);
  });
  await syncAccount(services, account.id);
}

/**
 * `grantPlan` with a reason. Throws what it throws, and `reauthentication_required`, or `invalid` on `until` for a day that is over.
 */
export async function grantPlanByStaff(
  ctx: TenantContext,
  { plan, until, ...note }: z.output<typeof staffGrant> & Keyed,
): Promise<void> {
  await admit(ctx);
  requireFuture(ctx, until);
  await grantPlan(ctx, { plan, until }, note);
}

/** `extendTrial` with a reason. Throws what it throws, and `reauthentication_required`. */
export async function extendTrialByStaff(
  ctx: TenantContext,
  { days, ...note }: z.output<typeof staffExtension> & Keyed,
): Promise<void> {
  await admit(ctx);
  await extendTrial(ctx, { days }, note);
}

/**
 * `setOverride` with a reason. Throws what it throws, and `reauthentication_required`, or `invalid` on `until` for a day that is
 * over.
 */
export async function setOverrideByStaff(
  ctx: TenantContext,
  { key: name, value, until, reason, form }: z.output<typeof staffOverride> & { form: string },
): Promise<void> {
  await admit(ctx);
  requireFuture(ctx, until);
  await setOverride(ctx, { key: name, value, until }, { reason, key: form });
}

/** A day as a form sends it, at whose start in UTC something ends. Null if the field is empty. */
function firstDayAfter() {
  return z.string().trim().default("")
    .refine((day) => day === "" || z.iso.date().safeParse(day).success, DAY_INVALID.code)
    .transform((day) => day === "" ? null : new Date(`${day}T00:00:00Z`));
}

async function admit(ctx: TenantContext): Promise<void> {
  authorize(ctx, BILLING_ACCOUNTS_MANAGE);
  await requireRecentSignIn(ctx);
}

function requireFuture({ services }: TenantContext, until: Date | null): void {
  if (until !== null && until <= services.clock.now()) throw invalid({ until: DAY_PASSED });
}

/** Runs `work` in a transaction that holds the tenant's account and this invoice. */
async function withInvoice<Result>(
  { system, tenant }: TenantContext,
  invoiceId: string,
  work: (tx: ControlTx, invoice: Row) => Promise<Result>,
): Promise<Result> {
  const account = await findAccount(system.control, tenant.id);
  if (!account || !isId(invoiceId)) throw notFound(INVOICE_NOT_FOUND);
  return await system.tx(async (tx) => {
    await lockAccount(tx, account.id);
    const [invoice] = await tx.select().from(billingInvoices)
      .where(and(eq(billingInvoices.id, invoiceId), eq(billingInvoices.accountId, account.id)));
    if (!invoice) throw notFound(INVOICE_NOT_FOUND);
    return await work(tx, invoice);
  });
}

function refundOf(invoice: Row, typed: string): Money {
  const currency = currencyOf(invoice.currency);
  const left = { amount: refundable(invoice), currency };
  if (invoice.isDisputed) throw conflict(IS_DISPUTED);
  if (left.amount <= 0) throw conflict(NOTHING_TO_REFUND);
  if (typed === "") return left;
  const amount = parseAmount(typed, currency);
  if (!amount) throw invalid({ amount: AMOUNT_INVALID.with({ example: typedAmount(left) }) });
  if (amount > left.amount) throw invalid({ amount: AMOUNT_TOO_LARGE.with({ left: formatMoney(left) }) });
  return { amount, currency };
}

/** What of a payment can still be given back. */
export function refundable({ amountPaid, amountRefunded }: Pick<Row, "amountPaid" | "amountRefunded">) {
  return Math.max(0, amountPaid - amountRefunded);
}

function named({ id, number, gatewayId, status, total, currency }: Row): NamedInvoice {
  return { id, name: number ?? gatewayId, status, total, currency };
}

async function tell<Subject extends { id: string; name: string }>(
  { system, services, tenant }: TenantContext,
  tx: ControlTx,
  event: Event<Subject, "platform">,
  after: Subject,
  details: Record<string, unknown>,
): Promise<void> {
  await publish(system, tx, event, { after, details, schema: await logSchemaOf(services, tx, tenant) });
}
