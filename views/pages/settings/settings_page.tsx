import type { FieldErrors } from "../../../src/errors.ts";
import { Card } from "../../components/card.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { FormerAddresses, type FormerSubdomain } from "../../components/former_addresses.tsx";
import { Day } from "../../components/time.tsx";
import { AppShell, type ShellProps } from "../../layouts/app_shell.tsx";
import { PageHeading } from "../../layouts/shell_frame.tsx";
import { BrandCard } from "./brand_card.tsx";
import { AddressCard, DangerZone, NameCard } from "./settings_cards.tsx";
import { SettingsTabs } from "./settings_tabs.tsx";

export type SettingsPageProps = Omit<ShellProps, "deletion"> & {
  workspace: {
    id: string;
    name: string;
    subdomain: string;
    plan: string;
    createdAt: Date;
    brand: { color: string | null; logoUrl: string | null };
  };
  /** What follows the subdomain in the address: `.denizen.example:8000`. */
  hostSuffix: string;
  /** Old addresses that still redirect. */
  formerSubdomains: FormerSubdomain[];
  /** When the workspace will be deleted, if that is scheduled. */
  deletion: Date | null;
  now: Date;
  /** May rename and move it. */
  canManage: boolean;
  /** May delete it, and take that back: owners. */
  canDelete: boolean;
  /** A refused form. */
  rename?: { values: { name?: string }; errors: FieldErrors };
  move?: { values: { subdomain?: string }; errors: FieldErrors };
  rebrand?: { values: { brand_color?: string; logo_url?: string }; errors: FieldErrors };
};

/** `/settings`: what the workspace is called, where it is found, and its end. */
export function SettingsPage(props: SettingsPageProps) {
  const { tenant, user, flash, unverified, deletion, canManage, canDelete } = props;
  const shell = {
    tenant,
    user,
    flash,
    unverified,
    deletion: deletion ? { on: deletion, canCancel: canDelete } : undefined,
  };
  return (
    <AppShell title="Settings" active="settings" {...shell}>
      <PageHeading
        title="Settings"
        lead={canManage
          ? "What this workspace is called, and where it is found."
          : "Only owners and admins can change settings."}
      />
      <SettingsTabs active="workspace" />
      {canManage
        ? (
          <div class="grid grid-cols-1 items-start gap-6 lg:grid-cols-[minmax(0,1fr)_17rem]">
            <div class="grid grid-cols-1 gap-6">
              <NameCard {...props} />
              <AddressCard {...props} />
              <BrandCard {...props} />
              <DangerZone deletion={deletion} canDelete={canDelete} />
            </div>
            <DetailsCard {...props} />
          </div>
        )
        : (
          <div class="max-w-xl">
            <DetailsCard {...props} />
          </div>
        )}
    </AppShell>
  );
}

function DetailsCard({ workspace, hostSuffix, formerSubdomains, canManage }: SettingsPageProps) {
  const { id, name, subdomain, plan, createdAt } = workspace;
  const changeable = [
    { term: "Name", value: name },
    { term: "Address", value: `${subdomain}${hostSuffix}` },
    ...(formerSubdomains.length > 0
      ? [{
        term: "Old addresses",
        value: <FormerAddresses former={formerSubdomains} hostSuffix={hostSuffix} />,
      }]
      : []),
  ];
  const fixed = [
    { term: "Plan", value: <span class="capitalize">{plan}</span> },
    { term: "Created", value: <Day at={createdAt} /> },
    { term: "Workspace ID", value: <code class="text-sm">{id}</code> },
  ];
  return (
    <Card title="Details">
      <DescriptionList facts={canManage ? fixed : [...changeable, ...fixed]} />
    </Card>
  );
}
