import { sql } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { notificationFeeds, notifications } from "../../db/control/schema/notifications.ts";
import { users } from "../../db/control/schema/users.ts";
import type { UserId } from "../access/actor.ts";
import { job, type JobRun } from "../outbox/job.ts";
import { PermanentFailure } from "../outbox/job_outcomes.ts";
import { idArray } from "../platform/array_literals.ts";
import { idSchema, newId } from "../platform/ids.ts";
import { readChannels } from "./choices.ts";
import { enqueueDeliveries, type Told } from "./deliveries.ts";
import { findKind, type NotificationData, type NotificationKind, NOTIFY } from "./kind.ts";
import { announceFeedChange } from "./live_feeds.ts";
import { UNREAD } from "./unread.ts";

/**
 * Tells everyone whom an event concerns, where they want to be told. The job's id is the event's, so a
 * repeated job tells nobody twice. A tenant's own SQL can enqueue it, for that tenant only, so a kind trusts no id in its data.
 */
export const TELL = job(NOTIFY.name, {
  queue: NOTIFY.queue,
  byTenants: true,
  payload: z.object({
    kind: z.string(),
    data: z.record(z.string(), z.unknown()),
    actorId: idSchema<UserId>().nullable(),
  }),
  run: async (run, { kind: name, data, actorId }) => {
    const kind = findKind(name);
    const published = kind?.data.safeParse(data).data;
    const isOwned = kind?.reader.owner === (run.tenant ? "tenant" : "platform");
    if (!kind || !published || !isOwned) throw new PermanentFailure(`No notification ${name} has this data.`);
    const kept = await kind.load(run, published);
    if (!kept) return;
    for await (const ids of kind.to(run, published)) {
      const people = kind.tellsActor ? ids : ids.filter((id) => id !== actorId);
      if (people.length > 0) await tell(run, kind, kept, people);
    }
  },
});

async function tell(
  run: JobRun,
  kind: NotificationKind,
  data: NotificationData,
  people: UserId[],
): Promise<void> {
  const { services } = run.system;
  const channels = await readChannels(run.system, kind, people);
  const isTold = people.filter((id) => channels.get(id)!.size > 0);
  if (isTold.length === 0) return;
  await run.system.tx(async (tx) => {
    const inFeed = isTold.filter((id) => channels.get(id)!.has("feed"));
    const told = await add(run, tx, kind, data, isTold, inFeed);
    await enqueueDeliveries(run, tx, kind, told, channels);
  });
  services.use(UNREAD).forget(isTold);
  announceFeedChange(services);
}

/** Adds a notification for each of the people who have none of the event. Returns those. */
async function add(
  { id: eventId, system: { services }, tenant }: JobRun,
  tx: ControlTx,
  { name, isPersonal }: NotificationKind,
  data: NotificationData,
  people: UserId[],
  inFeed: UserId[],
): Promise<Told[]> {
  const now = services.clock.now().toISOString();
  const ids = people.map(() => newId());
  const rows = await tx.execute<{ id: string; user_id: UserId }>(sql`
    with added as (
      insert into ${notifications}
        (id, user_id, tenant_id, is_personal, in_feed, kind, data, event_id, created_at)
      select fresh.id, fresh.user_id, ${tenant?.tenant.id ?? null}::uuid, ${isPersonal}::boolean,
        fresh.user_id = any(${idArray(inFeed)}::uuid[]), ${name}::text,
        ${JSON.stringify(data)}::jsonb, ${eventId}::uuid, ${now}::timestamptz
      from unnest(${idArray(ids)}::uuid[], ${idArray(people)}::uuid[]) as fresh (id, user_id)
        join ${users} person on person.id = fresh.user_id
      on conflict (event_id, user_id) do nothing returning id, user_id, in_feed
    ), changed as (
      insert into ${notificationFeeds} as feed (user_id, version)
      select user_id, 1 from added where in_feed order by user_id
      on conflict (user_id) do update set version = feed.version + 1
    )
    select id, user_id from added`);
  return rows.map(({ id, user_id: userId }) => ({ id, userId }));
}
