import { asc, eq, gt, lt, sql } from "drizzle-orm";
import { z } from "zod";
import { analyticsPositions } from "../../../db/control/schema/analytics.ts";
import { eventPositions } from "../../../db/control/schema/published_events.ts";
import type { SystemContext } from "../../context.ts";
import {
  PAGE_SIZE,
  type Position,
  readBehind,
  type StoredEvent,
} from "../../event_stream/published_events.ts";
import { publishedEvent } from "../../events/fan_out.ts";
import { after, DAY } from "../../platform/clock.ts";
import { describeError, logOf } from "../../platform/log.ts";
import type { TenantId } from "../../tenancy/tenant.ts";
import { findEventType } from "../../webhooks/event_filter.ts";
import type { CheckedEvent } from "./event_input.ts";
import { addEvents } from "./track.ts";

const TENANTS_AT_ONCE = 100;
/** Events are kept for two days. A time outside of them was forged in the tenant's own SQL. */
const MAX_AGE = 3 * DAY;

const log = logOf("analytics");

/**
 * Makes the events that tenants have published since the last call analytics events. Each becomes one, even if processes do this at
 * once, because its id is remembered. A tenant whose events can't be recorded doesn't hold up the others. Returns how many are new.
 */
export async function recordPublishedEvents(ctx: SystemContext): Promise<number> {
  let recorded = 0;
  let last: TenantId | undefined;
  do {
    const positions = await findBehind(ctx, last);
    recorded += await recordBehind(ctx, positions);
    last = positions.length === TENANTS_AT_ONCE ? positions.at(-1)!.tenantId : undefined;
  } while (last);
  return recorded;
}

/** The tenants that have published more than is recorded, and up to where it is. */
async function findBehind({ control }: SystemContext, last: TenantId | undefined): Promise<Position[]> {
  const recorded = sql<
    string
  >`coalesce(${analyticsPositions.lastId}, '00000000-0000-0000-0000-000000000000')`;
  return await control.select({ tenantId: eventPositions.tenantId, after: recorded }).from(eventPositions)
    .leftJoin(analyticsPositions, eq(analyticsPositions.tenantId, eventPositions.tenantId))
    .where(
      sql`${gt(eventPositions.lastId, recorded)} and ${last ? gt(eventPositions.tenantId, last) : sql`true`}`,
    )
    .orderBy(asc(eventPositions.tenantId)).limit(TENANTS_AT_ONCE);
}

/** Reads page after page, because a tenant may have published many. */
async function recordBehind(ctx: SystemContext, positions: Position[]): Promise<number> {
  if (positions.length === 0) return 0;
  const pages = Map.groupBy(await readBehind(ctx.control, positions), ({ tenantId }) => tenantId);
  let recorded = 0;
  const next: Position[] = [];
  for (const [tenantId, page] of pages) {
    try {
      recorded += await recordPage(ctx, tenantId, page);
      if (page.length === PAGE_SIZE) next.push({ tenantId, after: page.at(-1)!.id });
    } catch (error) {
      log.error("the events of a tenant could not be recorded", { tenantId, ...describeError(error) });
    }
  }
  return recorded + await recordBehind(ctx, next);
}

/** Adds the events and notes the last one, in one transaction. */
async function recordPage(ctx: SystemContext, tenantId: TenantId, page: StoredEvent[]): Promise<number> {
  const now = ctx.services.clock.now();
  const events = page.flatMap((stored) => toAnalytics(ctx, stored, now) ?? []);
  const lastId = page.at(-1)!.id;
  return await ctx.tx(async (tx) => {
    const recorded = await addEvents(tx, { tenantId, events, now });
    await tx.insert(analyticsPositions).values({ tenantId, lastId }).onConflictDoUpdate({
      target: analyticsPositions.tenantId,
      set: { lastId },
      setWhere: lt(analyticsPositions.lastId, lastId),
    });
    return recorded;
  });
}

/** Null for what no feature publishes: a tenant's own SQL can store anything for that tenant. */
function toAnalytics(
  { services }: SystemContext,
  { id, event }: StoredEvent,
  now: Date,
): CheckedEvent | null {
  const published = publishedEvent.safeParse(event).data;
  const type = published && findEventType(services, published.type);
  const data = type && type.schema.safeParse(published.data).data;
  if (!data) return null;
  const at = new Date(published.at);
  if (at < after(now, -MAX_AGE) || at > after(now, DAY)) return null;
  return {
    id,
    isGiven: true,
    event: type.type,
    userId: published.userId ?? null,
    properties: JSON.stringify(withoutTexts(type.schema, data)),
    occurredAt: published.at,
  };
}

/** Ids, figures and choices. Names, addresses and other texts of people aren't kept for years. */
function withoutTexts(schema: z.ZodObject, data: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).filter(([name]) =>
      schema.shape[name] && isCountable(schema.shape[name] as z.ZodType)
    ),
  );
}

function isCountable(field: z.ZodType): boolean {
  if (field instanceof z.ZodOptional || field instanceof z.ZodNullable) {
    return isCountable(field.unwrap() as z.ZodType);
  }
  return [z.ZodUUID, z.ZodNumber, z.ZodBoolean, z.ZodEnum, z.ZodLiteral].some((type) =>
    field instanceof type
  );
}
