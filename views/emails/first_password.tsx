import { ActionButton, Note, Paragraph } from "./email_components.tsx";
import { formatQuantity } from "./formats.ts";

/** A link to the workspace. For readers without a password, it is a link to choose one. */
export type WayIn = {
  url: string;
  /** The number of days that the link to choose a password works. Null if the reader has a password. */
  expiryDays: number | null;
};

/** The link to choose the account's first password. */
export function FirstPassword({ url, expiryDays }: { url: string; expiryDays: number }) {
  return (
    <>
      <Paragraph>Choose a password, then sign in with this email address.</Paragraph>
      <ActionButton href={url}>Choose a password</ActionButton>
      <Note>
        The link is only for you. It works once and expires in{" "}
        {formatQuantity(expiryDays, "day")}. After that, request a new one on the sign-in page.
      </Note>
    </>
  );
}

/** The preheader of an email with this link. Null if the reader has a password. */
export function wayInPreheader(expiryDays: WayIn["expiryDays"]): string | null {
  if (expiryDays === null) return null;
  return `Choose a password within ${formatQuantity(expiryDays, "day")} to sign in.`;
}
