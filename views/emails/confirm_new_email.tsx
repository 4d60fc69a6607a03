import { ActionButton, LinkFallback, Note, Paragraph, Title } from "./email_components.tsx";
import { useEmail } from "./email_context.ts";
import { useEmailText } from "./text.ts";

export type ConfirmNewEmailData = { url: string; expiryHours: number };

/** The reader may have no account, so the email contains nothing that somebody else chose. */
export function ConfirmNewEmail({ url, expiryHours }: ConfirmNewEmailData) {
  const { brand } = useEmail();
  const text = useEmailText().confirmNewEmail;
  return (
    <>
      <Title>{text.title}</Title>
      <Paragraph>{text.body(brand.name)}</Paragraph>
      <ActionButton href={url}>{text.button}</ActionButton>
      <Note>{text.expiry(expiryHours)}</Note>
      <Note>{text.notYou}</Note>
      <LinkFallback href={url} />
    </>
  );
}
