import type { Child } from "hono/jsx";
import type { Invoice } from "../../../src/billing/invoices.ts";
import { Badge } from "../../components/badge.tsx";
import { ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Day } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import type { FormatAmount } from "./money.ts";
import { billingPageText } from "./text.ts";

export type InvoicePageProps = {
  invoice: Invoice;
  workspace: string;
  seller: string;
  /** Whether the reader may pay it. */
  canPay: boolean;
  format: FormatAmount;
};

/** `/billing/invoices/:id`: an invoice to read, pay and print. */
export function InvoicePage({ invoice, workspace, seller, canPay, format }: InvoicePageProps) {
  const text = billingPageText.use();
  const { number, createdAt, periodStart, periodEnd, status, payUrl } = invoice;
  return (
    <Card flush class="max-w-[48rem] print:max-w-none print:border-0 print:shadow-none">
      <header class="flex flex-wrap items-start justify-between gap-4 p-5 sm:p-8">
        <div class="grid gap-1">
          <p class="text-xl font-semibold">{seller}</p>
          <p class="text-muted">{number ? text.invoiceTitle(number) : null}</p>
        </div>
        <Stamp {...invoice} />
      </header>
      <dl class="grid gap-x-8 gap-y-4 px-5 pb-6 sm:grid-cols-3 sm:px-8">
        <Fact term={text.billedTo} value={<bdi>{workspace}</bdi>} />
        <Fact term={text.date} value={<Day at={createdAt} long />} />
        <Fact term={text.period} value={<Span from={periodStart} until={periodEnd} />} />
      </dl>
      <Lines {...invoice} format={format} />
      <Totals {...invoice} format={format} />
      {status === "open" && payUrl && canPay
        ? (
          <div class="border-t border-line px-5 py-4 text-end sm:px-8 print:hidden">
            <ButtonLink href={payUrl} variant="primary">{text.pay}</ButtonLink>
          </div>
        )
        : null}
    </Card>
  );
}

/** The state of the payment, as a stamp. */
function Stamp({ status, paidAt, amountRefunded, amountPaid }: Invoice) {
  const text = billingPageText.use();
  const isRefunded = amountRefunded > 0 && amountRefunded >= amountPaid;
  if (status === "paid" && paidAt && !isRefunded) {
    return (
      <div class="grid justify-items-end gap-1">
        <Badge tone="success">{text.invoiceStatuses.paid}</Badge>
        <p class="text-sm text-muted">{fill(text.paidOn, { day: <Day at={paidAt} long /> })}</p>
      </div>
    );
  }
  if (isRefunded) return <Badge>{text.invoiceStatuses.refunded}</Badge>;
  return <Badge tone={status === "open" ? "warning" : "neutral"}>{text.invoiceStatuses[status]}</Badge>;
}

function Fact({ term, value }: { term: string; value: Child }) {
  return (
    <div class="min-w-0">
      <dt class="text-sm text-muted">{term}</dt>
      <dd class="wrap-anywhere">{value}</dd>
    </div>
  );
}

function Lines({ lines, currency, format }: Invoice & Pick<InvoicePageProps, "format">) {
  const text = billingPageText.use();
  return (
    <table class="w-full tabular-nums">
      <caption class="sr-only">{text.invoiceLines}</caption>
      <thead>
        <tr class="border-y border-line text-sm text-muted">
          <th scope="col" class="py-2 ps-5 pe-3 text-start font-medium sm:ps-8">{text.description}</th>
          <th scope="col" class="px-3 py-2 text-end font-medium">{text.quantity}</th>
          <th scope="col" class="py-2 ps-3 pe-5 text-end font-medium sm:pe-8">{text.amount}</th>
        </tr>
      </thead>
      <tbody class="divide-y divide-line">
        {lines.map(({ description, quantity, amount, periodStart, periodEnd }) => (
          <tr class="align-top">
            <td class="py-3 ps-5 pe-3 sm:ps-8">
              {description}
              <p class="text-sm text-muted">
                <Span from={periodStart} until={periodEnd} />
              </p>
            </td>
            <td class="px-3 py-3 text-end">{quantity}</td>
            <td class="py-3 ps-3 pe-5 text-end sm:pe-8">{format(amount, currency)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Totals(
  { total, amountDue, amountPaid, amountRefunded, currency, status, format }:
    & Invoice
    & Pick<InvoicePageProps, "format">,
) {
  const text = billingPageText.use();
  const rows = [
    { term: text.total, amount: total, isStrong: true },
    ...(amountPaid > 0 ? [{ term: text.amountPaid, amount: amountPaid }] : []),
    ...(amountRefunded > 0 ? [{ term: text.amountRefunded, amount: -amountRefunded }] : []),
    ...(status === "open" ? [{ term: text.amountDue, amount: amountDue, isStrong: true }] : []),
  ];
  return (
    <dl class="grid gap-2 border-t border-line px-5 py-4 tabular-nums sm:px-8">
      {rows.map(({ term, amount, isStrong = false }) => (
        <div key={term} class={isStrong ? "flex justify-end gap-8 font-semibold" : "flex justify-end gap-8"}>
          <dt>{term}</dt>
          <dd class="min-w-24 text-end">{format(amount, currency)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Span({ from, until }: { from: Date; until: Date }) {
  return (
    <>
      <Day at={from} /> – <Day at={until} />
    </>
  );
}
