import fc from "fast-check";
import assert from "node:assert/strict";
import { Busiest } from "../../src/platform/busiest.ts";

/** Protects: metrics need memory for only a few tenants, however many there are, and count every request. */

type Tally = { calls: number };

Deno.test("there is at most one tally more than slots, and the tallies add up to all calls", () => {
  const call = fc.nat({ max: 12 }).map((tenant) => ({ tenant: `tenant-${tenant}` }));
  const rank = fc.nat({ max: 90 }).map((minutes) => ({ minutes }));
  const forget = fc.nat({ max: 12 }).map((tenant) => ({ forget: `tenant-${tenant}` }));
  const step = fc.oneof({ weight: 20, arbitrary: call }, { weight: 2, arbitrary: rank }, forget);

  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step, { maxLength: 200 }), (limit, steps) => {
      const busiest = tallies(limit);
      let calls = 0;
      for (const step of steps) {
        const before = new Map(busiest);
        if ("tenant" in step) calls++, busiest.tallyOf(step.tenant).calls++;
        else if ("minutes" in step) busiest.rank(step.minutes);
        else busiest.forget(step.forget);

        const places = [...busiest];
        assert.ok(places.length <= limit);
        assert.equal(places.reduce((sum, [, tally]) => sum + tally.calls, busiest.others.calls), calls);
        for (const [key, tally] of places) assert.ok(!before.has(key) || before.get(key) === tally);
      }
    }),
  );
});

Deno.test("a tenant with more calls than all others together gets a slot at the next ranking", () => {
  const busiest = tallies(3);
  for (let round = 0; round < 20_000; round++) {
    busiest.tallyOf(`quiet-${round % 10_000}`).calls++;
    if (round > 100) busiest.tallyOf("loud").calls++;
  }

  busiest.rank(1);

  assert.ok(new Map(busiest).has("loud"));
});

Deno.test("two tenants that are about equally busy don't alternate", () => {
  const busiest = tallies(1);
  const keepers = new Set<string>();
  for (let round = 0; round < 50; round++) {
    for (let call = 0; call < 10 + round % 3; call++) busiest.tallyOf("one").calls++;
    for (let call = 0; call < 10 + (round + 1) % 3; call++) busiest.tallyOf("other").calls++;
    busiest.rank(1);
    for (const [key] of busiest) keepers.add(key);
  }

  assert.deepEqual([...keepers], ["one"]);
});

Deno.test("yesterday's busy tenants give way to today's", () => {
  const busiest = tallies(1);
  for (let call = 0; call < 10_000; call++) busiest.tallyOf("yesterday").calls++;
  busiest.rank(24 * 60);
  for (let call = 0; call < 10; call++) busiest.tallyOf("today").calls++;

  busiest.rank(1);

  assert.deepEqual([...busiest].map(([key]) => key), ["today"]);
  assert.equal(busiest.others.calls, 10_010);
});

function tallies(limit: number): Busiest<Tally> {
  return new Busiest<Tally>(limit, () => ({ calls: 0 }), (into, from) => into.calls += from.calls);
}
