import { MINUTE } from "../platform/clock.ts";
import { inForce } from "./accounts.ts";
import type { GatewayAccount, GatewayInvoice, GatewaySubscription } from "./gateway/account.ts";
import type { Gateway } from "./gateway/gateway.ts";

/** The last invoice of a subscription is created with its end, and clocks at the gateway differ by seconds. */
const WITH_THE_END = MINUTE;

/**
 * Corrects what must not be at the gateway. Of two subscriptions, only the one that counts stays; what a newer one has charged is
 * refunded. The subscriptions of a deleted tenant end, and one whose tenant is to be deleted renews no more. An ended subscription
 * leaves nothing to pay but its last invoice, and the usage of a renewal that failed. Every step can be repeated, so a correction
 * that was interrupted is finished by the next sync. Returns whether anything had to be corrected.
 */
export async function correctAtGateway(
  gateway: Gateway,
  fetched: GatewayAccount,
  { isOrphan, isEnding }: { isOrphan: boolean; isEnding: boolean },
): Promise<boolean> {
  const [counts, ...others] = inForce(fetched);
  const unwanted = isOrphan && counts ? [counts, ...others] : others;
  for (const subscription of unwanted) {
    // Before the cancellation: an ended subscription is no longer found here, so its refund would be lost.
    if (!isOrphan && counts && subscription.createdAt >= counts.createdAt) {
      await refundAll(gateway, paidFor(fetched, subscription));
    }
    await gateway.cancelNow(subscription.id);
  }
  const renews = isEnding && counts !== undefined && counts.cancelAt === null;
  if (renews) await gateway.cancelAtEnd(counts.id);
  const notToPay = [
    ...openOf(fetched, unwanted),
    ...openOf(fetched, fetched.subscriptions.filter(({ endedAt }) => endedAt !== null))
      .filter((invoice) => isOrphan || !isLast(fetched, invoice)),
  ];
  for (const invoice of notToPay) {
    const isUnwanted = isOrphan || unwanted.some(({ id }) => id === invoice.subscriptionId);
    if (!isUnwanted) await chargeForUsage(gateway, fetched, invoice);
    await gateway.voidInvoice(invoice.id);
  }
  return unwanted.length > 0 || notToPay.length > 0 || renews;
}

async function refundAll(gateway: Gateway, invoices: GatewayInvoice[]): Promise<void> {
  for (const { id } of invoices) await gateway.refund({ invoiceId: id, amount: null, key: `second ${id}` });
}

function paidFor({ invoices }: GatewayAccount, { id }: GatewaySubscription): GatewayInvoice[] {
  return invoices.filter(({ subscriptionId, amountPaid, amountRefunded }) =>
    subscriptionId === id && amountPaid > amountRefunded
  );
}

function openOf({ invoices }: GatewayAccount, subscriptions: GatewaySubscription[]): GatewayInvoice[] {
  const ids = new Set(subscriptions.map(({ id }) => id));
  return invoices.filter(({ status, subscriptionId }) =>
    status === "open" && subscriptionId !== null && ids.has(subscriptionId)
  );
}

/** Whether the invoice is for a plan that has ended, and is still to pay. */
export function isForEnded(fetched: GatewayAccount, invoice: GatewayInvoice): boolean {
  const hasEnded = fetched.subscriptions.some(({ status }) => status === "canceled");
  if (!hasEnded || inForce(fetched).length > 0) return false;
  return invoice.subscriptionId === null || isLast(fetched, invoice);
}

/** Whether the invoice bills what its subscription had used when it ended. */
function isLast({ subscriptions }: GatewayAccount, { subscriptionId, createdAt }: GatewayInvoice): boolean {
  const endedAt = subscriptions.find(({ id }) => id === subscriptionId)?.endedAt;
  return !!endedAt && createdAt.getTime() >= endedAt.getTime() - WITH_THE_END;
}

/** Charges what a renewal bills for the time before it, in an invoice of its own. The period that nobody paid for isn't charged. */
async function chargeForUsage(
  gateway: Gateway,
  { customerId, invoices }: GatewayAccount,
  invoice: GatewayInvoice,
): Promise<void> {
  const { id, number, currency } = invoice;
  const description = `Usage from invoice ${number ?? id}`;
  const amount = amountBefore(invoice);
  const isCharged = invoices.some(({ lines }) => lines.some((line) => line.description === description));
  if (amount <= 0 || isCharged) return;
  await gateway.charge({ customerId, money: { amount, currency }, description, key: `usage of ${id}` });
}

/** The part of the invoice that is for the time before its period. A discount, or a tax, is a part of each line. */
function amountBefore({ lines, total, amountDue, periodStart }: GatewayInvoice): number {
  const charged = lines.filter((line) => line.periodStart < line.periodEnd);
  const before = charged.filter(({ periodEnd }) => periodEnd <= periodStart);
  const sum = sumOf(charged);
  return sum <= 0 ? 0 : Math.min(amountDue, Math.round(sumOf(before) * total / sum));
}

function sumOf(lines: readonly { amount: number }[]): number {
  return lines.reduce((sum, { amount }) => sum + amount, 0);
}
