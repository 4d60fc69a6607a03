import { type SQL, sql } from "drizzle-orm";
import type { ControlDb } from "../../../db/connection/connect.ts";
import type { PlanKey } from "../../billing/plans.ts";
import type { SystemContext, TenantContext } from "../../context.ts";
import { after, DAY } from "../../platform/clock.ts";

/** How many days each plan keeps an event. Daily figures stay. db/stream/partitions.ts keeps partitions as long as the longest. */
export const EVENT_DAYS: Readonly<Record<PlanKey, number>> = {
  starter: 90,
  team: 365,
  premium: 730,
  enterprise: 1_095,
};

/** Events may be 34 days late, so an id that is a day older can't come again. */
const IDS_KEPT = 35 * DAY;
const ROWS_AT_ONCE = 5_000;

/** The time of the oldest event that the tenant's plan keeps. Reports leave out older ones, which the next night deletes. */
export function oldestKeptEvent({ tenant, services }: Pick<TenantContext, "tenant" | "services">): Date {
  return after(services.clock.now(), -EVENT_DAYS[tenant.plan] * DAY);
}

/** Deletes the events that the tenant's plan no longer keeps. Returns how many. */
export async function deleteOldEvents(ctx: TenantContext): Promise<number> {
  const oldest = oldestKeptEvent(ctx).toISOString();
  return await deleteAll(
    ctx.system.control,
    sql`stream.delete_analytics_events(${ctx.tenant.id}::uuid, ${oldest}::timestamptz, ${ROWS_AT_ONCE})`,
  );
}

/** Forgets the ids of events that are too old to be sent again. Returns how many. */
export async function deleteOldEventIds({ control, services }: SystemContext): Promise<number> {
  const oldest = after(services.clock.now(), -IDS_KEPT).toISOString();
  return await deleteAll(
    control,
    sql`stream.delete_analytics_event_ids(${oldest}::timestamptz, ${ROWS_AT_ONCE})`,
  );
}

async function deleteAll(control: ControlDb, deletion: SQL): Promise<number> {
  for (let total = 0;;) {
    const [row] = await control.execute<{ deleted: number }>(sql`select ${deletion} as deleted`);
    total += row!.deleted;
    if (row!.deleted < ROWS_AT_ONCE) return total;
  }
}
