import type { EmailBrand, EmailMessages, ReceiptLine } from "../../src/email/messages.ts";
import { ActionButton, Facts, FiguresTable, Paragraph, Title } from "./email_components.tsx";
import { formatDay, formatMoney } from "./formats.ts";

type Props = EmailMessages["receipt"];

export const subject = ({ number }: Props, brand: EmailBrand) => `Your receipt from ${brand.name}, ${number}`;

export const preheader = ({ total, currency, paidAt }: Props) =>
  `${formatMoney(total, currency)}, paid on ${formatDay(paidAt)}.`;

/** After a payment. */
export function Content(props: Props) {
  const { number, tenantName, lines, total, currency, paidAt, paymentMethod, invoiceUrl } = props;
  return (
    <>
      <Title>{formatMoney(total, currency)} paid, thank you</Title>
      <Paragraph>We received your payment for {tenantName}.</Paragraph>
      <Facts
        facts={[
          { term: "Invoice", value: number },
          { term: "Paid on", value: formatDay(paidAt) },
          ...(paymentMethod ? [{ term: "Paid with", value: paymentMethod }] : []),
        ]}
      />
      <FiguresTable
        columns={["What for", "Amount"]}
        rows={[
          ...lines.map((line) => ({ cells: [describe(line), formatMoney(line.amount, currency)] })),
          { cells: ["Total", formatMoney(total, currency)], strong: true },
        ]}
      />
      <ActionButton href={invoiceUrl}>View invoice</ActionButton>
    </>
  );
}

function describe({ description, quantity }: ReceiptLine): string {
  return quantity === 1 ? description : `${description} × ${quantity}`;
}
