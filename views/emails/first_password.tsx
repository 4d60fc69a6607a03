import { ActionButton, Note, Paragraph } from "./email_components.tsx";
import { useEmailText } from "./text.ts";

/** A link to the workspace. For readers without a password, it is a link to choose one. */
export type WayIn = {
  url: string;
  /** The number of days that the link to choose a password works. Null if the reader has a password. */
  expiryDays: number | null;
};

/** The link to choose the account's first password. */
export function FirstPassword({ url, expiryDays }: { url: string; expiryDays: number }) {
  const text = useEmailText().firstPassword;
  return (
    <>
      <Paragraph>{text.body}</Paragraph>
      <ActionButton href={url}>{text.button}</ActionButton>
      <Note>{text.expiry(expiryDays)}</Note>
    </>
  );
}
