import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { SENDING_DOMAIN_PATH } from "./sending_domain_page.tsx";
import { sendingDomainText } from "./text.ts";

/** `/settings/sending-domain/remove`: asks before the domain and its key are deleted. */
export function RemoveSendingDomainPage() {
  const text = sendingDomainText.use();
  return (
    <Card>
      <form method="post" action={`${SENDING_DOMAIN_PATH}/remove`} class="grid gap-4">
        <p>{text.removeNote}</p>
        <div class="flex flex-wrap gap-2">
          <Button variant="danger">{text.remove}</Button>
          <ButtonLink href={SENDING_DOMAIN_PATH}>{text.cancel}</ButtonLink>
        </div>
      </form>
    </Card>
  );
}
