import { ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { hx } from "../../components/hx.ts";
import { EmptyRow, MoreRow, Table } from "../../components/table.tsx";
import { Tabs } from "../../components/tabs.tsx";
import { type TenantQuery, tenantsHref } from "./tenant_query.ts";
import { type ListedTenant, TenantRow } from "./tenant_row.tsx";

export type TenantRowsProps = {
  tenants: ListedTenant[];
  nextCursor: string | null;
  query: TenantQuery;
  now: Date;
};

export type TenantListProps = TenantRowsProps & { counts: Record<TenantQuery["status"], number> };

/** The htmx attributes of links and forms that replace the list. */
export const LIST_SWAP = { target: "#tenant-list", swap: "outerHTML", pushUrl: "true" };

const COLUMNS = [
  { label: "Tenant" },
  { label: "Status" },
  { label: "Plan" },
  { label: "Members", class: "text-right" },
  { label: "Schema", class: "max-[76rem]:hidden" },
  { label: "Created", class: "max-lg:hidden" },
];

const STATUSES = [
  { status: "all", label: "All" },
  { status: "active", label: "Active" },
  { status: "suspended", label: "Suspended" },
  { status: "deletion", label: "To be deleted" },
] as const;

/** The list with its status tabs. Searching or selecting a tab replaces it. */
export function TenantList({ counts, ...rows }: TenantListProps) {
  const { query } = rows;
  const tabs = STATUSES.map(({ status, label }) => {
    const href = tenantsHref({ ...query, status });
    const current = query.status === status;
    return { label, count: counts[status], href, current, attributes: hx({ get: href, ...LIST_SWAP }) };
  });
  return (
    <Card id="tenant-list" flush>
      {query.status === "all"
        ? null
        : <input type="hidden" name="status" value={query.status} form="tenant-filter" />}
      <Tabs label="Filter by status" tabs={tabs} />
      <Table label="Tenants" columns={COLUMNS} bodyId="tenant-rows">
        <TenantRows {...rows} />
        <EmptyRow columns={COLUMNS.length}>
          <NoTenants query={query} />
        </EmptyRow>
      </Table>
    </Card>
  );
}

/** One page of rows. The last row fetches the next page when it scrolls into view. */
export function TenantRows({ tenants, nextCursor, query, now }: TenantRowsProps) {
  return (
    <>
      {tenants.map((tenant) => <TenantRow key={tenant.id} tenant={tenant} now={now} />)}
      {nextCursor
        ? <MoreRow id="more-tenants" href={tenantsHref(query, nextCursor)} columns={COLUMNS.length} />
        : null}
    </>
  );
}

function NoTenants({ query }: { query: TenantQuery }) {
  if (query.search || query.status !== "all") {
    return (
      <EmptyState icon="search" title="No matching tenants" text="Try another word, or show all tenants.">
        <ButtonLink href="/admin/tenants">Show all tenants</ButtonLink>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon="layers"
      title="No tenants yet"
      text="Companies that sign up will be listed here."
    />
  );
}
