import { ButtonLink } from "../components/button.tsx";
import { Card } from "../components/card.tsx";
import { FormColumn } from "../layouts/site_layout.tsx";
import { usePage } from "../page.tsx";

export type SuspendedPageProps = {
  workspace: { name: string };
  /** The reason from the platform's staff. Shown to members only. */
  reason: string | null;
  signedIn: boolean;
};

/** Replaces every page of a suspended workspace. */
export function SuspendedPage({ workspace: { name }, reason, signedIn }: SuspendedPageProps) {
  const { apexUrl } = usePage();
  const title = (
    <>
      <span class="tenant-name">{name}</span> is suspended
    </>
  );
  return (
    <FormColumn
      title={title}
      lead="Members can't sign in or use the API. Your data is safe."
    >
      {reason
        ? (
          <Card title="Reason">
            <p class="whitespace-pre-line wrap-anywhere">{reason}</p>
          </Card>
        )
        : null}
      <p class="text-md text-muted">
        {signedIn
          ? "The owner can contact support to resume the workspace."
          : "If you are a member, ask the owner to contact support."}
      </p>
      <div>
        <ButtonLink href={`${apexUrl}/workspaces`} variant="primary">Your workspaces</ButtonLink>
      </div>
    </FormColumn>
  );
}
