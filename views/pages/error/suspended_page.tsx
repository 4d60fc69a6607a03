import { ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { usePage } from "../../page.tsx";
import { fill } from "../../text.ts";
import { errorText } from "./text.ts";

export type SuspendedPageProps = {
  workspace: { name: string };
  /** The reason from the platform's staff. Shown to members only. */
  reason: string | null;
  signedIn: boolean;
};

/** Replaces every page of a suspended workspace. */
export function SuspendedPage({ workspace: { name }, reason, signedIn }: SuspendedPageProps) {
  const { apexUrl } = usePage();
  const text = errorText.use();
  return (
    <FormColumn title={<SuspendedTitle name={name} />} lead={text.suspendedLead}>
      {reason
        ? (
          <Card title={text.suspendedReason}>
            <p class="whitespace-pre-line wrap-anywhere" dir="auto">{reason}</p>
          </Card>
        )
        : null}
      <p class="text-muted">{signedIn ? text.contactSupport : text.askOwner}</p>
      <div>
        <ButtonLink href={`${apexUrl}/workspaces`} variant="primary">{text.yourWorkspaces}</ButtonLink>
      </div>
    </FormColumn>
  );
}

function SuspendedTitle({ name }: { name: string }) {
  return (
    <>
      {fill(errorText.use().isSuspended, { name: <span class="tenant-name" dir="auto">{name}</span> })}
    </>
  );
}
