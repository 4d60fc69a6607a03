import type { EmailMessages } from "../../src/email/messages.ts";
import { ActionButton, Note, Paragraph, Title } from "./email_components.tsx";
import { formatDay, formatMoney } from "./formats.ts";

type Props = EmailMessages["trial_ending"];

export const subject = ({ tenantName, endsAt }: Props) =>
  `The trial of ${tenantName} ends on ${formatDay(endsAt)}`;

export const preheader = ({ planName, price, currency, cycle }: Props) =>
  `Keep ${planName} for ${formatMoney(price, currency)} a ${cycle}, or do nothing: your data stays.`;

/** A few days before a trial is over. */
export function Content(props: Props) {
  const { tenantName, planName, endsAt, price, currency, cycle, fallbackPlanName, url } = props;
  return (
    <>
      <Title>Your {planName} trial ends on {formatDay(endsAt)}</Title>
      <Paragraph>
        To keep everything that {tenantName} can do now, choose a plan before that day. {planName} costs{" "}
        {formatMoney(price, currency)} a {cycle}.
      </Paragraph>
      <ActionButton href={url}>Choose a plan</ActionButton>
      <Note>
        If you do nothing, {tenantName} moves to the {fallbackPlanName}{" "}
        plan. Nothing is charged, and your data stays.
      </Note>
    </>
  );
}
