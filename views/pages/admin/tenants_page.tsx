// htmx requests parts of this page: TenantList for `#tenant-list`, TenantRows for `#more-tenants`.
import { Button } from "../../components/button.tsx";
import { hx } from "../../components/hx.ts";
import { SearchField } from "../../components/search_field.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { LIST_SWAP, TenantList, type TenantListProps } from "./tenant_list.tsx";

export type TenantsPageProps = TenantListProps & {
  /** The schemas prepared for new tenants. */
  pool: { ready: number; size: number };
};

/** `/admin/tenants`: all tenants, with search and filters. */
export function TenantsPage({ pool, ...list }: TenantsPageProps) {
  return (
    <>
      <PageLead>{`${pool.ready} of ${pool.size} prepared schemas are ready for new tenants.`}</PageLead>
      <FilterForm search={list.query.search} />
      <TenantList {...list} />
    </>
  );
}

function FilterForm({ search }: { search: string }) {
  const inPlace = hx({
    get: "/admin/tenants",
    trigger: "input delay:250ms, submit",
    sync: "this:replace",
    indicator: "#searching",
    ...LIST_SWAP,
  });
  return (
    <form
      id="tenant-filter"
      role="search"
      method="get"
      action="/admin/tenants"
      class="mb-4 flex flex-wrap gap-3"
      {...inPlace}
    >
      <SearchField label="Search tenants" value={search} indicator="searching" />
      <noscript>
        <Button>Apply</Button>
      </noscript>
    </form>
  );
}
