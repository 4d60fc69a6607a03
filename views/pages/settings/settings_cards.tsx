import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { TextField } from "../../components/field.tsx";
import { FormerAddresses } from "../../components/former_addresses.tsx";
import { Day } from "../../components/time.tsx";
import { SubdomainField } from "../workspace_fields.tsx";
import type { SettingsPageProps } from "./settings_page.tsx";

/** Renames the workspace. */
export function NameCard({ workspace, rename }: Pick<SettingsPageProps, "workspace" | "rename">) {
  return (
    <Card title="Name">
      <form method="post" action="/settings/name" novalidate class="grid gap-5">
        <TextField
          id="name"
          name="name"
          label="Workspace name"
          hint="All members see it."
          value={rename?.values.name ?? workspace.name}
          error={rename?.errors.name}
          autofocus={rename ? true : undefined}
          autocomplete="organization"
        />
        <div>
          <Button variant="primary">Save name</Button>
        </div>
      </form>
    </Card>
  );
}

/** Moves the workspace to another address. */
export function AddressCard(
  { workspace, hostSuffix, formerSubdomains, move }: Pick<
    SettingsPageProps,
    "workspace" | "hostSuffix" | "formerSubdomains" | "move"
  >,
) {
  return (
    <Card title="Address">
      <form method="post" action="/settings/address" novalidate class="grid gap-5" x-data="subdomain">
        <p class="text-muted">
          The old address redirects to the new one for 90 days. Everyone has to sign in again.
        </p>
        <SubdomainField
          hostSuffix={hostSuffix}
          value={move?.values.subdomain ?? workspace.subdomain}
          error={move?.errors.subdomain}
          autofocus={move ? true : undefined}
        />
        <div>
          <Button variant="primary">Change address</Button>
        </div>
      </form>
      {formerSubdomains.length > 0
        ? (
          <div class="mt-5 grid gap-1.5 border-t border-line pt-5 wrap-anywhere">
            <h3 class="text-sm font-medium">Old addresses</h3>
            <FormerAddresses former={formerSubdomains} hostSuffix={hostSuffix} />
          </div>
        )
        : null}
    </Card>
  );
}

/** Schedules the workspace's deletion, or cancels it. */
export function DangerZone({ deletion, canDelete }: Pick<SettingsPageProps, "deletion" | "canDelete">) {
  return (
    <Card title="Danger zone" id="danger-zone" tone="danger">
      <div class="grid gap-4">
        {deletion
          ? (
            <p>
              This workspace and everything in it will be permanently deleted on{" "}
              <Day at={deletion} long />. Until then, it keeps working.
            </p>
          )
          : (
            <p class="text-muted">
              The workspace is deleted after 30 days. Until then, an owner can cancel the deletion.
            </p>
          )}
        {canDelete
          ? <DeletionAction isScheduled={deletion !== null} />
          : <p>Only an owner can change this.</p>}
      </div>
    </Card>
  );
}

function DeletionAction({ isScheduled }: { isScheduled: boolean }) {
  if (isScheduled) {
    return (
      <form method="post" action="/settings/deletion/cancel">
        <Button icon="restore">Cancel deletion</Button>
      </form>
    );
  }
  return (
    <div>
      <ButtonLink href="/settings/deletion" icon="trash">
        Delete workspace
      </ButtonLink>
    </div>
  );
}
