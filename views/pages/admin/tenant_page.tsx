import type { FieldErrors } from "../../../src/errors.ts";
import { type Activity, ActivityList } from "../../components/activity_list.tsx";
import { Alert } from "../../components/alert.tsx";
import { Card } from "../../components/card.tsx";
import { formatCount } from "../../components/count.ts";
import { DescriptionList } from "../../components/description_list.tsx";
import { FormerAddresses, type FormerSubdomain } from "../../components/former_addresses.tsx";
import { TextLink } from "../../components/link.tsx";
import { Day } from "../../components/time.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { DeletionCard, SuspensionCard } from "./tenant_actions.tsx";
import { type ListedTenant, TenantStatus } from "./tenant_row.tsx";

export type ShownTenant = ListedTenant & {
  suspension: { reason: string; at: Date } | null;
  schemaName: string;
  owners: { name: string; email: string }[];
  /** Former subdomains that still redirect. */
  formerSubdomains: FormerSubdomain[];
  /** The error of the last migration, if it failed. */
  failure: string | null;
};

export type TenantPageProps = {
  tenant: ShownTenant;
  history: Activity[];
  now: Date;
  /** A form with errors. */
  suspend?: { values: { reason?: string }; errors: FieldErrors };
  remove?: { values: { confirmation?: string }; errors: FieldErrors };
};

/** `/admin/tenants/:id`: a tenant's details, history and actions. */
export function TenantPage({ tenant, history, now, suspend, remove }: TenantPageProps) {
  return (
    <>
      <p class="mb-2">
        <TextLink href="/admin/tenants">All tenants</TextLink>
      </p>
      <PageLead>
        <TextLink href={tenant.url}>{new URL(tenant.url).host}</TextLink>
      </PageLead>
      {tenant.failure ? <MigrationFailure text={tenant.failure} /> : null}
      <div class="grid grid-cols-1 items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem] lg:grid-rows-[auto_1fr]">
        <Card title="Details">
          <TenantFacts tenant={tenant} />
        </Card>
        <div class="grid grid-cols-1 gap-6 lg:row-span-2">
          <SuspensionCard tenant={tenant} now={now} form={suspend} />
          <DeletionCard tenant={tenant} form={remove} />
        </div>
        <Card title="History" flush>
          <ActivityList
            activity={history}
            now={now}
            emptyText="Changes to this tenant will be listed here."
          />
        </Card>
      </div>
    </>
  );
}

function MigrationFailure({ text }: { text: string }) {
  return (
    <div class="mb-6">
      <Alert kind="error">
        <p class="font-medium">The last migration failed.</p>
        <p class="mt-1 font-mono text-sm whitespace-pre-wrap">{text}</p>
      </Alert>
    </div>
  );
}

function TenantFacts({ tenant }: { tenant: ShownTenant }) {
  const facts = [
    { term: "Status", value: <TenantStatus tenant={tenant} /> },
    { term: "Plan", value: <span class="capitalize">{tenant.plan}</span> },
    { term: "Members", value: formatCount(tenant.members) },
    { term: tenant.owners.length === 1 ? "Owner" : "Owners", value: <Owners owners={tenant.owners} /> },
    { term: "Created", value: <Day at={tenant.createdAt} /> },
    ...(tenant.formerSubdomains.length > 0
      ? [{ term: "Old addresses", value: <FormerAddresses former={tenant.formerSubdomains} /> }]
      : []),
    { term: "Tenant ID", value: <code class="text-sm">{tenant.id}</code> },
    { term: "Schema", value: <code class="text-sm">{tenant.schemaName}</code> },
    { term: "Schema version", value: <code class="text-sm">{tenant.schemaVersion}</code> },
  ];
  return <DescriptionList facts={facts} />;
}

function Owners({ owners }: { owners: ShownTenant["owners"] }) {
  if (owners.length === 0) return <span class="text-muted">None</span>;
  return (
    <ul class="grid gap-1">
      {owners.map(({ name, email }) => (
        <li>
          {name} <span class="text-muted">{email}</span>
        </li>
      ))}
    </ul>
  );
}
