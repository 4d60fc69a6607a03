// Partials by request (`HX-Target`): `#tenant-list` gets TenantList, `#more-tenants` TenantRows.
import { Button } from "../../components/button.tsx";
import { hx } from "../../components/hx.ts";
import { SearchField } from "../../components/search_field.tsx";
import { AdminShell, type AdminShellProps } from "../../layouts/admin_shell.tsx";
import { PageHeading } from "../../layouts/shell_frame.tsx";
import { LIST_SWAP, TenantList, type TenantListProps } from "./tenant_list.tsx";

export type TenantsPageProps = AdminShellProps & TenantListProps & {
  /** The schemas prepared for tenants to come. */
  pool: { ready: number; size: number };
};

/** `/admin/tenants`: every tenant of the installation, searched and filtered. */
export function TenantsPage({ user, flash, pool, ...list }: TenantsPageProps) {
  return (
    <AdminShell title="Tenants" active="tenants" user={user} flash={flash}>
      <PageHeading
        title="Tenants"
        lead={`${pool.ready} of ${pool.size} prepared schemas are ready for new tenants.`}
      />
      <FilterForm search={list.query.search} />
      <TenantList {...list} />
    </AdminShell>
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
