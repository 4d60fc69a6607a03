import type { EmailBrand, EmailMessages } from "../../src/email/messages.ts";
import { ActionButton, LinkFallback, Note, Paragraph, Title } from "./email_components.tsx";
import { useEmail } from "./email_context.ts";
import { formatQuantity } from "./formats.ts";

type Props = EmailMessages["magic_link"];

export const subject = (_: Props, brand: EmailBrand) => `Your link to sign in to ${brand.name}`;

export const preheader = ({ expiryMinutes }: Props) =>
  `It works once, for ${formatQuantity(expiryMinutes, "minute")}.`;

/** Signs in without a password. */
export function Content({ address, url, expiryMinutes, ipAddress, browser }: Props) {
  const { brand } = useEmail();
  return (
    <>
      <Title>Sign in to {brand.name}</Title>
      <Paragraph>Here is the link that signs you in as {address}.</Paragraph>
      <ActionButton href={url}>Sign in</ActionButton>
      <Note>
        It works once, for{" "}
        {formatQuantity(expiryMinutes, "minute")}. Don't pass it on: whoever opens it is signed in as you.
      </Note>
      <Note>
        If you didn't ask for it, ignore this message: nobody is signed in without the link. The request came
        from {browser}, IP address {ipAddress}.
      </Note>
      <LinkFallback href={url} />
    </>
  );
}
