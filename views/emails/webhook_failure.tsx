import { ActionButton, Note, Paragraph, Title } from "./email_components.tsx";
import { useEmailText } from "./text.ts";

export type WebhookFailureData = {
  tenantName: string;
  /** The receiver's host. Its path may be a secret. */
  host: string;
  /** Why the endpoint is turned off; null if it is on. */
  reason: "gone" | "failing" | "manual" | null;
  url: string;
};

/** Tells someone that an event didn't reach an endpoint. */
export function WebhookFailing({ tenantName, host, url }: WebhookFailureData) {
  const text = useEmailText().webhookFailing;
  return (
    <>
      <Title>{text.subject(host)}</Title>
      <Paragraph>{text.body(tenantName, host)}</Paragraph>
      <ActionButton href={url}>{text.button}</ActionButton>
      <Note>{text.next}</Note>
    </>
  );
}

/** Tells someone that an endpoint was turned off. */
export function WebhookDisabled({ tenantName, host, reason, url }: WebhookFailureData) {
  const text = useEmailText().webhookDisabled;
  return (
    <>
      <Title>{text.subject(host)}</Title>
      <Paragraph>{text.body[reason ?? "manual"](tenantName, host)}</Paragraph>
      <ActionButton href={url}>{text.button}</ActionButton>
      <Note>{text.next}</Note>
    </>
  );
}
