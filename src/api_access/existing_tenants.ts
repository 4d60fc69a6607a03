import { type SQL, sql } from "drizzle-orm";
import { tenants } from "../../db/control/schema/tenants.ts";
import type { TenantId } from "../../db/ids.ts";
import { idArray } from "../platform/array_literals.ts";

/** Selects those tenants of the rows that still exist, and locks them, so that no deletion can run at the same time and leave rows. */
export function existingTenants(rows: readonly { tenantId: TenantId }[]): SQL {
  const ids = idArray([...new Set(rows.map(({ tenantId }) => tenantId))]);
  return sql`select id from ${tenants} where id = any(${ids}::uuid[]) order by id for key share`;
}
