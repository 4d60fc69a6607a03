import type { EmailBrand, EmailMessages } from "../../src/email/messages.ts";
import { ActionButton, LinkFallback, Note, Paragraph, Title } from "./email_components.tsx";
import { useEmail } from "./email_context.ts";
import { formatQuantity } from "./formats.ts";

type Props = EmailMessages["verify_address"];

export const subject = () => "Confirm your email address";

export const preheader = (_: Props, brand: EmailBrand) =>
  `Someone signed up for ${brand.name} with this address.`;

/** To a new address, which may belong to somebody who never signed up. */
export function Content({ url, expiryHours }: Props) {
  const { brand } = useEmail();
  return (
    <>
      <Title>Confirm your email address</Title>
      <Paragraph>
        Someone signed up for {brand.name} with this address. If it was you, confirm that it is yours.
      </Paragraph>
      <ActionButton href={url}>Confirm email</ActionButton>
      <Note>The link works once, for {formatQuantity(expiryHours, "hour")}.</Note>
      <Note>
        If it wasn't you, ignore this email and the address stays unconfirmed. To take the account over, open
        the link and choose a new password.
      </Note>
      <LinkFallback href={url} />
    </>
  );
}
