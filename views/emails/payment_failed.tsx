import type { EmailMessages } from "../../src/email/messages.ts";
import { ActionButton, Facts, Paragraph, Title } from "./email_components.tsx";
import { formatDay, formatMoney } from "./formats.ts";

type Props = EmailMessages["payment_failed"];

export const subject = ({ tenantName }: Props) => `The payment for ${tenantName} didn't go through`;

export const preheader = ({ amount, currency }: Props) =>
  `${formatMoney(amount, currency)} could not be charged. Please check how you pay.`;

/** After a charge that was refused, and each time that trying again was. */
export function Content(props: Props) {
  const { tenantName, amount, currency, paymentMethod, reason, nextAttemptAt, planEndsAt, url } = props;
  return (
    <>
      <Title>Your payment didn't go through</Title>
      <Paragraph>
        We couldn't charge {formatMoney(amount, currency)} for{" "}
        {tenantName}. Often a new card, or a word with your bank, is all it takes.
      </Paragraph>
      <Facts
        facts={[
          { term: "Amount", value: formatMoney(amount, currency) },
          ...(paymentMethod ? [{ term: "Charged to", value: paymentMethod }] : []),
          ...(reason ? [{ term: "Reason", value: reason }] : []),
        ]}
      />
      <Paragraph>
        {nextAttemptAt
          ? `We will try again on ${formatDay(nextAttemptAt)}. Until then nothing changes.`
          : "We won't try again by ourselves."}
        {planEndsAt
          ? ` Without a payment by ${formatDay(planEndsAt)}, your paid plan ends; your data stays.`
          : ""}
      </Paragraph>
      <ActionButton href={url}>Check payment details</ActionButton>
    </>
  );
}
