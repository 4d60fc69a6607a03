import type { Wording } from "../../../src/platform/wording.ts";
import { Badge } from "../../components/badge.tsx";
import { formatCount } from "../../components/count.ts";
import { DeletionBadge, SuspendedBadge } from "../../components/lifecycle_badges.tsx";
import { MainCell, Row, RowCell, RowLink, TWO_LINES } from "../../components/list/list_table.tsx";
import { Time } from "../../components/time.tsx";
import { useTranslate } from "../../wording.ts";
import { adminText } from "./text.ts";

export type ListedTenant = {
  id: string;
  name: string;
  subdomain: string;
  url: string;
  plan: Wording;
  status: "active" | "suspended";
  /** The day of the scheduled deletion, if there is one. */
  deletion: Date | null;
  schemaVersion: string;
  /** Whether the tenant's schema lacks migrations. */
  isBehind: boolean;
  members: number;
  createdAt: Date;
};

/** A tenant in the list. The row leads to its page. */
export function TenantRow({ tenant, now }: { tenant: ListedTenant; now: Date }) {
  const { id, name, url, plan, members, schemaVersion, createdAt } = tenant;
  return (
    <Row id={`tenant-${id}`}>
      <MainCell details={<TenantDetails tenant={tenant} />}>
        <p class={TWO_LINES}>
          <RowLink href={`/admin/tenants/${id}`}>
            <bdi>{name}</bdi>
          </RowLink>
        </p>
        <p class="truncate text-sm text-muted">{new URL(url).host}</p>
      </MainCell>
      <RowCell>
        <TenantStatus tenant={tenant} />
      </RowCell>
      <RowCell>{useTranslate()(plan)}</RowCell>
      <RowCell atEnd>{formatCount(members)}</RowCell>
      <RowCell class="truncate max-[76rem]:hidden md:ps-6">
        <code class="text-sm">{schemaVersion}</code>
      </RowCell>
      <RowCell atEnd class="whitespace-nowrap max-lg:hidden">
        <Time at={createdAt} now={now} />
      </RowCell>
    </Row>
  );
}

/** The tenant's status as text, and scheduled deletion and missing migrations in badges. */
export function TenantStatus({ tenant: { status, deletion, isBehind } }: { tenant: ListedTenant }) {
  const { tenants: text } = adminText.use();
  return (
    <span class="flex flex-wrap items-center gap-1.5">
      {status === "active" ? text.active : <SuspendedBadge />}
      {deletion ? <DeletionBadge on={deletion} /> : null}
      {isBehind ? <Badge tone="warning">{text.schemaBehind}</Badge> : null}
    </span>
  );
}

/** What a phone shows below the name. */
function TenantDetails({ tenant }: { tenant: ListedTenant }) {
  const { tenants: text } = adminText.use();
  return (
    <>
      <TenantStatus tenant={tenant} />
      <span>{text.plan(useTranslate()(tenant.plan))}</span>
      <span>{text.members(tenant.members)}</span>
    </>
  );
}
