import { and, eq, lte, or, type SQL, sql } from "drizzle-orm";
import { usageEvents } from "../../db/control/schema/billing.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { dropSchema } from "../../db/migration/drop_schema.ts";
import { withMigrator } from "../../db/migration/migrator.ts";
import { parseSchemaName } from "../../db/tenant/schema_name.ts";
import { authorize } from "../access/authorize.ts";
import { eraseFromPlatformAudit } from "../audit/audit_log.ts";
import { requestSyncOf } from "../billing/sync_request.ts";
import type { SystemContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { sha256 } from "../platform/crypto.ts";
import { isId } from "../platform/ids.ts";
import { describeError, logOf } from "../platform/log.ts";
import { TENANT_DELETED } from "./events.ts";
import { TENANTS_MANAGE } from "./permissions.ts";
import type { TenantId } from "./tenant.ts";
import { WORKSPACE_NOT_FOUND } from "./tenant.ts";
import { announceChange, TENANTS } from "./tenant_directory.ts";

const BATCH_SIZE = 20;

const log = logOf("tenancy");

/**
 * Permanently deletes a tenant, regardless of its grace period: its schema and role, its members' sessions and tokens, its
 * subdomains, its rows in `stream`, and its names and details in the platform's audit log. The log keeps one line that a tenant
 * was deleted, with a hash of the tenant's id. If the deletion is interrupted, call this again to finish it. Throws `not_found`.
 */
export async function deleteTenant(ctx: SystemContext, id: string): Promise<void> {
  authorize(ctx, TENANTS_MANAGE);
  if (!isId<TenantId>(id) || !await removeTenant(ctx, id)) throw notFound(WORKSPACE_NOT_FOUND);
}

/** Deletes the tenants whose grace period is over, and finishes interrupted deletions. Returns the number of deleted tenants. */
export async function deleteDueTenants(ctx: SystemContext): Promise<number> {
  authorize(ctx, TENANTS_MANAGE);
  const isDue = or(eq(tenants.status, "deleting"), lte(tenants.deletionDueAt, ctx.services.clock.now()));
  // Random order, so that tenants whose deletion fails don't block the others.
  const due = await ctx.control.select({ id: tenants.id }).from(tenants).where(isDue)
    .orderBy(sql`random()`).limit(BATCH_SIZE);
  let deleted = 0;
  for (const { id } of due) {
    try {
      if (await removeTenant(ctx, id, isDue)) deleted++;
    } catch (error) {
      log.error("a tenant could not be deleted", { tenantId: id, ...describeError(error) });
    }
  }
  return deleted;
}

/** Returns false if the tenant doesn't exist, or `condition` no longer holds because its deletion was canceled. */
async function removeTenant(ctx: SystemContext, id: TenantId, condition?: SQL): Promise<boolean> {
  const schema = await ctx.tx(async (tx) => {
    const [row] = await tx.update(tenants).set({ status: "deleting" })
      .where(and(eq(tenants.id, id), condition)).returning({ schemaName: tenants.schemaName });
    if (row) await announceChange(tx, id);
    if (row) await requestSyncOf(ctx, tx, id); // which ends the subscription
    return row && parseSchemaName(row.schemaName);
  });
  if (!schema) return false;
  ctx.services.use(TENANTS).forget(id);
  await dropSchema(ctx.services.db, schema);
  // Uses the login that owns the tables, because the application's login can only append to the audit log.
  await withMigrator(ctx.services.db, async (tx) => {
    const deleted = await tx.delete(tenants).where(eq(tenants.id, id)).returning({ id: tenants.id });
    if (deleted.length === 0) return; // another process has deleted it
    await tx.delete(usageEvents).where(eq(usageEvents.tenantId, id));
    await tx.execute(sql`select stream.forget_tenant(${id})`);
    await eraseFromPlatformAudit(tx, id);
    await publish(ctx, tx, TENANT_DELETED, { details: { sha256_of_id: sha256(id) } });
  });
  ctx.services.forgetTenant(id);
  return true;
}
