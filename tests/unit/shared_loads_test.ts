// Protects: many callers share one load, and nobody who needs fresh values gets what was loaded before they asked.
import assert from "node:assert/strict";
import { FreshLoads, SharedLoads } from "../../src/platform/shared_loads.ts";

/** Loads that end when the test says so. */
function heldLoads() {
  const held: PromiseWithResolvers<number>[] = [];
  const load = () => {
    const one = Promise.withResolvers<number>();
    held.push(one);
    return one.promise;
  };
  return { held, load };
}

/** Lets everything run that waits for nothing else. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("100 callers share one load, and later callers load again", async () => {
  const { held, load } = heldLoads();
  const loads = new SharedLoads<number>();

  const callers = Array.from({ length: 100 }, () => loads.run("acme", load));
  const other = loads.run("globex", load);
  held[0]!.resolve(1);
  held[1]!.resolve(2);
  const answers = await Promise.all(callers);
  const later = loads.run("acme", load);
  held[2]!.resolve(3);

  assert.deepEqual([new Set(answers), await other, await later, held.length], [new Set([1]), 2, 3, 3]);
});

Deno.test("callers who come while a value is loaded share the next load", async () => {
  const { held, load } = heldLoads();
  const loads = new FreshLoads<number>();

  const first = loads.run("acme", load);
  const waiting = Array.from({ length: 99 }, () => loads.run("acme", load));
  held[0]!.resolve(1);
  await settle();
  const duringNext = loads.run("acme", load);
  held[1]!.resolve(2);
  await settle();
  held[2]!.resolve(3);

  assert.deepEqual([await first, new Set(await Promise.all(waiting)), await duringNext], [
    1,
    new Set([2]),
    3,
  ]);
});

Deno.test("a failed load fails those who shared it, and nobody else", async () => {
  const { held, load } = heldLoads();
  const loads = new FreshLoads<number>();

  const first = loads.run("acme", load);
  const next = loads.run("acme", load);
  held[0]!.reject(new Error("The database is away."));
  await assert.rejects(first);
  await settle();
  held[1]!.resolve(2);

  assert.equal(await next, 2);
});
