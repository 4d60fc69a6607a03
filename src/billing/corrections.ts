import { inForce } from "./accounts.ts";
import type { GatewayAccount, GatewayInvoice, GatewaySubscription } from "./gateway/account.ts";
import type { Gateway } from "./gateway/gateway.ts";

/**
 * Corrects what must not be at the gateway. Of two subscriptions, only the one that counts stays; what a newer one has charged is refunded. The
 * subscriptions of a deleted tenant end, and one whose tenant is to be deleted renews no more. What an ended subscription left open can't be charged later. Every step can be repeated, so a
 * correction that was interrupted is finished by the next sync. Returns whether anything had to be corrected.
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
  const left = openAfterEnd(fetched, unwanted);
  for (const { id } of left) await gateway.voidInvoice(id);
  return unwanted.length > 0 || left.length > 0 || renews;
}

async function refundAll(gateway: Gateway, invoices: GatewayInvoice[]): Promise<void> {
  for (const { id } of invoices) await gateway.refund({ invoiceId: id, amount: null, key: `second ${id}` });
}

function paidFor({ invoices }: GatewayAccount, { id }: GatewaySubscription): GatewayInvoice[] {
  return invoices.filter(({ subscriptionId, amountPaid, amountRefunded }) =>
    subscriptionId === id && amountPaid > amountRefunded
  );
}

function openAfterEnd({ subscriptions, invoices }: GatewayAccount, unwanted: GatewaySubscription[]) {
  const ended = new Set(
    [...subscriptions.filter(({ endedAt }) => endedAt !== null), ...unwanted].map(({ id }) => id),
  );
  return invoices.filter(({ status, subscriptionId }) =>
    status === "open" && subscriptionId !== null && ended.has(subscriptionId)
  );
}
