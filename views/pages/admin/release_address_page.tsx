import type { SuppressedAddress } from "../../../src/email/suppression.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { TextLink } from "../../components/link.tsx";
import { Time } from "../../components/time.tsx";
import { ReasonBadge } from "./suppression_list.tsx";

export type ReleaseAddressPageProps = { suppressed: SuppressedAddress; now: Date };

const ADVICE: Record<SuppressedAddress["reason"], string> = {
  bounce:
    "The address will get email again. If an email bounces, the address is suppressed again. Bounces hurt our sender reputation.",
  complaint:
    "The recipient marked an email as spam. Release the address only if they asked to get email again.",
  manual: "The address will get email again.",
};

/** `/admin/suppressions/:id/release`: asks for confirmation before an address gets email again. */
export function ReleaseAddressPage({ suppressed, now }: ReleaseAddressPageProps) {
  const { id, address, reason, detail, createdAt } = suppressed;
  const facts = [
    { term: "Address", value: address },
    { term: "Reason", value: <ReasonBadge reason={reason} /> },
    ...(detail ? [{ term: "Detail", value: <span class="whitespace-pre-line">{detail}</span> }] : []),
    { term: "Since", value: <Time at={createdAt} now={now} /> },
  ];
  return (
    <div class="max-w-xl">
      <p class="mb-2">
        <TextLink href="/admin/suppressions">Suppressed email</TextLink>
      </p>
      <Card>
        <div class="grid gap-5">
          <DescriptionList facts={facts} />
          <p class="text-muted">{ADVICE[reason]}</p>
          <form method="post" action={`/admin/suppressions/${id}/release`} class="flex flex-wrap gap-2">
            <Button variant="danger">Release address</Button>
            <ButtonLink href="/admin/suppressions">Cancel</ButtonLink>
          </form>
        </div>
      </Card>
    </div>
  );
}
