import { ActionButton, Note, Paragraph, Title } from "./email_components.tsx";
import { formatDay } from "./formats.ts";

export type DeletionScheduledData = {
  /** Null if the address is unconfirmed: a stranger may have chosen the names. */
  names: { requestedBy: string; tenantName: string } | null;
  dueAt: Date;
  url: string;
};

export function DeletionScheduled({ names, dueAt, url }: DeletionScheduledData) {
  return (
    <>
      <Title>{names ? names.tenantName : "Your workspace"} will be deleted on {formatDay(dueAt)}</Title>
      <Paragraph>
        {names ? names.requestedBy : "Someone in the workspace"}{" "}
        scheduled the deletion. On that day, the workspace and everything in it will be permanently deleted.
      </Paragraph>
      <Paragraph>Until then, the workspace works as usual, and an owner can cancel the deletion.</Paragraph>
      <ActionButton href={url}>{names ? "Cancel deletion" : "See your workspaces"}</ActionButton>
      <Note>If you want the workspace to be deleted, you don't need to do anything.</Note>
    </>
  );
}
