import { Code, Note, Paragraph, Title } from "./email_components.tsx";
import { useEmailText } from "./text.ts";

export type SignUpCodeData = { code: string; expiryMinutes: number };

/** The reader has no account and may never have signed up. */
export function SignUpCode({ code, expiryMinutes }: SignUpCodeData) {
  const text = useEmailText().signUpCode;
  return (
    <>
      <Title>{text.title}</Title>
      <Paragraph>{text.body}</Paragraph>
      <Code>{code}</Code>
      <Note>{text.expiry(expiryMinutes)}</Note>
      <Note>{text.notYou}</Note>
    </>
  );
}
