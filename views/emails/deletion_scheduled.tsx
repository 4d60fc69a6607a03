import { ActionButton, Note, Paragraph, Title } from "./email_components.tsx";
import { useEmailText } from "./text.ts";

export type DeletionScheduledData = {
  /** Null if the address is unconfirmed: a stranger may have chosen the names. */
  names: { requestedBy: string; tenantName: string } | null;
  dueAt: Date;
  url: string;
};

export function DeletionScheduled({ names, dueAt, url }: DeletionScheduledData) {
  const text = useEmailText().deletionScheduled;
  return (
    <>
      <Title>{text.subject(names?.tenantName ?? text.yourWorkspace, dueAt)}</Title>
      <Paragraph>{text.body(names?.requestedBy ?? text.someone)}</Paragraph>
      <Paragraph>{text.untilThen}</Paragraph>
      <ActionButton href={url}>{names ? text.button : text.buttonUnnamed}</ActionButton>
      <Note>{text.nothingToDo}</Note>
    </>
  );
}
