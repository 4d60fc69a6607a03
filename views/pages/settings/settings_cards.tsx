import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { TextField } from "../../components/field.tsx";
import { FormerAddresses } from "../../components/former_addresses.tsx";
import { SelectField } from "../../components/select.tsx";
import { Day } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import type { SettingsPageProps } from "./settings_page.tsx";
import { settingsText } from "./text.ts";

/** Renames the workspace. */
export function NameCard({ workspace, rename }: Pick<SettingsPageProps, "workspace" | "rename">) {
  const text = settingsText.use();
  return (
    <Card title={text.name}>
      <form method="post" action="/settings/name" novalidate class="grid gap-5">
        <TextField
          id="name"
          name="name"
          label={text.workspaceName}
          hint={text.nameHint}
          value={rename?.values.name ?? workspace.name}
          error={rename?.errors.name}
          autofocus={rename ? true : undefined}
          autocomplete="organization"
          dir="auto"
        />
        <div>
          <Button variant="primary">{text.saveName}</Button>
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
  const text = settingsText.use();
  return (
    <Card title={text.address}>
      <form method="post" action="/settings/address" novalidate class="grid gap-5">
        <p class="text-muted">{text.addressNote}</p>
        <TextField
          id="subdomain"
          name="subdomain"
          label={text.workspaceAddress}
          hint={text.workspaceAddressHint}
          suffix={hostSuffix}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          value={move?.values.subdomain ?? workspace.subdomain}
          error={move?.errors.subdomain}
          autofocus={move ? true : undefined}
        />
        <div>
          <Button>{text.changeAddress}</Button>
        </div>
      </form>
      {formerSubdomains.length > 0
        ? (
          <div class="mt-4 grid gap-1.5 border-t border-line pt-4 wrap-anywhere">
            <h3 class="font-medium">{text.oldAddresses}</h3>
            <FormerAddresses former={formerSubdomains} hostSuffix={hostSuffix} />
          </div>
        )
        : null}
    </Card>
  );
}

/** Chooses the time zone of the workspace's days. */
export function TimeZoneCard(
  { timeZone, timeZones }: Pick<SettingsPageProps, "timeZone" | "timeZones">,
) {
  const text = settingsText.use();
  return (
    <Card title={text.timeZone} id="time-zone">
      <form method="post" action="/settings/time-zone" novalidate class="grid gap-5">
        <SelectField
          id="workspace-time-zone"
          name="time_zone"
          label={text.workspaceTimeZone}
          hint={text.timeZoneHint}
          options={timeZones.map((zone) => ({ value: zone, label: zoneName(zone), isTyped: true }))}
          value={timeZone}
        />
        <div>
          <Button>{text.saveTimeZone}</Button>
        </div>
      </form>
    </Card>
  );
}

/** Schedules the workspace's deletion, or cancels it. */
export function DangerZone({ deletion, canDelete }: Pick<SettingsPageProps, "deletion" | "canDelete">) {
  const text = settingsText.use();
  return (
    <Card title={text.dangerZone} id="danger-zone" tone="danger">
      <div class="grid gap-4">
        {deletion
          ? <p>{fill(text.deletionScheduled, { day: <Day at={deletion} long /> })}</p>
          : <p class="text-muted">{text.deletionNote}</p>}
        {canDelete ? <DeletionAction isScheduled={deletion !== null} /> : <p>{text.ownerOnly}</p>}
      </div>
    </Card>
  );
}

function DeletionAction({ isScheduled }: { isScheduled: boolean }) {
  const text = settingsText.use();
  if (isScheduled) {
    return (
      <form method="post" action="/settings/deletion/cancel">
        <Button icon="restore">{text.cancelDeletion}</Button>
      </form>
    );
  }
  return (
    <div>
      <ButtonLink href="/settings/deletion" icon="trash">{text.deleteWorkspace}</ButtonLink>
    </div>
  );
}

/** A time zone's name for people, such as "America/New York". */
export function zoneName(zone: string): string {
  return zone.replaceAll("_", " ");
}
