import assert from "node:assert/strict";
import { BatchedCalls } from "../../src/platform/batched_calls.ts";

/** Protects: calls that arrive together share a batch, each gets its own answer, and one that fails doesn't fail the others. */

Deno.test("calls that arrive while a batch runs form the next one", async () => {
  const batches: number[][] = [];
  const calls = new BatchedCalls(async (items: number[]) => {
    batches.push(items);
    await new Promise((done) => setTimeout(done, 1));
    return items.map((item) => item * 2);
  }, 3);

  const first = [calls.call(1), calls.call(2)];
  await Promise.resolve();
  const later = [3, 4, 5, 6].map((item) => calls.call(item));

  assert.deepEqual(await Promise.all([...first, ...later]), [2, 4, 6, 8, 10, 12]);
  assert.deepEqual(batches.flat(), [1, 2, 3, 4, 5, 6]);
  assert.ok(batches.every(({ length }) => length <= 3));
});

Deno.test("a call that fails is rejected alone", async () => {
  const calls = new BatchedCalls((items: number[]) => {
    if (items.includes(2)) return Promise.reject(new Error("two"));
    return Promise.resolve(items);
  });

  const results = await Promise.allSettled([1, 2, 3].map((item) => calls.call(item)));

  assert.deepEqual(results.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  assert.equal(await calls.call(4), 4);
});
