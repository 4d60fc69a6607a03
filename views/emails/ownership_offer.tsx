import { ActionButton, LinkFallback, Note, Paragraph, Title } from "./email_components.tsx";
import { useEmailText } from "./text.ts";

export type OwnershipOfferData = {
  /** Null if the address is unconfirmed: a stranger may have chosen the names. */
  names: { from: string; tenantName: string } | null;
  url: string;
  expiresAt: Date;
};

export function OwnershipOffer({ names, url, expiresAt }: OwnershipOfferData) {
  const text = useEmailText().ownershipOffer;
  const workspace = names?.tenantName ?? text.aWorkspace;
  return (
    <>
      <Title>{text.subject(workspace)}</Title>
      <Paragraph>{text.body(names?.from ?? text.someone, workspace)}</Paragraph>
      <ActionButton href={url}>{text.button}</ActionButton>
      <Note>{text.expiry(expiresAt)}</Note>
      <LinkFallback href={url} />
    </>
  );
}
