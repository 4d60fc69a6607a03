// htmx requests a part of this page: TenantList for `#tenant-list`.
import { PageLead } from "../../components/page_lead.tsx";
import { TenantList, type TenantListProps } from "./tenant_list.tsx";
import { adminText } from "./text.ts";

export type TenantsPageProps = TenantListProps & {
  /** The schemas prepared for new tenants. */
  pool: { ready: number; size: number };
};

/** `/admin/tenants`: all tenants, with search and filters. */
export function TenantsPage({ pool: { ready, size }, ...list }: TenantsPageProps) {
  return (
    <>
      <PageLead>{adminText.use().tenants.pool(ready, size)}</PageLead>
      <TenantList {...list} />
    </>
  );
}
