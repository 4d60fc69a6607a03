import { Code, Note, Paragraph, Title } from "./email_components.tsx";
import { useEmailText } from "./text.ts";

export type FactorCodeData = { code: string; expiryMinutes: number };

export function FactorCode({ code, expiryMinutes }: FactorCodeData) {
  const text = useEmailText().factorCode;
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
