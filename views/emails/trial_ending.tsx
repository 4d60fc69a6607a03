import type { EmailMessages } from "../../src/email/messages.ts";
import { ActionButton, Paragraph, Title } from "./email_components.tsx";
import { formatDay, formatMoney } from "./formats.ts";

type Props = EmailMessages["trial_ending"];

export const subject = ({ tenantName, endsAt }: Props) =>
  `The trial of ${tenantName} ends on ${formatDay(endsAt)}`;

export const preheader = ({ tenantName, fallbackPlanName }: Props) =>
  `Then ${tenantName} moves to ${fallbackPlanName}. Nothing is charged, and your data stays.`;

/** A few days before a trial is over: what happens then, and what it takes for something else to happen. It sells nothing. */
export function Content(props: Props) {
  const { tenantName, planName, endsAt, price, currency, cycle, fallbackPlanName, url } = props;
  return (
    <>
      <Title>The {planName} trial ends on {formatDay(endsAt)}</Title>
      <Paragraph>
        {tenantName} then moves to the {fallbackPlanName} plan. Nothing is charged, and your data stays.
      </Paragraph>
      <Paragraph>
        If it is to stay on {planName}, which costs {formatMoney(price, currency)} a{" "}
        {cycle}, say so before that day.
      </Paragraph>
      <ActionButton href={url}>Open billing</ActionButton>
    </>
  );
}
