import { ButtonLink } from "../components/button.tsx";
import { Card } from "../components/card.tsx";
import { FormColumn, SiteLayout } from "../layouts/site_layout.tsx";
import { usePage } from "../page.tsx";

export type SuspendedPageProps = {
  workspace: { name: string };
  /** What the platform's staff wrote; only for those who are signed in as its members. */
  reason: string | null;
  signedIn: boolean;
};

/** Any page of a suspended workspace's host. */
export function SuspendedPage({ workspace: { name }, reason, signedIn }: SuspendedPageProps) {
  const { apexUrl } = usePage();
  const title = (
    <>
      <span class="tenant-name">{name}</span> is suspended
    </>
  );
  return (
    <SiteLayout title={`${name} is suspended`}>
      <FormColumn
        title={title}
        lead="Nobody can work in this workspace for now. Nothing is lost: once it is resumed, everything is where it was."
      >
        {reason
          ? (
            <Card title="The reason">
              <p class="whitespace-pre-line wrap-anywhere">{reason}</p>
            </Card>
          )
          : null}
        <p class="text-md text-muted">
          {signedIn
            ? "Its owner can ask the people who run this service to resume it."
            : "If you work in it, ask its owner. They can turn to the people who run this service."}
        </p>
        <div>
          <ButtonLink href={`${apexUrl}/workspaces`} variant="primary">Your workspaces</ButtonLink>
        </div>
      </FormColumn>
    </SiteLayout>
  );
}
