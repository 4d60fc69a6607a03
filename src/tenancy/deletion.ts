import { and, eq, isNotNull, lte, or } from "drizzle-orm";
import { tenants } from "../../db/control/schema.ts";
import { withMigrator } from "../../db/migrator.ts";
import { dropSchema } from "../../db/provision.ts";
import { parseSchemaName } from "../../db/schema_name.ts";
import { authorizePlatform } from "../access/tenant_access.ts";
import { eraseFromPlatformAudit, recordPlatformAudit } from "../audit/audit_log.ts";
import type { SystemContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { sha256 } from "../platform/crypto.ts";
import { isId } from "../platform/ids.ts";
import { describeError, logOf } from "../platform/log.ts";
import { announceChange } from "./lifecycle.ts";

const DELETED_AT_ONCE = 20;

const log = logOf("tenancy");

/**
 * Deletes a tenant for good, whatever its grace period: its schema, its role, its members' sessions and tokens, its names,
 * and what the platform's log says of it. What stays is a line that a tenant was deleted, with a hash of its id. When it is
 * broken off, it goes on where it was when it is called again. Throws `not_found`.
 */
export async function deleteTenant(ctx: SystemContext, id: string): Promise<void> {
  authorizePlatform(ctx);
  if (!isId(id)) throw notFound("This workspace");
  const schema = await ctx.tx(async (tx) => {
    const [row] = await tx.update(tenants).set({ status: "deleting" }).where(eq(tenants.id, id))
      .returning({ schemaName: tenants.schemaName });
    if (!row) throw notFound("This workspace");
    await announceChange(tx, id);
    return parseSchemaName(row.schemaName);
  });
  ctx.services.tenants.forget(id);
  await dropSchema(ctx.services.db, schema);
  // As the login that owns the tables: the application's may only add lines to the log.
  await withMigrator(ctx.services.db, async (tx) => {
    const gone = await tx.delete(tenants).where(eq(tenants.id, id)).returning({ id: tenants.id });
    if (gone.length === 0) return; // another process was faster
    await eraseFromPlatformAudit(tx, id);
    await recordPlatformAudit(ctx, tx, {
      action: "tenant.deleted",
      subject: null,
      details: { sha256_of_id: sha256(id) },
    });
  });
  ctx.services.forgetTenant(id, schema);
}

/** Deletes the tenants whose grace period is over, and those whose deletion was broken off. Returns how many. */
export async function deleteDueTenants(ctx: SystemContext): Promise<number> {
  authorizePlatform(ctx);
  const isDue = and(isNotNull(tenants.deletionDueAt), lte(tenants.deletionDueAt, ctx.services.clock.now()));
  const due = await ctx.control.select({ id: tenants.id }).from(tenants)
    .where(or(isDue, eq(tenants.status, "deleting"))).limit(DELETED_AT_ONCE);
  for (const { id } of due) {
    await deleteTenant(ctx, id).catch((error) =>
      log.error("a tenant could not be deleted", { tenantId: id, ...describeError(error) })
    );
  }
  return due.length;
}
