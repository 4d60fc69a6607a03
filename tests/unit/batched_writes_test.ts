import assert from "node:assert/strict";
import { BatchedWrites } from "../../src/platform/batched_writes.ts";

/** Protects: what a process collects in memory is written once, by one write at a time. */

Deno.test("writes never run at once, and each call of flush writes what was collected before it", async () => {
  let [running, most, left, written] = [0, 0, 0, 0];
  const writes = new BatchedWrites(async () => {
    most = Math.max(most, ++running);
    const taken = left;
    left = 0;
    await new Promise((done) => setTimeout(done, 2));
    written += taken;
    running--;
  });

  const flushes = [1, 2, 3].map(async (number) => {
    left++;
    writes.start();
    await writes.flush();
    assert.ok(written >= number);
  });
  await Promise.all(flushes);
  left++;
  await writes.close();

  assert.deepEqual([most, left, written], [1, 0, 4]);
});
