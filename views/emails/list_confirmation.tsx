import { ActionButton, LinkFallback, Note, Paragraph, Title } from "./email_components.tsx";
import { useEmailText } from "./text.ts";

export type ListConfirmationData = {
  /** Null if the name looks like a link or an address. */
  tenantName: string | null;
  listName: string | null;
  url: string;
};

/** Someone entered the reader's address in a sign-up form. */
export function ListConfirmation({ tenantName, listName, url }: ListConfirmationData) {
  const text = useEmailText().listConfirmation;
  return (
    <>
      <Title>{text.title}</Title>
      <Paragraph>{text.body(tenantName, listName)}</Paragraph>
      <ActionButton href={url}>{text.button}</ActionButton>
      <Note>{text.notYou}</Note>
      <LinkFallback href={url} />
    </>
  );
}
