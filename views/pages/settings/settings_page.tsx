import type { FieldErrors } from "../../../src/errors.ts";
import type { Wording } from "../../../src/platform/wording.ts";
import { Card } from "../../components/card.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { FormerAddresses, type FormerSubdomain } from "../../components/former_addresses.tsx";
import { Day } from "../../components/time.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { useTranslate } from "../../wording.ts";
import { AddressCard, DangerZone, NameCard, TimeZoneCard, zoneName } from "./settings_cards.tsx";
import { settingsText } from "./text.ts";

export type SettingsPageProps = {
  workspace: {
    id: string;
    name: string;
    subdomain: string;
    plan: Wording;
    createdAt: Date;
  };
  /** The part of the workspace's host after the subdomain: `.denizen.example:8000`. */
  hostSuffix: string;
  /** Former subdomains that still redirect. */
  formerSubdomains: FormerSubdomain[];
  /** The day of the scheduled deletion, if there is one. */
  deletion: Date | null;
  timeZone: string;
  /** The time zones to choose from. */
  timeZones: readonly string[];
  /** Whether the member may rename and move the workspace. */
  canManage: boolean;
  /** Whether the member may schedule and cancel the workspace's deletion. */
  canDelete: boolean;
  /** A form with errors. */
  rename?: { values: { name?: string }; errors: FieldErrors };
  move?: { values: { subdomain?: string }; errors: FieldErrors };
};

/** `/settings`: the workspace's name, address, time zone and deletion. */
export function SettingsPage(props: SettingsPageProps) {
  const { deletion, canManage, canDelete } = props;
  return (
    <>
      {canManage ? null : <PageLead>{settingsText.use().ownersOnly}</PageLead>}
      {canManage
        ? (
          <div class="grid grid-cols-1 gap-6">
            <NameCard {...props} />
            <AddressCard {...props} />
            <TimeZoneCard {...props} />
            <DetailsCard {...props} />
            <DangerZone deletion={deletion} canDelete={canDelete} />
          </div>
        )
        : <DetailsCard {...props} />}
    </>
  );
}

function DetailsCard({ workspace, hostSuffix, formerSubdomains, timeZone, canManage }: SettingsPageProps) {
  const text = settingsText.use();
  const { name, subdomain, plan, createdAt } = workspace;
  const changeable = [
    { term: text.name, value: <span dir="auto">{name}</span> },
    { term: text.address, value: `${subdomain}${hostSuffix}` },
    ...(formerSubdomains.length > 0
      ? [{
        term: text.oldAddresses,
        value: <FormerAddresses former={formerSubdomains} hostSuffix={hostSuffix} />,
      }]
      : []),
    { term: text.timeZone, value: zoneName(timeZone) },
  ];
  const fixed = [
    { term: text.plan, value: useTranslate()(plan) },
    { term: text.created, value: <Day at={createdAt} /> },
  ];
  return (
    <Card title={text.details}>
      <DescriptionList facts={canManage ? fixed : [...changeable, ...fixed]} />
    </Card>
  );
}
