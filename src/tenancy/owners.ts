import { and, asc, eq } from "drizzle-orm";
import type { z } from "zod";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import type { Email } from "../email/email.ts";
import { enqueueAll, type JobOptions } from "../outbox/outbox.ts";
import type { TenantId } from "./tenant.ts";

/** The ids of a tenant's owners, earliest owner first. */
export async function listOwnerIds(db: ControlDb | ControlTx, tenantId: TenantId): Promise<UserId[]> {
  const rows = await db.select({ userId: memberships.userId }).from(memberships)
    .where(and(eq(memberships.tenantId, tenantId), eq(memberships.role, "owner"))).orderBy(
      asc(memberships.createdAt),
      asc(memberships.id),
    );
  return rows.map(({ userId }) => userId);
}

/**
 * Emails each owner of a tenant, in the transaction of the change that the email reports. `request` builds the request for one
 * owner. With `key`, each owner gets at most one email for that key.
 */
export async function emailOwners<Request extends z.ZodType>(
  ctx: SystemContext,
  tx: ControlTx,
  tenantId: TenantId,
  { job }: Email<Request>,
  request: (userId: UserId) => z.input<Request>,
  { key }: Pick<JobOptions, "key"> = {},
): Promise<void> {
  const owners = await listOwnerIds(tx, tenantId);
  const jobs = owners.map((userId) => ({
    payload: request(userId),
    tenantId,
    key: key && `${key} ${userId}`,
  }));
  if (jobs.length > 0) await enqueueAll(ctx, tx, job, jobs);
}
