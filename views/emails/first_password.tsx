import { ActionButton, Note, Paragraph } from "./email_components.tsx";
import { formatQuantity } from "./formats.ts";

/** The link by which someone whose account has no password chooses their first. */
export function FirstPassword({ url, expiryDays }: { url: string; expiryDays: number }) {
  return (
    <>
      <Paragraph>Choose a password, and sign in with it and this email address.</Paragraph>
      <ActionButton href={url}>Choose a password</ActionButton>
      <Note>
        The link is for you alone. It works once, for{" "}
        {formatQuantity(expiryDays, "day")}; after that, ask for another one where you sign in.
      </Note>
    </>
  );
}
