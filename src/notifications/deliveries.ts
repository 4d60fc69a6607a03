import { and, eq, inArray } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import type { UserId } from "../access/actor.ts";
import type { JobRun } from "../outbox/job.ts";
import { enqueue } from "../outbox/outbox.ts";
import { readTimes } from "./choices.ts";
import type { Channel } from "./channel.ts";
import { addToDigest, NOTIFICATION_EMAIL } from "./emails.ts";
import type { NotificationKind } from "./kind.ts";
import { PUSH_NOTIFICATION } from "./pushes.ts";
import { TEXT_NOTIFICATION } from "./texts.ts";
import { DEFAULT_TIMES, endOfQuiet, nextDigest } from "./times.ts";

export type Told = { id: string; userId: UserId };

/**
 * Enqueues the emails, pushes and text messages about new notifications, in the transaction that adds them. Quiet hours delay them,
 * but for what is urgent, and all that waits is one email. Someone who wants one email a day gets it the next morning.
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
  const atOf = (userId: UserId) => kind.isUrgent ? now : endOfQuiet(timesOf(userId), now);
  const emailAtOf = (userId: UserId) =>
    timesOf(userId).isDigest && !kind.isUrgent ? nextDigest(timesOf(userId), now) : atOf(userId);
  for (const { id: notificationId, userId } of await withoutOwnEmail(tx, kind, tenantId, emailed)) {
    const due = emailAtOf(userId);
    if (due > now) await addToDigest(system, tx, { notificationId, userId, tenantId, due });
    else await enqueue(system, tx, NOTIFICATION_EMAIL.job, { userId, notificationId }, { tenantId });
  }
  for (const [job, people] of [[PUSH_NOTIFICATION, pushed], [TEXT_NOTIFICATION, texted]] as const) {
    for (const { id: notificationId, userId } of people) {
      const delay = atOf(userId).getTime() - now.getTime();
      await enqueue(system, tx, job, { userId, notificationId }, { tenantId, delay });
    }
  }
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
