import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { DOMAINS_PATH } from "./domains_page.tsx";
import { domainsText } from "./text.ts";

/** `/settings/domains/:id/remove`: asks before a domain stops. */
export function RemoveDomainPage({ id }: { id: string }) {
  const text = domainsText.use();
  return (
    <Card>
      <form method="post" action={`${DOMAINS_PATH}/${id}/remove`} class="grid gap-4">
        <p>{text.removeNote}</p>
        <div class="flex flex-wrap gap-2">
          <Button variant="danger">{text.removeDomain}</Button>
          <ButtonLink href={DOMAINS_PATH}>{text.cancel}</ButtonLink>
        </div>
      </form>
    </Card>
  );
}
