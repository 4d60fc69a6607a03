import { Badge } from "../../components/badge.tsx";
import { formatCount } from "../../components/count.ts";
import { DeletionBadge, SuspendedBadge } from "../../components/lifecycle_badges.tsx";
import { Cell } from "../../components/table.tsx";
import { Time } from "../../components/time.tsx";

export type ListedTenant = {
  id: string;
  name: string;
  subdomain: string;
  url: string;
  plan: string;
  status: "active" | "suspended";
  /** The day of the scheduled deletion, if there is one. */
  deletion: Date | null;
  schemaVersion: string;
  /** Whether the tenant's schema lacks migrations. */
  isBehind: boolean;
  members: number;
  createdAt: Date;
};

/** A tenant in the list. Its name links to its page. */
export function TenantRow({ tenant, now }: { tenant: ListedTenant; now: Date }) {
  const { id, name, url, plan, members, schemaVersion, createdAt } = tenant;
  return (
    <tr id={`tenant-${id}`} class="transition-colors hover:bg-canvas">
      <Cell class="w-full max-w-0">
        <a href={`/admin/tenants/${id}`} class="block truncate rounded-sm font-medium hover:underline">
          {name}
        </a>
        <p class="truncate text-sm text-muted">{new URL(url).host}</p>
        <div class="mt-1.5 grid gap-1.5 text-sm text-muted md:hidden">
          <TenantStatus tenant={tenant} />
          <p>
            <span class="capitalize">{plan}</span> plan,{" "}
            {members === 1 ? "1 member" : `${formatCount(members)} members`}
          </p>
        </div>
      </Cell>
      <Cell wideOnly>
        <TenantStatus tenant={tenant} />
      </Cell>
      <Cell wideOnly class="capitalize">{plan}</Cell>
      <Cell wideOnly class="text-right tabular-nums">{formatCount(members)}</Cell>
      <Cell wideOnly class="whitespace-nowrap max-[76rem]:hidden">
        <code class="text-sm">{schemaVersion}</code>
      </Cell>
      <Cell wideOnly class="whitespace-nowrap text-muted max-lg:hidden">
        <Time at={createdAt} now={now} />
      </Cell>
    </tr>
  );
}

/** The tenant's status, scheduled deletion and missing migrations, in badges. */
export function TenantStatus({ tenant: { status, deletion, isBehind } }: { tenant: ListedTenant }) {
  return (
    <span class="flex flex-wrap gap-1.5">
      {status === "active" ? "Active" : <SuspendedBadge />}
      {deletion ? <DeletionBadge on={deletion} /> : null}
      {isBehind ? <Badge tone="warning">Schema behind</Badge> : null}
    </span>
  );
}
