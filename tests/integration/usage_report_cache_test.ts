// Protects: a report is made once for everyone who waits for it, and is never older than the events it is about.
import assert from "node:assert/strict";
import { generateUsageReport } from "../../src/analytics/reports/usage_report.ts";
import { rollUp } from "../../src/analytics/rollup/roll_up.ts";
import type { TenantContext } from "../../src/context.ts";
import { addEvents } from "../support/analytics.ts";
import { World } from "../support/world.ts";

/** The queries that read the figures of events, in one round trip. */
const FIGURES = 6;
const RANGE = { start: "2026-02-01", end: "2026-03-02" };

/** The context, and how many queries each of its round trips had. */
function counting(ctx: TenantContext): { ctx: TenantContext; trips: number[] } {
  const trips: number[] = [];
  const read: TenantContext["read"] = (build) =>
    ctx.read((tx) => {
      const queries = build(tx);
      trips.push(queries.length);
      return queries;
    });
  return { ctx: { ...ctx, read }, trips };
}

Deno.test("100 waiting requests share one computation", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await addEvents(world, acme, [{ event: "opened", userId: "mei", at: "2026-03-01T10:00:00Z" }]);
  await rollUp(acme.ctx);
  const { ctx, trips } = counting(acme.ctx);

  const reports = await Promise.all(Array.from({ length: 100 }, () => generateUsageReport(ctx, RANGE)));

  assert.ok(reports.every(({ totals }) => totals.events === 1));
  assert.equal(trips.filter((queries) => queries === FIGURES).length, 1);
});

Deno.test("a repeated report reads no figures of events again, until events arrive", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await addEvents(world, acme, [{ event: "opened", userId: "mei", at: "2026-03-01T10:00:00Z" }]);
  const first = await generateUsageReport(acme.ctx, RANGE);
  const { ctx, trips } = counting(acme.ctx);

  const repeated = await generateUsageReport(ctx, RANGE);
  const readByRepeated = [...trips];
  await addEvents(world, acme, [{ event: "opened", userId: "noa", at: "2026-03-01T11:00:00Z" }]);
  const later = await generateUsageReport(ctx, RANGE);

  assert.deepEqual(repeated, first);
  assert.ok(!readByRepeated.includes(FIGURES));
  assert.deepEqual([later.totals.events, later.totals.activeUsers], [2, 2]);
});

Deno.test("events that another process receives are in the next report, too", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const replica = await world.replica();
  await generateUsageReport(acme.ctx, RANGE);
  await addEvents(world, acme, [{ event: "opened", userId: "mei", at: "2026-03-01T10:00:00Z" }]);
  await rollUp({ ...acme.ctx, services: replica });

  const { totals } = await generateUsageReport(acme.ctx, RANGE);
  await replica.close();

  assert.equal(totals.events, 1);
});

Deno.test("the period before has the same length and ends the day before", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await addEvents(world, acme, [
    { event: "opened", userId: "mei", at: "2026-01-31T23:59:59Z" },
    { event: "opened", userId: "mei", at: "2026-02-01T00:00:00Z" },
    { event: "saved", userId: "noa", at: "2026-02-07T10:00:00Z" },
  ]);

  const { before, totals } = await generateUsageReport(acme.ctx, { start: "2026-02-01", end: "2026-02-07" });

  assert.deepEqual(before.range, { start: "2026-01-25", end: "2026-01-31" });
  assert.deepEqual([totals.events, totals.activeUsers], [2, 2]);
  assert.deepEqual([before.totals.events, before.totals.activeUsers], [1, 1]);
});
