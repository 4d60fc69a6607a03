// Protects: rollups have exactly the figures that the events themselves give, however events arrive.
import { array, assert as property, asyncProperty, constantFrom, date, option, record } from "fast-check";
import assert from "node:assert/strict";
import { runScript } from "../../db/connection/transaction.ts";
import { withMigrator } from "../../db/migration/migrator.ts";
import { analyticsDaily, analyticsUserMonths } from "../../db/stream/schema/analytics_rollups.ts";
import { systemActor } from "../../src/access/actor.ts";
import { COLLECT_TENANT } from "../../src/analytics/jobs.ts";
import { ROLLUPS } from "../../src/analytics/rollup/freshness.ts";
import { generateUsageReport } from "../../src/analytics/reports/usage_report.ts";
import { rollUp } from "../../src/analytics/rollup/roll_up.ts";
import { systemContext, tenantContext } from "../../src/context.ts";
import { after, DAY } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { deleteTenant } from "../../src/tenancy/deletion.ts";
import { addEvents, inTimeZone, type SentEvent } from "../support/analytics.ts";
import { type Company, World } from "../support/world.ts";

type Figures = { daily: Record<string, number>; active: string[] };

/** Time zones, each with a moment around which its clocks change or its days are unusual. */
const PLACES = [
  ["America/Havana", "2026-03-08T05:00:00Z"],
  ["Europe/Berlin", "2026-10-25T01:00:00Z"],
  ["Asia/Kathmandu", "2026-03-01T00:00:00Z"],
  ["Pacific/Kiritimati", "2026-12-31T12:00:00Z"],
  ["UTC", "2026-03-31T00:00:00Z"],
] as const;

Deno.test("rollups equal a count of the events, over time zones, clock changes and the ends of months", async () => {
  await using world = await World.open();
  let companies = 0;
  const sent = (around: string) =>
    record({
      event: constantFrom("opened", "saved", "shared"),
      userId: option(constantFrom("mei", "noa", "ana", "o'hara")),
      at: date({
        min: after(new Date(around), -33 * DAY),
        max: after(new Date(around), 3 * DAY),
        noInvalidDate: true,
      }),
    });
  for (const [zone, around] of PLACES) {
    await property(
      asyncProperty(
        array(array(sent(around), { minLength: 1, maxLength: 25 }), { minLength: 1, maxLength: 4 }),
        async (batches) => {
          const company = await inTimeZone(world, await world.company(`acme-${++companies}`), zone);

          for (const batch of batches) {
            await addEvents(world, company, batch);
            await rollUp(company.ctx);
          }

          const events = batches.flat();
          assert.deepEqual(await figuresOf(company), countNaively(zone, events));
          await assertDistinctPeople(company, zone, events);
        },
      ),
      { numRuns: 4 },
    );
  }
});

Deno.test("rolling up again changes nothing, and late events change their own day only", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await addEvents(world, acme, [
    { event: "opened", userId: "mei", at: "2026-02-28T10:00:00Z" },
    { event: "opened", userId: "noa", at: "2026-03-01T10:00:00Z" },
  ]);
  await rollUp(acme.ctx);
  const before = await figuresOf(acme);

  await rollUp(acme.ctx);
  const again = await figuresOf(acme);
  await addEvents(world, acme, [{ event: "opened", userId: "noa", at: "2026-02-28T23:59:59.999Z" }]);
  await rollUp(acme.ctx);

  assert.deepEqual(again, before);
  assert.deepEqual(before.active, ["2026-02-28 mei", "2026-03-01 noa"]);
  assert.deepEqual(await figuresOf(acme), {
    daily: { "2026-02-28 opened": 2, "2026-03-01 opened": 1 },
    active: ["2026-02-28 mei", "2026-02-28 noa", "2026-03-01 noa"],
  });
});

Deno.test("the nightly job of a tenant rolls up what no report asked for", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await addEvents(world, acme, [{ event: "opened", userId: "mei", at: "2026-03-01T10:00:00Z" }]);

  const actor = systemActor("test");
  const system = systemContext(world.services, actor, newId());
  const tenant = tenantContext(world.services, acme.tenant, actor, newId());
  const { signal } = new AbortController();
  await COLLECT_TENANT.run({ id: newId(), attempt: 1, signal, system, tenant }, { day: "2026-03-01" });

  assert.deepEqual((await figuresOf(acme)).daily, { "2026-03-01 opened": 1 });
});

Deno.test("a backlog of many days is rolled up in parts, completely", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const hours = Array.from({ length: 250 }, (_, index) => after(world.clock.now(), -index * 3 * 60 * 60_000));
  await addEvents(world, acme, hours.map((at) => ({ event: "opened", at })));

  await rollUp(acme.ctx);

  const { daily } = await figuresOf(acme);
  assert.equal(Object.values(daily).reduce((sum, events) => sum + events, 0), 250);
  assert.deepEqual(await world.dumpStream("analytics_changes"), []);
});

Deno.test("a rollup that fails leaves reports with the figures of before, and isn't tried again by each of them", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const eventsNow = async () => (await generateUsageReport(acme.ctx, {})).totals.events;
  const alter = (change: string) =>
    withMigrator(world.services.db, (tx) => runScript(tx, `alter table stream.analytics_daily ${change}`));
  const at = world.clock.now();
  await addEvents(world, acme, [{ event: "opened", userId: null, at }]);
  const before = await eventsNow();
  await alter("add constraint broken check (events < 2)");
  await addEvents(world, acme, [{ event: "opened", userId: null, at }]);

  const broken = await eventsNow();
  await alter("drop constraint broken");
  const resting = await eventsNow();
  world.services.use(ROLLUPS).restUntil.clear();
  const after = await eventsNow();

  assert.deepEqual([before, broken, resting, after], [1, 1, 1, 2]);
});

Deno.test("events that arrive while rollups run are counted, each once", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const batches = Array.from({ length: 20 }, (_, batch) =>
    ["mei", "noa", "ana"].map((userId, index) => ({
      event: "opened",
      userId,
      at: after(new Date("2026-03-01T23:50:00Z"), (batch + index) * 60_000),
    })));

  await Promise.all(batches.flatMap((batch) => [addEvents(world, acme, batch), rollUp(acme.ctx)]));
  await rollUp(acme.ctx);

  assert.deepEqual(await figuresOf(acme), countNaively("UTC", batches.flat()));
});

Deno.test("a tenant sees its own figures only, and they go when it is deleted", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  for (const company of [acme, globex]) {
    await addEvents(world, company, [{
      event: company.tenant.subdomain,
      userId: "mei",
      at: "2026-03-01T10:00:00Z",
    }]);
    await rollUp(company.ctx);
  }

  const seen = await figuresOf(acme);
  await deleteTenant(world.system, acme.tenant.id);

  assert.deepEqual(seen.daily, { "2026-03-01 acme": 1 });
  for (const table of ["analytics_daily", "analytics_user_months", "analytics_rollups"]) {
    const left = await world.dumpStream(table);
    assert.deepEqual(left.map(({ tenant_id }) => tenant_id), [globex.tenant.id], table);
  }
});

async function figuresOf({ ctx }: Company): Promise<Figures> {
  const [daily, months] = await ctx.read((
    tx,
  ) => [tx.select().from(analyticsDaily), tx.select().from(analyticsUserMonths)]);
  const active = months.flatMap(({ month, userId, days }) =>
    Array.from({ length: 31 }, (_, bit) => bit).filter((bit) => days >> bit & 1)
      .map((bit) => `${month.slice(0, 8)}${String(bit + 1).padStart(2, "0")} ${userId}`)
  );
  return {
    daily: sortedBy(daily.map(({ day, event, events }) => [`${day} ${event}`, events])),
    active: active.sort(),
  };
}

function countNaively(zone: string, events: SentEvent[]): Figures {
  const daily = Map.groupBy(events, ({ at, event }) => `${localDay(zone, at)} ${event}`);
  const active = events.filter(({ userId }) => userId).map(({ at, userId }) =>
    `${localDay(zone, at)} ${userId}`
  );
  return {
    daily: sortedBy([...daily].map(([key, group]) => [key, group.length])),
    active: [...new Set(active)].sort(),
  };
}

/** Active users of a period are people, not sums of days. */
async function assertDistinctPeople({ ctx }: Company, zone: string, events: SentEvent[]): Promise<void> {
  const days = events.map(({ at }) => localDay(zone, at)).sort();
  const range = { start: days[Math.floor(days.length / 3)]!, end: days.at(-1)! };
  const inRange = events.filter(({ at }) =>
    localDay(zone, at) >= range.start && localDay(zone, at) <= range.end
  );

  const report = await generateUsageReport(ctx, range);

  assert.equal(report.totals.events, inRange.length);
  assert.equal(report.totals.activeUsers, new Set(inRange.flatMap(({ userId }) => userId ?? [])).size);
  assert.equal(report.series.reduce((sum, { events }) => sum + events, 0), inRange.length);
}

function localDay(zone: string, at: string | Date): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }).format(new Date(at));
}

function sortedBy(entries: [string, number][]): Record<string, number> {
  return Object.fromEntries(entries.sort(([one], [other]) => one < other ? -1 : 1));
}
