import type { EmailMessages } from "../../src/email/messages.ts";
import { ActionButton, Note, Paragraph, Title } from "./email_components.tsx";
import { formatDay } from "./formats.ts";

type Props = EmailMessages["deletion_scheduled"];

export const subject = ({ tenantName, dueAt }: Props) =>
  `${tenantName} will be deleted on ${formatDay(dueAt)}`;

export const preheader = ({ requestedBy }: Props) =>
  `${requestedBy} asked for it. Until then an owner can take it back.`;

/** To the owners of a tenant that is to be deleted. */
export function Content({ requestedBy, tenantName, dueAt, url }: Props) {
  return (
    <>
      <Title>{tenantName} will be deleted on {formatDay(dueAt)}</Title>
      <Paragraph>
        {requestedBy}{" "}
        asked for this. On that day the workspace is deleted for good, with everything in it, and nobody can
        bring it back.
      </Paragraph>
      <Paragraph>Until then it works as before, and an owner can take the decision back.</Paragraph>
      <ActionButton href={url}>Keep the workspace</ActionButton>
      <Note>
        If it is meant to be, there is nothing to do.
      </Note>
    </>
  );
}
