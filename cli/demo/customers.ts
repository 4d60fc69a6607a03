import { sql } from "drizzle-orm";
import type { TenantContext } from "../../src/context.ts";
import { after, DAY, MINUTE } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";

export type SentEvent = {
  event: string;
  userId?: string | null;
  at: string | Date;
  properties?: Record<string, unknown>;
};

/** Adds events in one batch, in this order, without the checks of the API. */
export async function addAnalyticsEvents(
  { tenant, services, system }: TenantContext,
  events: SentEvent[],
): Promise<void> {
  const rows = events.map(({ event, userId = null, at, properties = {} }) => ({
    id: newId(),
    is_given: false,
    event,
    user_id: userId,
    properties,
    occurred_at: at,
  }));
  const now = services.clock.now().toISOString();
  await system.control.execute(sql`
    select stream.add_analytics_events(${tenant.id}::uuid, ${now}::timestamptz, ${
    JSON.stringify(rows)
  }::jsonb)`);
}

/** How often people of a product do something, by day of a week. */
const BUSY_DAYS = [1, 0.92, 0.97, 1.05, 0.9, 0.38, 0.3];
const PAGES = ["/", "/pricing", "/collections/spring", "/returns", "/stores"];
const SOURCES = ["newsletter", "search", "search", "direct", "instagram", undefined];
/** So many days of events of a growing shop, up to now: visits, carts and orders by people who come back less and less. */
export async function addShopEvents(ctx: TenantContext, days: number): Promise<void> {
  const now = ctx.services.clock.now();
  const events: SentEvent[] = [];
  for (let age = days; age >= 0; age--) {
    const newcomers = Math.round((9 + (days - age) / 12) * BUSY_DAYS[age % 7]!);
    for (let number = 0; number < newcomers; number++) events.push(...lifeOf(`${age}-${number}`, age, now));
  }
  await addAnalyticsEvents(ctx, events.filter(({ at }) => at <= now));
}

/** What one customer does from the day of the first visit, `age` days ago. */
function lifeOf(userId: string, age: number, now: Date): SentEvent[] {
  const seed = [...userId].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 9_973, 7);
  const days = [0, 1, 3, 7, 12, 18, 26, 40, 61].filter((day, index) =>
    day <= age && seed % (index + 1) === 0
  );
  return days.flatMap((day) => {
    const at = (minute: number) => after(now, -(age - day) * DAY - (seed % 300) * MINUTE + minute * MINUTE);
    const source = SOURCES[seed % SOURCES.length];
    const visit = {
      event: "page_viewed",
      userId,
      at: at(0),
      properties: { page: PAGES[seed % PAGES.length], source },
    };
    const cart = { event: "cart_filled", userId, at: at(4), properties: { source } };
    const order = {
      event: "order_placed",
      userId,
      at: at(9),
      properties: { source, express: seed % 3 === 0 },
    };
    return [visit, ...(seed % 5 < 3 ? [cart] : []), ...(seed % 5 < 2 ? [order] : [])];
  });
}
