import { ActionButton, LinkFallback, Note, Paragraph, Title } from "./email_components.tsx";
import { useEmail } from "./email_context.ts";
import { formatQuantity } from "./formats.ts";

export type VerifyAddressData = { url: string; expiryHours: number };

/** The reader may never have signed up. */
export function VerifyAddress({ url, expiryHours }: VerifyAddressData) {
  const { brand } = useEmail();
  return (
    <>
      <Title>Confirm your email address</Title>
      <Paragraph>
        Someone signed up for {brand.name} with this email address. If it was you, confirm the address.
      </Paragraph>
      <ActionButton href={url}>Confirm email address</ActionButton>
      <Note>The link works once and expires in {formatQuantity(expiryHours, "hour")}.</Note>
      <Note>
        If it wasn't you, ignore this email. The address stays unconfirmed. To take over the account, open the
        link and choose a new password.
      </Note>
      <LinkFallback href={url} />
    </>
  );
}
