import { sql } from "drizzle-orm";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import type { SchemaName } from "../../db/tenant/schema_name.ts";
import { type DomainError, suspended, unavailable } from "../errors.ts";
import { isRoleMissing, isRoleRefused, isTenantGone } from "../platform/database_errors.ts";
import { describeError, logOf } from "../platform/log.ts";
import { problem } from "../platform/problem.ts";
import type { Services } from "../ports.ts";
import type { Tenant } from "./tenant.ts";

const BEING_UPDATED = problem(
  "workspace_being_updated",
  "This workspace is being updated. Try again in a moment.",
);
const DATA_UNAVAILABLE = problem(
  "workspace_data_unavailable",
  "This workspace's data is unavailable. The service's administrators have been notified.",
);
const ROLE_UNAVAILABLE = problem(
  "database_role_unavailable",
  "This can't be done right now. The service's administrators have been notified.",
);

const RETRY_SECONDS = 10;

const log = logOf("tenancy");

/**
 * Checks that requests and jobs may use the tenant's data. Throws `suspended`, or `unavailable` while the tenant's schema is
 * older than the versions that this code supports (db/tenant/compatibility.ts).
 */
export function admit({ oldestServedVersion }: Services, tenant: Tenant): void {
  if (tenant.status === "suspended") throw suspended();
  if (tenant.schemaVersion < oldestServedVersion) {
    throw unavailable(BEING_UPDATED, RETRY_SECONDS);
  }
}

/** The error to show if a request failed because the tenant's schema or role is missing. Null if it failed for another reason. */
export async function explainLoss(
  { db }: Services,
  { id, schemaName }: Tenant,
  error: unknown,
): Promise<DomainError | null> {
  if (!isTenantGone(error)) return null;
  if (await schemaExists(db.control, schemaName)) return null;
  log.error('a tenant\'s schema or role is missing; run "denizen db repair", or restore it from a backup', {
    tenantId: id,
    schemaName,
  });
  return unavailable(
    DATA_UNAVAILABLE,
  );
}

/** The error to show if a request failed because a database role is missing. Null if it failed for another reason. */
export function explainMissingRole(error: unknown): DomainError | null {
  if (!isRoleMissing(error) && !isRoleRefused(error)) return null;
  log.error('a role of the database is missing; run "denizen db repair"', describeError(error));
  return unavailable(ROLE_UNAVAILABLE);
}

/** Whether a tenant's schema and role exist. Someone may have dropped one by hand. */
export async function schemaExists(db: ControlDb | ControlTx, schemaName: SchemaName): Promise<boolean> {
  const [row] = await db.execute<{ exists: boolean }>(sql`
    select to_regnamespace(${schemaName}) is not null and to_regrole(${schemaName}) is not null as "exists"`);
  return row!.exists;
}

/**
 * The schema whose log takes lines about the tenant. Undefined if the schema is outdated or missing: then only the platform's log can
 * store them.
 */
export async function logSchemaOf(
  { oldestServedVersion }: Pick<Services, "oldestServedVersion">,
  tx: ControlTx,
  { schemaName, schemaVersion }: Pick<Tenant, "schemaName" | "schemaVersion">,
): Promise<SchemaName | undefined> {
  const isServed = schemaVersion >= oldestServedVersion && await schemaExists(tx, schemaName);
  return isServed ? schemaName : undefined;
}
