import type { CustomDomain } from "../../../src/custom_domains/domains.ts";
import type { FieldErrors } from "../../../src/errors.ts";
import { type Activity, ActivityList } from "../../components/activity_list.tsx";
import { Alert } from "../../components/alert.tsx";
import { Badge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { formatCount } from "../../components/count.ts";
import { DescriptionList } from "../../components/description_list.tsx";
import { FormerAddresses, type FormerSubdomain } from "../../components/former_addresses.tsx";
import { TextLink } from "../../components/link.tsx";
import { Day, Instant } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import { useTranslate } from "../../wording.ts";
import { billingPath } from "./billing_account_page.tsx";
import { DomainStatus } from "../domains/domain_card.tsx";
import { DeletionCard, SuspensionCard } from "./tenant_actions.tsx";
import { type ListedTenant, TenantStatus } from "./tenant_row.tsx";
import { type TenantSupport, VisitCard } from "./visit_card.tsx";
import { tenantText } from "./tenant_text.ts";
import { USERS } from "./user_list.tsx";

export type ShownTenant = ListedTenant & {
  suspension: { reason: string; at: Date } | null;
  schemaName: string;
  owners: { id: string; name: string; email: string }[];
  customDomains: Pick<CustomDomain, "id" | "domain" | "status" | "live" | "primary" | "checkedAt">[];
  /** Former subdomains that still redirect. */
  formerSubdomains: FormerSubdomain[];
  /** The error of the last migration, if it failed. */
  failure: string | null;
};

export type TenantPageProps = {
  tenant: ShownTenant;
  history: Activity[];
  support: TenantSupport;
  now: Date;
  /** A form with errors. */
  startVisit?: { values: { member_id?: string; member?: string; reason?: string }; errors: FieldErrors };
  suspend?: { values: { reason?: string }; errors: FieldErrors };
  remove?: { values: { confirmation?: string }; errors: FieldErrors };
};

/** `/admin/tenants/:id`: a tenant's details, history and actions. */
export function TenantPage({ tenant, history, support, now, startVisit, suspend, remove }: TenantPageProps) {
  const text = tenantText.use();
  return (
    <>
      {tenant.failure ? <MigrationFailure text={tenant.failure} /> : null}
      <div class="grid grid-cols-1 items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem] lg:grid-rows-[auto_1fr]">
        <Card title={text.details}>
          <TenantFacts tenant={tenant} now={now} />
        </Card>
        <div class="grid grid-cols-1 gap-6 lg:row-span-2">
          <VisitCard tenantId={tenant.id} support={support} now={now} form={startVisit} />
          <SuspensionCard tenant={tenant} now={now} form={suspend} />
          <DeletionCard tenant={tenant} form={remove} />
        </div>
        <Card title={text.history} flush>
          <ActivityList
            activity={history}
            now={now}
            emptyText={text.noHistory}
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
        <p class="font-medium">{tenantText.use().migrationFailed}</p>
        <p class="mt-1 font-mono text-sm whitespace-pre-wrap">{text}</p>
      </Alert>
    </div>
  );
}

function TenantFacts({ tenant, now }: { tenant: ShownTenant; now: Date }) {
  const terms = tenantText.use().facts;
  const facts = [
    { term: terms.address, value: <TextLink href={tenant.url}>{new URL(tenant.url).host}</TextLink> },
    { term: terms.status, value: <TenantStatus tenant={tenant} /> },
    {
      term: terms.plan,
      value: <TextLink href={billingPath(tenant.id)}>{useTranslate()(tenant.plan)}</TextLink>,
    },
    { term: terms.members, value: formatCount(tenant.members) },
    {
      term: tenant.owners.length === 1 ? terms.owner : terms.owners,
      value: <Owners owners={tenant.owners} />,
    },
    { term: terms.created, value: <Day at={tenant.createdAt} /> },
    ...(tenant.customDomains.length > 0
      ? [{ term: terms.customDomains, value: <CustomDomains domains={tenant.customDomains} now={now} /> }]
      : []),
    ...(tenant.formerSubdomains.length > 0
      ? [{ term: terms.oldAddresses, value: <FormerAddresses former={tenant.formerSubdomains} /> }]
      : []),
    { term: terms.id, value: <code class="text-sm">{tenant.id}</code> },
    { term: terms.schema, value: <code class="text-sm">{tenant.schemaName}</code> },
    { term: terms.schemaVersion, value: <code class="text-sm">{tenant.schemaVersion}</code> },
  ];
  return <DescriptionList facts={facts} />;
}

function CustomDomains({ domains, now }: { domains: ShownTenant["customDomains"]; now: Date }) {
  const text = tenantText.use();
  return (
    <ul class="grid gap-1">
      {domains.map((domain) => (
        <li key={domain.id} class="flex flex-wrap items-center gap-x-2">
          <span class="wrap-anywhere">{domain.domain}</span>
          {domain.primary ? <Badge tone="info">{text.primaryDomain}</Badge> : null}
          <DomainStatus domain={domain} />
          {domain.checkedAt
            ? (
              <span class="text-muted">
                {fill(text.domainChecked, { time: <Instant at={domain.checkedAt} now={now} /> })}
              </span>
            )
            : null}
        </li>
      ))}
    </ul>
  );
}

function Owners({ owners }: { owners: ShownTenant["owners"] }) {
  if (owners.length === 0) return <span class="text-muted">{tenantText.use().none}</span>;
  return (
    <ul class="grid gap-1">
      {owners.map(({ id, name, email }) => (
        <li key={id}>
          <TextLink href={`${USERS.path}/${id}`}>
            <bdi>{name}</bdi>
          </TextLink>{" "}
          <span class="text-muted">{email}</span>
        </li>
      ))}
    </ul>
  );
}
