import { eq } from "drizzle-orm";
import { notificationFeeds, notifications } from "../../db/control/schema/notifications.ts";
import { enqueueAll } from "../../src/outbox/outbox.ts";
import type { UserId } from "../../src/access/actor.ts";
import { TELL } from "../../src/notifications/notify.ts";
import { newId } from "../../src/platform/ids.ts";
import { startWorker } from "./jobs.ts";
import type { Company, World } from "./world.ts";

/** Runs the jobs that wait. */
export async function runJobs(world: World): Promise<void> {
  await using worker = await startWorker(world, "kv");
  await worker.idle();
}

/**
 * Tells a workspace's managers that people with these names joined, without their memberships. Jobs run side by side, so
 * the feed may have them in another order.
 */
export async function tellJoined(world: World, { tenant }: Pick<Company, "tenant">, names: string[]) {
  const jobs = names.map((name) => ({
    payload: { kind: "joined", data: { user_id: newId(), name, role: "member" }, actorId: null },
    tenantId: tenant.id,
  }));
  await world.system.tx((tx) => enqueueAll(world.system, tx, TELL, jobs));
}

/** A person's notifications as they are stored, the oldest first. */
export async function feedOf({ system }: World, { id }: { id: UserId }) {
  return await system.control.select().from(notifications).where(eq(notifications.userId, id))
    .orderBy(notifications.createdAt, notifications.id);
}

/** What a person was told first. */
export async function firstOf(world: World, person: { id: UserId }) {
  return (await feedOf(world, person))[0]!;
}

export async function versionOf({ system }: World, { id }: { id: UserId }): Promise<number> {
  const [row] = await system.control.select().from(notificationFeeds).where(eq(notificationFeeds.userId, id));
  return row?.version ?? 0;
}
