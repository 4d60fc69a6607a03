import { eq, sql } from "drizzle-orm";
import { tenants } from "../../db/control/schema/tenants.ts";
import { after, DAY, MINUTE } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import type { Company, World } from "./world.ts";

export type SentEvent = {
  event: string;
  userId?: string | null;
  at: string | Date;
  properties?: Record<string, unknown>;
};

/** Adds events in one batch, in this order, without the checks of the API. */
export async function addEvents(world: World, { tenant }: Company, events: SentEvent[]): Promise<void> {
  const rows = events.map(({ event, userId = null, at, properties = {} }) => ({
    id: newId(),
    is_given: false,
    event,
    user_id: userId,
    properties,
    occurred_at: at,
  }));
  const now = world.clock.now().toISOString();
  await world.system.control.execute(sql`
    select stream.add_analytics_events(${tenant.id}::uuid, ${now}::timestamptz, ${
    JSON.stringify(rows)
  }::jsonb)`);
}

/** The company with all of its days in another time zone. */
export async function inTimeZone(world: World, company: Company, zone: string): Promise<Company> {
  const { id } = company.tenant;
  await world.system.control.update(tenants).set({ timeZones: [{ zone, from: null }] }).where(
    eq(tenants.id, id),
  );
  world.services.use(TENANTS).forget(id);
  const tenant = { ...company.tenant, timeZones: [{ zone, from: null }] };
  return { ...company, tenant, ctx: world.acting(tenant, company.owner, "owner") };
}

/** How often people of a product do something, by day of a week. */
const BUSY_DAYS = [1, 0.92, 0.97, 1.05, 0.9, 0.38, 0.3];
const PAGES = ["/", "/pricing", "/collections/spring", "/returns", "/stores"];
const SOURCES = ["newsletter", "search", "search", "direct", "instagram", undefined];
const SHOWN_DAYS = 84;

/** Twelve weeks of events of a growing shop: visits, carts and orders by people who come back less and less. */
export async function showAnalytics(world: World, company: Company): Promise<void> {
  const now = world.clock.now();
  const events: SentEvent[] = [];
  for (let age = SHOWN_DAYS; age >= 0; age--) {
    const newcomers = Math.round((9 + (SHOWN_DAYS - age) / 12) * BUSY_DAYS[age % 7]!);
    for (let number = 0; number < newcomers; number++) events.push(...lifeOf(`${age}-${number}`, age, now));
  }
  await addEvents(world, company, events.filter(({ at }) => at <= now));
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
