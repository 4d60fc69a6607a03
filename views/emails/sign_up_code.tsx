import type { EmailBrand, EmailMessages } from "../../src/email/messages.ts";
import { Code, Note, Paragraph, Title } from "./email_components.tsx";
import { formatQuantity } from "./formats.ts";

type Props = EmailMessages["sign_up_code"];

export const subject = (_: Props, brand: EmailBrand) => `Your code to sign up for ${brand.name}`;

export const preheader = ({ expiryMinutes }: Props) =>
  `The code works for ${formatQuantity(expiryMinutes, "minute")}.`;

/** To an address without an account, which may belong to somebody who never signed up. */
export function Content({ code, expiryMinutes }: Props) {
  return (
    <>
      <Title>Confirm your email</Title>
      <Paragraph>Enter this code on the page where you signed up:</Paragraph>
      <Code>{code}</Code>
      <Note>The code works for {formatQuantity(expiryMinutes, "minute")}.</Note>
      <Note>
        If you didn't sign up, ignore this email and don't share the code. Nothing is created without it.
      </Note>
    </>
  );
}
