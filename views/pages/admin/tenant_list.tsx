import { ButtonLink } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import type { ListAddress } from "../../components/list/list_address.ts";
import { ListSearch } from "../../components/list/list_filter.tsx";
import type { ListPages } from "../../components/list/list_footer.tsx";
import { ListPanel } from "../../components/list/list_panel.tsx";
import { type ListedTenant, TenantRow } from "./tenant_row.tsx";
import { adminText } from "./text.ts";

export type TenantView = { search: string; status: "all" | "active" | "suspended" | "deletion" };

export type TenantListProps = {
  tenants: ListedTenant[];
  pages: ListPages;
  /** The number of tenants on each tab. */
  counts: Record<TenantView["status"], number> | null;
  view: TenantView;
  now: Date;
};

/** The list of all tenants. */
export const TENANTS: ListAddress<TenantView> = { path: "/admin/tenants", defaults: { status: "all" } };

const ID = "tenant-list";
const STATUSES = ["all", "active", "suspended", "deletion"] as const;

/** The list with its tabs. A change of what it shows replaces it. */
export function TenantList({ tenants, pages, counts, view, now }: TenantListProps) {
  const { tenants: text } = adminText.use();
  const { tenant, status, plan, members, schema, created } = text.columns;
  return (
    <ListPanel
      id={ID}
      label={text.title}
      address={TENANTS}
      view={view}
      pages={pages}
      tabs={{
        name: "status",
        label: text.filterByStatus,
        counts,
        options: STATUSES.map((value) => ({ value, label: text.tabs[value] })),
      }}
      filter={<ListSearch list={ID} address={TENANTS} view={view} label={text.search} />}
      columns={[
        { label: tenant },
        { label: status, class: "md:w-[26%]" },
        { label: plan, class: "md:w-28" },
        { label: members, atEnd: true, class: "md:w-24" },
        { label: schema, class: "md:w-56 md:ps-6 max-[76rem]:hidden" },
        { label: created, atEnd: true, class: "md:w-28 max-lg:hidden" },
      ]}
      rows={tenants.map((each) => <TenantRow key={each.id} tenant={each} now={now} />)}
      empty={<NoTenants view={view} />}
    />
  );
}

function NoTenants({ view: { search, status } }: { view: TenantView }) {
  const { tenants: text } = adminText.use();
  if (!search && status === "all") {
    return <EmptyState icon="layers" title={text.none} text={text.noneHint} />;
  }
  return (
    <EmptyState icon="search" title={text.noMatch} text={text.noMatchHint}>
      <ButtonLink href={TENANTS.path}>{text.showAll}</ButtonLink>
    </EmptyState>
  );
}
