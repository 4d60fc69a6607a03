import type { EmailMessages } from "../../src/email/messages.ts";
import { ActionButton, Note, Paragraph, Title } from "./email_components.tsx";
import { formatDay } from "./formats.ts";

type Props = EmailMessages["deletion_scheduled"];

export const subject = ({ names, dueAt }: Props) =>
  `${names ? names.tenantName : "Your workspace"} will be deleted on ${formatDay(dueAt)}`;

export const preheader = ({ names }: Props) =>
  `${names ? names.requestedBy : "Someone"} asked for this. Until then, an owner can cancel the deletion.`;

/** To the owners of a tenant that is to be deleted. */
export function Content({ names, dueAt, url }: Props) {
  return (
    <>
      <Title>{names ? names.tenantName : "Your workspace"} will be deleted on {formatDay(dueAt)}</Title>
      <Paragraph>
        {names ? names.requestedBy : "Someone in the workspace"}{" "}
        asked for this. On that day the workspace and everything in it will be permanently deleted.
      </Paragraph>
      <Paragraph>Until then it works as before, and an owner can cancel the deletion.</Paragraph>
      <ActionButton href={url}>{names ? "Keep the workspace" : "Open your workspaces"}</ActionButton>
      <Note>If you want the workspace deleted, you don't need to do anything.</Note>
    </>
  );
}
