import type { Invoice } from "../../../src/billing/invoices.ts";
import { Badge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { TextLink } from "../../components/link.tsx";
import { Pagination } from "../../components/pagination.tsx";
import { Cell, Table } from "../../components/table.tsx";
import { Day } from "../../components/time.tsx";
import type { FormatAmount } from "./money.ts";
import { billingPageText } from "./text.ts";

export type ListedInvoice = Pick<
  Invoice,
  "id" | "number" | "status" | "total" | "currency" | "amountRefunded" | "createdAt"
>;

type InvoiceTableProps = { invoices: ListedInvoice[]; format: FormatAmount };

/** `/billing/invoices`: all invoices of the workspace. */
export function InvoicesPage(
  { pages, ...table }: InvoiceTableProps & {
    pages: { previousHref: string | null; nextHref: string | null };
  },
) {
  return (
    <Card flush>
      <InvoiceTable {...table} />
      <Pagination {...pages} />
    </Card>
  );
}

/** The workspace's invoices, newest first. */
export function InvoiceTable({ invoices, format }: InvoiceTableProps) {
  const text = billingPageText.use();
  const { invoiceColumns: columns } = text;
  if (invoices.length === 0) return <EmptyState icon="inbox" title={text.invoices} text={text.noInvoices} />;
  return (
    <Table
      label={text.invoices}
      columns={[
        { label: columns.number, class: "text-start" },
        { label: columns.date, class: "text-start" },
        { label: columns.amount, class: "text-end" },
        { label: columns.status, class: "text-end" },
      ]}
    >
      {invoices.map((invoice) => <InvoiceRow key={invoice.id} invoice={invoice} format={format} />)}
    </Table>
  );
}

function InvoiceRow({ invoice, format }: { invoice: ListedInvoice; format: FormatAmount }) {
  const text = billingPageText.use();
  const { id, number, status, total, currency, amountRefunded, createdAt } = invoice;
  return (
    <tr>
      <Cell>
        <TextLink href={`/billing/invoices/${id}`}>{number ?? id}</TextLink>
        <p class="text-sm text-muted md:hidden">
          <Day at={createdAt} />
        </p>
      </Cell>
      <Cell wideOnly>
        <Day at={createdAt} />
      </Cell>
      <Cell class="text-end">
        {format(total, currency)}
        {amountRefunded > 0
          ? <p class="text-sm text-muted">{text.refunded(format(amountRefunded, currency))}</p>
          : null}
      </Cell>
      <Cell class="text-end">
        {status === "open"
          ? <Badge tone="warning">{text.invoiceStatuses.open}</Badge>
          : text.invoiceStatuses[status]}
      </Cell>
    </tr>
  );
}
