import { and, eq, gte, sql } from "drizzle-orm";
import { billingAccounts, billingInvoices } from "../../db/control/schema/billing.ts";
import type { TenantContext } from "../context.ts";
import type { Currency } from "./money.ts";

/** What the tenant has paid in a currency since a moment, without what was refunded, in the currency's smallest unit. */
export async function paidSince(
  { system, tenant }: TenantContext,
  currency: Currency,
  since: Date,
): Promise<number> {
  const { amountPaid, amountRefunded, paidAt } = billingInvoices;
  const [row] = await system.control
    .select({ paid: sql`coalesce(sum(${amountPaid} - ${amountRefunded}), 0)`.mapWith(Number) })
    .from(billingInvoices).innerJoin(billingAccounts, eq(billingAccounts.id, billingInvoices.accountId))
    .where(and(
      eq(billingAccounts.tenantId, tenant.id),
      eq(billingInvoices.currency, currency),
      gte(paidAt, since),
    ));
  return row!.paid;
}
