import type { EmailMessages } from "../../src/email/messages.ts";
import { ActionButton, LinkFallback, Note, Paragraph, Title } from "./email_components.tsx";
import { formatQuantity } from "./formats.ts";

type Props = EmailMessages["invitation"];

export const subject = ({ inviterName, tenantName }: Props) => `${inviterName} invites you to ${tenantName}`;

export const preheader = ({ expiryDays }: Props) =>
  `Accept the invitation within ${formatQuantity(expiryDays, "day")}.`;

/** To someone who may never have heard of the product. */
export function Content({ inviterName, tenantName, role, url, expiryDays }: Props) {
  return (
    <>
      <Title>Join {tenantName}</Title>
      <Paragraph>
        {inviterName} invites you to work together in {tenantName}, with the role of {role}.
      </Paragraph>
      <ActionButton href={url}>Accept invitation</ActionButton>
      <Note>
        The invitation is for you alone and stays open for {formatQuantity(expiryDays, "day")}.
      </Note>
      <Note>
        If you don't know {inviterName}, ignore this message: you won't become a member of anything.
      </Note>
      <LinkFallback href={url} />
    </>
  );
}
