import { and, eq, isNotNull } from "drizzle-orm";
import { billingAccounts, billingInvoices } from "../../db/control/schema/billing.ts";
import { authorize } from "../access/authorize.ts";
import type { TenantContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { isId } from "../platform/ids.ts";
import { list, type ListQuery, type Page } from "../platform/list.ts";
import { choiceFilter } from "../platform/list_filters.ts";
import { momentKey } from "../platform/list_keys.ts";
import { problem } from "../platform/problem.ts";
import { tenantUrl } from "../tenancy/tenant.ts";
import type { InvoiceLine } from "./gateway/account.ts";
import { type Currency, currencyOf } from "./money.ts";
import { BILLING_READ } from "./permissions.ts";

export const INVOICE_NOT_FOUND = problem("invoice_not_found", "This invoice was not found.");

type Row = typeof billingInvoices.$inferSelect;

/** An invoice of the tenant. Amounts are in the currency's smallest unit. `url` is its printable page. */
export type Invoice = Omit<Row, "lines" | "currency" | "accountId" | "gatewayId"> & {
  currency: Currency;
  lines: InvoiceLine[];
  url: string;
};

const STATUSES = {
  open: eq(billingInvoices.status, "open"),
  paid: eq(billingInvoices.status, "paid"),
  void: eq(billingInvoices.status, "void"),
  uncollectible: eq(billingInvoices.status, "uncollectible"),
};

export const INVOICE_LIST = list("invoices", {
  select: (db) => db.select().from(billingInvoices),
  id: billingInvoices.id,
  sorts: { createdAt: momentKey(billingInvoices.createdAt) },
  defaultSort: "-createdAt",
  filters: { status: choiceFilter(STATUSES) },
  where: isNotNull(billingInvoices.number),
  scope: { account: (value) => eq(billingInvoices.accountId, value) },
});

/** The tenant's invoices, newest first, without drafts. Throws `forbidden`. */
export async function listInvoices(
  ctx: TenantContext,
  query: ListQuery<typeof INVOICE_LIST>,
): Promise<Page<Invoice>> {
  authorize(ctx, BILLING_READ);
  const account = await accountIdOf(ctx);
  if (!account) return { items: [], previousCursor: null, nextCursor: null };
  const page = await INVOICE_LIST.page(ctx.system.control, query, { account });
  return { ...page, items: page.items.map((row) => toInvoice(ctx, row)) };
}

/** Throws `forbidden`, or `not_found`, also for a draft, whose amounts still change. */
export async function getInvoice(ctx: TenantContext, id: string): Promise<Invoice> {
  authorize(ctx, BILLING_READ);
  const row = await getInvoiceRow(ctx, id);
  if (row.number === null) throw notFound(INVOICE_NOT_FOUND);
  return toInvoice(ctx, row);
}

/** The stored row of an invoice of the tenant, for code that has checked the permission. Throws `not_found`. */
export async function getInvoiceRow(ctx: TenantContext, id: string): Promise<Row> {
  const [row] = isId(id)
    ? await ctx.system.control.select({ invoice: billingInvoices }).from(billingInvoices)
      .innerJoin(billingAccounts, eq(billingAccounts.id, billingInvoices.accountId))
      .where(and(eq(billingInvoices.id, id), eq(billingAccounts.tenantId, ctx.tenant.id)))
    : [];
  if (!row) throw notFound(INVOICE_NOT_FOUND);
  return row.invoice;
}

async function accountIdOf({ system, tenant }: TenantContext): Promise<string | undefined> {
  const [account] = await system.control.select({ id: billingAccounts.id }).from(billingAccounts)
    .where(eq(billingAccounts.tenantId, tenant.id));
  return account?.id;
}

function toInvoice({ services, tenant }: TenantContext, row: Row): Invoice {
  const { accountId: _account, gatewayId: _gateway, lines, currency, ...invoice } = row;
  const url = `${tenantUrl(services.config.appUrl, tenant)}/billing/invoices/${row.id}`;
  return { ...invoice, currency: currencyOf(currency), lines: (lines as StoredLine[]).map(toLine), url };
}

type StoredLine = Omit<InvoiceLine, "periodStart" | "periodEnd"> & { periodStart: string; periodEnd: string };

function toLine({ periodStart, periodEnd, ...line }: StoredLine): InvoiceLine {
  return { ...line, periodStart: new Date(periodStart), periodEnd: new Date(periodEnd) };
}
