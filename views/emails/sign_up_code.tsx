import { Code, Note, Paragraph, Title } from "./email_components.tsx";
import { formatQuantity } from "./formats.ts";

export type SignUpCodeData = { code: string; expiryMinutes: number };

/** The reader has no account and may never have signed up. */
export function SignUpCode({ code, expiryMinutes }: SignUpCodeData) {
  return (
    <>
      <Title>Confirm your email address</Title>
      <Paragraph>Enter this code on the sign-up page:</Paragraph>
      <Code>{code}</Code>
      <Note>The code expires in {formatQuantity(expiryMinutes, "minute")}.</Note>
      <Note>
        If you didn't sign up, ignore this email and don't share the code. No account is created without it.
      </Note>
    </>
  );
}
