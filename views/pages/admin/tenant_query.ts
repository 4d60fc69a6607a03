export type TenantQuery = { search: string; status: "all" | "active" | "suspended" | "deletion" };

/** The URL of the filtered list. Leaves out default values. */
export function tenantsHref({ search, status }: TenantQuery, cursor?: string): string {
  const parameters = new URLSearchParams();
  if (search) parameters.set("search", search);
  if (status !== "all") parameters.set("status", status);
  if (cursor) parameters.set("cursor", cursor);
  return parameters.size > 0 ? `/admin/tenants?${parameters}` : "/admin/tenants";
}
