import { sql } from "drizzle-orm";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { SchemaName } from "../../db/tenant/schema_name.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { type DomainError, suspended, unavailable } from "../errors.ts";
import { isRoleMissing, isRoleRefused, isTenantGone } from "../platform/database_errors.ts";
import { describeError, logOf } from "../platform/log.ts";
import type { Services } from "../ports.ts";
import type { Tenant } from "./tenant.ts";

const RETRY_SECONDS = 10;

const log = logOf("tenancy");

/**
 * Lets a request or a job through to the tenant's data. Throws `suspended`, or `unavailable` while the tenant's schema
 * is older than what this code works with (db/tenant/compatibility.ts).
 */
export function admit({ oldestServedVersion }: Services, tenant: Tenant): void {
  if (tenant.status === "suspended") throw suspended();
  if (tenant.schemaVersion < oldestServedVersion) {
    throw unavailable("This workspace is being updated. Try again in a moment.", RETRY_SECONDS);
  }
}

/** What to tell someone whose request failed because the tenant's whole schema is missing; null where it failed otherwise. */
export async function explainLoss(
  { db }: Services,
  { id, schemaName }: Tenant,
  error: unknown,
): Promise<DomainError | null> {
  if (!isTenantGone(error)) return null;
  if (await isSchemaThere(db.control, schemaName)) return null;
  log.error('a tenant\'s schema or role is missing; run "denizen db repair", or restore it from a backup', {
    tenantId: id,
    schemaName,
  });
  return unavailable(
    "The data of this workspace can't be reached. The people who run this service have been told.",
  );
}

/** What to tell someone whose request failed because the server lacks a role of this installation; null where it failed otherwise. */
export function explainMissingRole(error: unknown): DomainError | null {
  if (!isRoleMissing(error) && !isRoleRefused(error)) return null;
  log.error('a role of the database is missing; run "denizen db repair"', describeError(error));
  return unavailable("This can't be done at the moment. The people who run this service have been told.");
}

/** Whether a tenant's schema and its role are there: nobody has dropped one by hand. */
export async function isSchemaThere(db: ControlDb | ControlTx, schemaName: SchemaName): Promise<boolean> {
  const [row] = await db.execute<{ there: boolean }>(sql`
    select to_regnamespace(${schemaName}) is not null and to_regrole(${schemaName}) is not null as there`);
  return row!.there;
}
