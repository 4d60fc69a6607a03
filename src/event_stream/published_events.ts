import { eq, type SQL, sql } from "drizzle-orm";
import type { ControlDb } from "../../db/connection/connect.ts";
import { eventPositions, publishedEvents } from "../../db/control/schema/published_events.ts";
import type { SystemContext } from "../context.ts";
import { after, DAY } from "../platform/clock.ts";
import { isId } from "../platform/ids.ts";
import type { TenantId } from "../tenancy/tenant.ts";

/** A place between two events of a tenant: behind the event with this id. */
export type Position = { tenantId: TenantId; after: string };

/** An event as it was stored. A tenant's own SQL can store anything for that tenant. */
export type StoredEvent = Position & { id: string; event: unknown };

/** The position before a tenant's first event. */
const BEGINNING = "00000000-0000-0000-0000-000000000000";

/** How many events one query reads behind one position. */
export const PAGE_SIZE = 50;

/** Someone who was away for a day can resume, even if the nightly cleanup runs late. */
const KEPT = 2 * DAY;
const DELETED_AT_ONCE = 5_000;

/**
 * Where a stream starts: behind `lastEventId`, or behind the tenant's last event if a client has none. `isReset` is true if events
 * after `lastEventId` were deleted already, or if the tenant never had that event. Then the stream starts behind the last event.
 */
export async function findStart(
  control: ControlDb,
  tenantId: TenantId,
  lastEventId: string | undefined,
): Promise<{ after: string; isReset: boolean }> {
  const [row] = await control.select().from(eventPositions).where(eq(eventPositions.tenantId, tenantId));
  const { lastId, deletedId } = row ?? { lastId: BEGINNING, deletedId: null };
  if (lastEventId === undefined) return { after: lastId, isReset: false };
  const id = lastEventId.toLowerCase();
  const isKnown = isId(id) && id <= lastId && id >= (deletedId ?? BEGINNING);
  return isKnown ? { after: id, isReset: false } : { after: lastId, isReset: true };
}

/** The next events behind each position, in the order of their ids, at most `PAGE_SIZE` per position. */
export async function readBehind(
  control: ControlDb,
  positions: readonly Position[],
): Promise<StoredEvent[]> {
  const rows = await control.execute<{ tenant_id: TenantId; after: string; id: string; event: unknown }>(sql`
    select place.tenant_id, place.after, next.id, next.event
    from unnest(${uuids(positions.map(({ tenantId }) => tenantId))}, ${
    uuids(positions.map((each) => each.after))
  }) as place (tenant_id, after)
    cross join lateral (
      select event.id, event.event from ${publishedEvents} event
      where event.tenant_id = place.tenant_id and event.id > place.after order by event.id limit ${PAGE_SIZE}
    ) next
    order by place.tenant_id, place.after, next.id`);
  return rows.map(({ tenant_id: tenantId, ...row }) => ({ tenantId, ...row }));
}

/** Deletes the events that nobody can resume at any more, and notes how far. Returns how many. */
export async function deleteOldEvents({ control, services }: SystemContext): Promise<number> {
  const oldest = after(services.clock.now(), -KEPT);
  for (let total = 0;;) {
    const [row] = await control.execute<{ deleted: number }>(sql`
      with gone as (
        delete from ${publishedEvents} where (tenant_id, id) in (
          select tenant_id, id from ${publishedEvents} where created_at < ${oldest.toISOString()}::timestamptz
          order by created_at limit ${DELETED_AT_ONCE})
        returning tenant_id, id
      ), noted as (
        update ${eventPositions} place set deleted_id = greatest(place.deleted_id, last.id)
        from (select distinct on (tenant_id) tenant_id, id from gone order by tenant_id, id desc) last
        where place.tenant_id = last.tenant_id
      )
      select count(*)::int as deleted from gone`);
    total += row!.deleted;
    if (row!.deleted < DELETED_AT_ONCE) return total;
  }
}

function uuids(ids: string[]): SQL {
  return sql`${`{${ids.join(",")}}`}::uuid[]`;
}
