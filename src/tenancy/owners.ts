import { and, asc, eq } from "drizzle-orm";
import { memberships } from "../../db/control/schema/memberships.ts";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import type { EmailRequest } from "../email/email_requests.ts";
import { enqueueAll, type JobOptions } from "../outbox/outbox.ts";
import { SEND_EMAIL } from "../email/send_email.ts";
import type { TenantId } from "./tenant.ts";

/** What every owner is told in the same words. */
export type MailToOwners = Without<Extract<EmailRequest, { userId: string }>, "userId">;

type Without<Request, Key extends PropertyKey> = Request extends unknown ? Omit<Request, Key> : never;

/** The users who own a tenant, the first owner first. */
export async function listOwnerIds(db: ControlDb | ControlTx, tenantId: TenantId): Promise<UserId[]> {
  const rows = await db.select({ userId: memberships.userId }).from(memberships)
    .where(and(eq(memberships.tenantId, tenantId), eq(memberships.role, "owner"))).orderBy(
      asc(memberships.createdAt),
      asc(memberships.id),
    );
  return rows.map(({ userId }) => userId);
}

/** Has a mail sent to each owner of a tenant, in the transaction of what it is about. With a `key`, one of its kind each. */
export async function mailOwners(
  ctx: SystemContext,
  tx: ControlTx,
  tenantId: TenantId,
  mail: MailToOwners,
  { key }: Pick<JobOptions, "key"> = {},
): Promise<void> {
  const owners = await listOwnerIds(tx, tenantId);
  const jobs = owners.map((userId) => ({
    payload: { ...mail, userId } as EmailRequest,
    tenantId,
    key: key && `${key} ${userId}`,
  }));
  if (jobs.length > 0) await enqueueAll(ctx, tx, SEND_EMAIL, jobs);
}
