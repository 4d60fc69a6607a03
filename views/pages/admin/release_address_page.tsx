import type { SuppressedAddress } from "../../../src/email/suppression.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { TextLink } from "../../components/link.tsx";
import { Time } from "../../components/time.tsx";
import { AdminShell, type AdminShellProps } from "../../layouts/admin_shell.tsx";
import { PageHeading } from "../../layouts/shell_frame.tsx";
import { ReasonBadge } from "./suppression_list.tsx";

export type ReleaseAddressPageProps = AdminShellProps & { suppressed: SuppressedAddress; now: Date };

const ADVICE: Record<SuppressedAddress["reason"], string> = {
  bounce:
    "Mail goes to it again. If that comes back too, the address is suppressed anew: too many such mails, and " +
    "providers take the sender for a spammer.",
  complaint:
    "Its reader called a mail of ours spam. Release it only when they have asked for our mail again.",
  manual: "Mail goes to it again.",
};

/** `/admin/suppressions/:id/release`: asks before mail goes to an address again. */
export function ReleaseAddressPage({ suppressed, now, ...shell }: ReleaseAddressPageProps) {
  const { id, address, reason, detail, createdAt } = suppressed;
  const facts = [
    { term: "Reason", value: <ReasonBadge reason={reason} /> },
    ...(detail ? [{ term: "Detail", value: <span class="whitespace-pre-line">{detail}</span> }] : []),
    { term: "Since", value: <Time at={createdAt} now={now} /> },
  ];
  return (
    <AdminShell title="Release an address" active="suppressions" {...shell}>
      <div class="max-w-xl">
        <p class="mb-2">
          <TextLink href="/admin/suppressions">Suppressed mail</TextLink>
        </p>
        <PageHeading title={`Release ${address}?`} />
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
    </AdminShell>
  );
}
