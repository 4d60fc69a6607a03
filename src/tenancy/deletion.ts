import { and, eq, lte, or, type SQL, sql } from "drizzle-orm";
import { tenants } from "../../db/control/schema/tenants.ts";
import { withMigrator } from "../../db/migration/migrator.ts";
import { dropSchema } from "../../db/migration/drop_schema.ts";
import { parseSchemaName } from "../../db/tenant/schema_name.ts";
import { eraseFromPlatformAudit } from "../audit/audit_log.ts";
import type { SystemContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { sha256 } from "../platform/crypto.ts";
import { isId } from "../platform/ids.ts";
import { describeError, logOf } from "../platform/log.ts";
import { announceChange, TENANTS } from "./tenant_directory.ts";
import { authorize } from "../access/authorize.ts";
import { TENANTS_MANAGE } from "./permissions.ts";
import { publish } from "../events/publish.ts";
import { TENANT_DELETED } from "./events.ts";
import type { TenantId } from "./tenant.ts";

const DELETED_AT_ONCE = 20;

const log = logOf("tenancy");

/**
 * Deletes a tenant for good, whatever its grace period: its schema, its role, its members' sessions and tokens, its names,
 * its rows in `stream`, and what the platform's log says of it. What stays is a line that a tenant was deleted, with a hash of its id. When it is
 * broken off, it goes on where it was when it is called again. Throws `not_found`.
 */
export async function deleteTenant(ctx: SystemContext, id: string): Promise<void> {
  authorize(ctx, TENANTS_MANAGE);
  if (!isId<TenantId>(id) || !await removeTenant(ctx, id)) throw notFound("This workspace");
}

/** Deletes the tenants whose grace period is over, and those whose deletion was broken off. Returns how many. */
export async function deleteDueTenants(ctx: SystemContext): Promise<number> {
  authorize(ctx, TENANTS_MANAGE);
  const isDue = or(eq(tenants.status, "deleting"), lte(tenants.deletionDueAt, ctx.services.clock.now()));
  // At random, so that those that can't be deleted leave room for others.
  const due = await ctx.control.select({ id: tenants.id }).from(tenants).where(isDue)
    .orderBy(sql`random()`).limit(DELETED_AT_ONCE);
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

/** False where there is no such tenant, or `condition` doesn't hold any more: its deletion was taken back. */
async function removeTenant(ctx: SystemContext, id: TenantId, condition?: SQL): Promise<boolean> {
  const schema = await ctx.tx(async (tx) => {
    const [row] = await tx.update(tenants).set({ status: "deleting" })
      .where(and(eq(tenants.id, id), condition)).returning({ schemaName: tenants.schemaName });
    if (row) await announceChange(tx, id);
    return row && parseSchemaName(row.schemaName);
  });
  if (!schema) return false;
  ctx.services.use(TENANTS).forget(id);
  await dropSchema(ctx.services.db, schema);
  // As the login that owns the tables: the application's may only add lines to the log.
  await withMigrator(ctx.services.db, async (tx) => {
    const gone = await tx.delete(tenants).where(eq(tenants.id, id)).returning({ id: tenants.id });
    if (gone.length === 0) return; // another process was faster
    await tx.execute(sql`select stream.forget_tenant(${id})`);
    await eraseFromPlatformAudit(tx, id);
    await publish(ctx, tx, TENANT_DELETED, { details: { sha256_of_id: sha256(id) } });
  });
  ctx.services.forgetTenant(id, schema);
  return true;
}
