import type { EmailBrand, EmailMessages } from "../../src/email/messages.ts";
import { ActionButton, LinkFallback, Note, Paragraph, Title } from "./email_components.tsx";
import { useEmail } from "./email_context.ts";
import { formatQuantity } from "./formats.ts";

type Props = EmailMessages["verify_address"];

export const subject = () => "Confirm your email address";

export const preheader = ({ address }: Props, brand: EmailBrand) =>
  `One click tells ${brand.name} that ${address} is yours.`;

/** To a new address, which may belong to somebody else. */
export function Content({ name, address, url, expiryHours }: Props) {
  const { brand } = useEmail();
  return (
    <>
      <Title>Confirm your email address</Title>
      <Paragraph>
        Hello {name}, please confirm that {address} is yours, so that we know where to reach you.
      </Paragraph>
      <ActionButton href={url}>Confirm address</ActionButton>
      <Note>The link works once, for {formatQuantity(expiryHours, "hour")}.</Note>
      <Note>
        If you didn't give this address to{" "}
        {brand.name}, ignore this message: without a click on the link, the address isn't confirmed.
      </Note>
      <LinkFallback href={url} />
    </>
  );
}
