import type { SuppressedAddress } from "../../../src/email/suppression.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { Time } from "../../components/time.tsx";
import { ReasonBadge } from "./suppression_list.tsx";
import { suppressionText } from "./suppression_text.ts";
import { adminText } from "./text.ts";

export type ReleaseAddressPageProps = { suppressed: SuppressedAddress; now: Date };

/** `/admin/suppressions/:id/release`: asks for confirmation before an address gets email again. */
export function ReleaseAddressPage({ suppressed, now }: ReleaseAddressPageProps) {
  const text = suppressionText.use();
  const { id, address, reason, detail, tenantIds, createdAt } = suppressed;
  const { campaignsOnly } = adminText.use().suppressions;
  const facts = [
    { term: text.facts.address, value: address },
    { term: text.facts.reason, value: <ReasonBadge reason={reason} /> },
    ...(tenantIds ? [{ term: text.facts.blocked, value: campaignsOnly(tenantIds.length) }] : []),
    ...(detail
      ? [{ term: text.facts.detail, value: <span class="whitespace-pre-line">{detail}</span> }]
      : []),
    { term: text.facts.since, value: <Time at={createdAt} now={now} /> },
  ];
  return (
    <div class="max-w-160">
      <Card>
        <div class="grid gap-5">
          <DescriptionList facts={facts} />
          <p class="text-muted">{text.advice[reason]}</p>
          <form method="post" action={`/admin/suppressions/${id}/release`} class="flex flex-wrap gap-2">
            <Button variant="danger">{text.release}</Button>
            <ButtonLink href="/admin/suppressions">{text.cancel}</ButtonLink>
          </form>
        </div>
      </Card>
    </div>
  );
}
