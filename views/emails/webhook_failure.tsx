import { ActionButton, Note, Paragraph, Title } from "./email_components.tsx";
import { useEmailText } from "./text.ts";

export type WebhookFailureData = {
  tenantName: string;
  /** The receiver's host. Its path may be a secret. */
  hostName: string;
  /** Why the endpoint is turned off; null if it is on. */
  cause: "gone" | "failing" | "manual" | null;
  url: string;
};

/** Tells someone that an event didn't reach an endpoint. */
export function WebhookFailing({ tenantName, hostName, url }: WebhookFailureData) {
  const text = useEmailText().webhookFailing;
  return (
    <>
      <Title>{text.subject(hostName)}</Title>
      <Paragraph>{text.body(tenantName, hostName)}</Paragraph>
      <ActionButton href={url}>{text.button}</ActionButton>
      <Note>{text.next}</Note>
    </>
  );
}

/** Tells someone that an endpoint was turned off. */
export function WebhookDisabled({ tenantName, hostName, cause, url }: WebhookFailureData) {
  const text = useEmailText().webhookDisabled;
  return (
    <>
      <Title>{text.subject(hostName)}</Title>
      <Paragraph>{text.body[cause ?? "manual"](tenantName, hostName)}</Paragraph>
      <ActionButton href={url}>{text.button}</ActionButton>
      <Note>{text.next}</Note>
    </>
  );
}
