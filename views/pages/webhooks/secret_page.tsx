import { ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { webhookText } from "./text.ts";
import { WEBHOOKS_PATH } from "./webhook_address.ts";

/** A webhook's new secret, which is shown only here. `isRotated` if a former secret still works. */
export function SecretPage({ id, secret, isRotated }: { id: string; secret: string; isRotated: boolean }) {
  const text = webhookText.use();
  return (
    <div class="max-w-xl">
      <PageLead>{text.secretLead}</PageLead>
      <Card title={text.secret} note={text.secretNote}>
        <p class="webhook-secret font-mono select-all wrap-anywhere" dir="ltr">{secret}</p>
        <p class="mt-3 text-muted">{isRotated ? text.secretOverlap : text.verifyHint}</p>
        <div class="mt-5">
          <ButtonLink href={`${WEBHOOKS_PATH}/${id}`} variant="primary">{text.secretSaved}</ButtonLink>
        </div>
      </Card>
    </div>
  );
}
