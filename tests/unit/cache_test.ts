// Protects: a cache loads once for everyone who waits, and never keeps what was true before a change.
import assert from "node:assert/strict";
import { MemoryCache } from "../../src/platform/cache.ts";

const newCache = () => new MemoryCache<number>({ capacity: 2, ttl: 60_000 });

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

Deno.test("100 callers share one load, whose value is cached", async () => {
  const { held, load } = heldLoads();
  const cache = newCache();

  const callers = Array.from({ length: 100 }, () => cache.getOrLoad("acme", load));
  held[0]!.resolve(1);
  const values = new Set(await Promise.all(callers));

  assert.deepEqual([values, cache.get("acme"), held.length], [new Set([1]), 1, 1]);
});

Deno.test("what is deleted while it is loaded isn't cached, and later callers load again", async () => {
  for (const forget of ["delete", "deleteWhere"] as const) {
    const { held, load } = heldLoads();
    const cache = newCache();

    const before = cache.getOrLoad("acme", load);
    if (forget === "delete") cache.delete("acme");
    else cache.deleteWhere((value) => value === 1);
    const afterwards = cache.getOrLoad("acme", load);
    held[1]!.resolve(2);
    held[0]!.resolve(1);

    assert.deepEqual([await before, await afterwards, cache.get("acme")], [1, 2, 2], forget);
  }
});

Deno.test("a value that is set while another is loaded stays", async () => {
  const { held, load } = heldLoads();
  const cache = newCache();

  const loading = cache.getOrLoad("acme", load);
  cache.set("acme", 2);
  held[0]!.resolve(1);

  assert.deepEqual([await loading, cache.get("acme")], [1, 2]);
});

Deno.test("a failed load fails those who shared it, and the next caller loads again", async () => {
  const { held, load } = heldLoads();
  const cache = newCache();

  const callers = [cache.getOrLoad("acme", load), cache.getOrLoad("acme", load)];
  held[0]!.reject(new Error("The database is away."));
  const outcomes = await Promise.allSettled(callers);
  const next = cache.getOrLoad("acme", load);
  held[1]!.resolve(3);

  assert.deepEqual(outcomes.map(({ status }) => status), ["rejected", "rejected"]);
  assert.equal(await next, 3);
});
