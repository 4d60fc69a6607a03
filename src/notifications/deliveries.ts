import { and, eq, inArray } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { notifications } from "../../db/control/schema/notifications.ts";
import type { UserId } from "../access/actor.ts";
import type { JobRun } from "../outbox/job.ts";
import { enqueue } from "../outbox/outbox.ts";
import { readTimes } from "./choices.ts";
import type { Channel } from "./channel.ts";
import { DIGEST_EMAIL, NOTIFICATION_EMAIL } from "./emails.ts";
import type { NotificationKind } from "./kind.ts";
import { PUSH_NOTIFICATION } from "./pushes.ts";
import { TEXT_NOTIFICATION } from "./texts.ts";
import { DEFAULT_TIMES, endOfQuiet, nextDigest } from "./times.ts";

export type Told = { id: string; userId: UserId };

/**
 * Enqueues the emails, pushes and text messages about new notifications, in the transaction that adds them. Quiet hours delay them, but for
 * what is urgent. Someone who wants one email a day gets it the next morning.
 */
export async function enqueueDeliveries(
  { system, tenant }: JobRun,
  tx: ControlTx,
  kind: NotificationKind,
  told: readonly Told[],
  channels: ReadonlyMap<UserId, ReadonlySet<Channel>>,
): Promise<void> {
  const wants = (channel: Channel) => told.filter(({ userId }) => channels.get(userId)?.has(channel));
  const [emailed, pushed, texted] = [wants("email"), wants("push"), wants("text")];
  if (!tenant || emailed.length + pushed.length + texted.length === 0) return;
  const now = system.services.clock.now();
  const tenantId = tenant.tenant.id;
  const times = await readTimes({ control: tx }, told.map(({ userId }) => userId));
  const timesOf = (userId: UserId) => times.get(userId) ?? DEFAULT_TIMES;
  const delayOf = (userId: UserId) => {
    const at = kind.isUrgent ? now : endOfQuiet(timesOf(userId), now);
    return at.getTime() - now.getTime();
  };
  for (const one of await withoutOwnEmail(tx, kind, tenantId, emailed)) {
    if (timesOf(one.userId).isDigest && !kind.isUrgent) {
      await addToDigest(system, tx, tenantId, one, nextDigest(timesOf(one.userId), now), now);
    } else {
      const request = { userId: one.userId, notificationId: one.id };
      await enqueue(system, tx, NOTIFICATION_EMAIL.job, request, { tenantId, delay: delayOf(one.userId) });
    }
  }
  for (const [job, people] of [[PUSH_NOTIFICATION, pushed], [TEXT_NOTIFICATION, texted]] as const) {
    for (const { id, userId } of people) {
      const request = { userId, notificationId: id };
      await enqueue(system, tx, job, request, { tenantId, delay: delayOf(userId) });
    }
  }
}

async function addToDigest(
  system: JobRun["system"],
  tx: ControlTx,
  tenantId: string,
  { id, userId }: Told,
  due: Date,
  now: Date,
): Promise<void> {
  await tx.update(notifications).set({ digestAt: due }).where(eq(notifications.id, id));
  await enqueue(system, tx, DIGEST_EMAIL.job, { userId, due: due.toISOString() }, {
    tenantId,
    delay: due.getTime() - now.getTime(),
    key: `notification digest ${userId} ${due.toISOString()}`,
  });
}

/** Leaves out the owners if the event has an email of its own to them. */
async function withoutOwnEmail(
  tx: ControlTx,
  { ownersAreEmailed }: NotificationKind,
  tenantId: JobRunTenantId,
  told: Told[],
): Promise<Told[]> {
  if (!ownersAreEmailed || told.length === 0) return told;
  const owners = await tx.select({ userId: memberships.userId }).from(memberships).where(and(
    eq(memberships.tenantId, tenantId),
    eq(memberships.role, "owner"),
    inArray(memberships.userId, told.map(({ userId }) => userId)),
  ));
  const emailed = new Set(owners.map(({ userId }) => userId));
  return told.filter(({ userId }) => !emailed.has(userId));
}

type JobRunTenantId = NonNullable<JobRun["tenant"]>["tenant"]["id"];
