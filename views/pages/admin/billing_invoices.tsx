import type { StaffInvoice } from "../../../src/billing/staff_record.ts";
import { Badge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { TextLink } from "../../components/link.tsx";
import { Pagination } from "../../components/pagination.tsx";
import { Cell, Table } from "../../components/table.tsx";
import { Day } from "../../components/time.tsx";
import type { BillingFormat } from "./billing_format.ts";
import { adminBillingText } from "./billing_text.ts";

type InvoiceTableProps = {
  invoices: StaffInvoice[];
  /** The page of the workspace's billing. */
  path: string;
  format: BillingFormat;
};

/** `/admin/tenants/:id/billing/invoices`: all invoices of a workspace. */
export function StaffInvoicesPage(
  { pages, ...table }: InvoiceTableProps & {
    pages: { previousHref: string | null; nextHref: string | null };
  },
) {
  return (
    <Card flush>
      <StaffInvoiceTable {...table} />
      <Pagination {...pages} />
    </Card>
  );
}

/** A workspace's invoices, the newest first, with what staff can do about each. */
export function StaffInvoiceTable({ invoices, path, format }: InvoiceTableProps) {
  const text = adminBillingText.use();
  if (invoices.length === 0) return <EmptyState icon="inbox" title={text.invoices} text={text.noInvoices} />;
  return (
    <Table
      label={text.invoices}
      columns={[
        { label: text.invoice, class: "text-start" },
        { label: text.date, class: "text-start" },
        { label: text.amount, class: "text-end" },
        { label: text.invoiceStatus, class: "text-end" },
        { label: text.actions, class: "text-end", hiddenLabel: true },
      ]}
    >
      {invoices.map((invoice) => <Row key={invoice.id} invoice={invoice} path={path} format={format} />)}
    </Table>
  );
}

function Row({ invoice, path, format }: { invoice: StaffInvoice; path: string; format: BillingFormat }) {
  const text = adminBillingText.use();
  const { id, number, total, currency, amountRefunded, createdAt } = invoice;
  const name = number ?? id;
  return (
    <tr>
      <Cell>
        <bdi class="font-medium">{name}</bdi>
        <p class="text-sm text-muted md:hidden">
          <Day at={createdAt} />
        </p>
      </Cell>
      <Cell wideOnly class="whitespace-nowrap">
        <Day at={createdAt} />
      </Cell>
      <Cell class="text-end">
        {format.exact({ amount: total, currency })}
        {amountRefunded > 0
          ? (
            <p class="text-sm text-muted">
              {text.refundedAmount(format.exact({ amount: amountRefunded, currency }))}
            </p>
          )
          : null}
        <p class="text-sm md:hidden">
          <Status {...invoice} />
        </p>
      </Cell>
      <Cell wideOnly class="text-end">
        <Status {...invoice} />
      </Cell>
      <Cell class="text-end">
        <Action invoice={invoice} path={`${path}/invoices/${id}`} name={name} />
      </Cell>
    </tr>
  );
}

function Status({ status, isDisputed, failure, attempts }: StaffInvoice) {
  const text = adminBillingText.use();
  if (isDisputed) return <Badge tone="danger">{text.disputed}</Badge>;
  if (status !== "open") return <>{text.invoiceStatuses[status]}</>;
  return (
    <>
      <Badge tone="warning">{text.invoiceStatuses.open}</Badge>
      {failure ? <span class="mt-0.5 block text-sm text-muted">{text.attempts(attempts)}</span> : null}
    </>
  );
}

function Action({ invoice, path, name }: { invoice: StaffInvoice; path: string; name: string }) {
  const text = adminBillingText.use();
  if (invoice.refundable > 0) {
    return <TextLink href={`${path}/refund`} aria-label={text.refundNamed(name)}>{text.refund}</TextLink>;
  }
  if (invoice.status !== "open") return null;
  return <TextLink href={`${path}/void`} aria-label={text.voidNamed(name)}>{text.void}</TextLink>;
}
