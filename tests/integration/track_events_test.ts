// Protects: an event is recorded once, at its time, in the order in which it was sent, and as long as the plan says.
import { asc } from "drizzle-orm";
import assert from "node:assert/strict";
import { maintainPartitions } from "../../db/stream/partitions.ts";
import { analyticsEvents } from "../../db/stream/schema/analytics_events.ts";
import { deleteOldEventIds, deleteOldEvents, EVENT_DAYS } from "../../src/analytics/track/retention.ts";
import { type TrackedEvent, trackEvent, trackEvents } from "../../src/analytics/track/track.ts";
import { after, DAY, MINUTE, SECOND } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { deleteTenant } from "../../src/tenancy/deletion.ts";
import { type Company, World } from "../support/world.ts";

Deno.test("an event is stored with its person, properties and time", async () => {
  await using world = await World.open();
  const { ctx } = await world.company("acme");
  const occurredAt = after(world.clock.now(), -DAY);

  await trackEvent(ctx, {
    event: "order.completed",
    userId: "user-4711",
    properties: { total: 4_900, items: ["a", { size: 'with "quotes" and a \\' }], paid: true, note: null },
    occurredAt,
  });
  await trackEvent(ctx, { event: "page.viewed" });

  const [order, view] = await eventsOf(ctx);
  assert.deepEqual([order!.event, order!.userId, order!.occurredAt], [
    "order.completed",
    "user-4711",
    occurredAt,
  ]);
  assert.deepEqual(order!.properties, {
    total: 4_900,
    items: ["a", { size: 'with "quotes" and a \\' }],
    paid: true,
    note: null,
  });
  assert.deepEqual([view!.event, view!.userId, view!.properties, view!.occurredAt, view!.receivedAt], [
    "page.viewed",
    null,
    {},
    world.clock.now(),
    world.clock.now(),
  ]);
});

Deno.test("an id counts once: alone, in one batch, at the same time, with another time and a month later", async () => {
  await using world = await World.open();
  const { ctx } = await world.company("acme");
  const one = { event: "order.completed", id: "order-1" };
  const uuid = newId();

  const first = await trackEvent(ctx, one);
  const batch = await trackEvents(ctx, [one, { ...one, id: "order-2" }, { ...one, id: "order-2" }]);
  await Promise.all(Array.from({ length: 5 }, () => trackEvent(ctx, { ...one, id: uuid })));
  await trackEvent(ctx, { ...one, id: uuid.toUpperCase(), occurredAt: after(world.clock.now(), -DAY) });
  world.clock.advance(33 * DAY);
  const late = await trackEvent(ctx, one);

  assert.deepEqual([first.recorded, batch.recorded, late.recorded], [1, 1, 0]);
  assert.deepEqual(new Set((await eventsOf(ctx)).map(({ id }) => id)).size, 3);
  assert.equal((await eventsOf(ctx)).length, 3);
});

Deno.test("two workspaces may use the same id, and events without an id all count", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];

  for (const { ctx } of [acme, globex]) await trackEvent(ctx, { event: "signed_up", id: "1" });
  await trackEvents(acme.ctx, [{ event: "signed_up" }, { event: "signed_up" }]);

  assert.deepEqual([(await eventsOf(acme.ctx)).length, (await eventsOf(globex.ctx)).length], [3, 1]);
});

Deno.test("concurrent batches of the same ids, in any order, record each once", async () => {
  await using world = await World.open({}, { connections: 12 });
  const { ctx } = await world.company("acme");
  const events = Array.from({ length: 200 }, (_, index) => ({ event: "clicked", id: `click-${index}` }));

  const answers = await Promise.all(
    Array.from(
      { length: 6 },
      (_, turn) => trackEvents(ctx, turn % 2 === 0 ? events : events.toReversed()),
    ),
  );

  assert.equal(answers.reduce((sum, { recorded }) => sum + recorded, 0), 200);
  assert.equal((await eventsOf(ctx)).length, 200);
});

Deno.test("events at the same time keep the order in which they were sent", async () => {
  await using world = await World.open();
  const { ctx } = await world.company("acme");
  const names = Array.from({ length: 50 }, (_, index) => `step ${index}`);

  // The ids sort the other way around.
  await trackEvents(ctx, names.map((event, index) => ({ event, id: `id-${99 - index}` })));

  assert.deepEqual((await eventsOf(ctx)).map(({ event }) => event), names);
});

Deno.test("an event may be 34 days late and 5 minutes ahead, and no more", async () => {
  await using world = await World.open();
  const { ctx } = await world.company("acme");
  const at = (offset: number) => ({ event: "visited", occurredAt: after(world.clock.now(), offset) });

  await trackEvents(ctx, [at(-34 * DAY), at(5 * MINUTE)]);

  await assert.rejects(() => trackEvent(ctx, at(-34 * DAY - SECOND)), { kind: "invalid" });
  await assert.rejects(() => trackEvent(ctx, at(5 * MINUTE + SECOND)), { kind: "invalid" });
  assert.equal((await eventsOf(ctx)).length, 2);
});

const REFUSED: [string, TrackedEvent][] = [
  ["51 properties", {
    event: "e",
    properties: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`p${index}`, 1])),
  }],
  ["properties of more than 8 KB in UTF-8", { event: "e", properties: { text: "ä".repeat(4_100) } }],
  ["six levels of properties", { event: "e", properties: { a: { b: { c: { d: { e: { f: 1 } } } } } } }],
  ["NUL in a property", { event: "e", properties: { text: "a\0b" } }],
  ["half a surrogate pair in a property", { event: "e", properties: { text: "\ud800" } }],
  ["no name", { event: " " }],
  ["a name of 101 letters", { event: "e".repeat(101) }],
  ["an id of 65 letters", { event: "e", id: "i".repeat(65) }],
];
for (const [what, event] of REFUSED) {
  Deno.test(`a batch with ${what} records nothing`, async () => {
    await using world = await World.open();
    const { ctx } = await world.company("acme");

    await assert.rejects(() => trackEvents(ctx, [{ event: "good" }, event]), { kind: "invalid" });

    assert.deepEqual(await eventsOf(ctx), []);
  });
}

Deno.test("text that only looks like an escaped NUL is stored as it is", async () => {
  await using world = await World.open();
  const { ctx } = await world.company("acme");
  const properties = { text: "\\u0000 \\ud800 \u2028", tabs: "\t" };

  await trackEvent(ctx, { event: "typed", properties });

  assert.deepEqual((await eventsOf(ctx))[0]!.properties, properties);
});

Deno.test("events are in the partitions of their months, late ones included", async () => {
  await using world = await World.open();
  const { ctx } = await world.company("acme");
  const now = world.clock.now(); // 2026-03-02
  await maintainPartitions(world.services.db, now);

  await trackEvents(
    ctx,
    [0, -5, -32].map((days) => ({ event: "visited", occurredAt: after(now, days * DAY) })),
  );

  const rows = await world.dumpStream("analytics_events");
  assert.deepEqual(rows.map(({ partition }) => partition).sort(), [
    "stream.analytics_events_2026_01",
    "stream.analytics_events_2026_02",
    "stream.analytics_events_2026_03",
  ]);
});

Deno.test("events are deleted when the plan no longer keeps them, and ids after 35 days", async () => {
  await using world = await World.open();
  const { ctx } = await world.company("acme", undefined, undefined, "starter");
  const neighbor = await world.company("globex");
  const sent = { event: "visited", id: "visit-1" };
  await trackEvent(ctx, sent);
  await trackEvent(neighbor.ctx, sent);

  world.clock.advance(36 * DAY);
  await trackEvent(ctx, { event: "visited again" });
  const ids = await deleteOldEventIds(world.system);
  world.clock.advance((EVENT_DAYS.starter - 36) * DAY + SECOND);
  const events = await deleteOldEvents(ctx);

  assert.deepEqual([ids, events], [2, 1]);
  assert.deepEqual((await eventsOf(ctx)).map(({ event }) => event), ["visited again"]);
  assert.equal((await eventsOf(neighbor.ctx)).length, 1);
});

Deno.test("a deleted workspace leaves no events behind, and gets no more", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  for (const { ctx } of [acme, globex]) await trackEvent(ctx, { event: "visited", id: "1" });

  await deleteTenant(world.system, acme.tenant.id);
  const { recorded } = await trackEvent(acme.ctx, { event: "visited", id: "2" });

  assert.equal(recorded, 0);
  for (const table of ["analytics_events", "analytics_event_ids"]) {
    const rows = await world.dumpStream(table);
    assert.deepEqual(rows.map(({ tenant_id }) => tenant_id), [globex.tenant.id], table);
  }
});

async function eventsOf(ctx: Company["ctx"]) {
  const [rows] = await ctx.read((tx) => [
    tx.select().from(analyticsEvents).orderBy(asc(analyticsEvents.occurredAt), asc(analyticsEvents.sequence)),
  ]);
  return rows;
}
