import assert from "node:assert/strict";
import { FairQueue } from "../../jobs/runner/fair_queue.ts";

/** Protects: however many jobs some partitions have, another one soon gets a slot. */

Deno.test("partitions take turns, and each gets its share of the slots", () => {
  const queue = queueOf({ slots: 10, share: 2 });
  add(queue, { a: 5, b: 1 });

  assert.deepEqual(take(queue), ["a", "b", "a"]);
  queue.release("a");
  assert.deepEqual(take(queue), ["a"]);
});

Deno.test("once half of the slots are used, a partition gets another slot only if it has none", () => {
  const queue = queueOf({ slots: 8, share: 3 });
  add(queue, { a: 5, b: 5, c: 5 });

  assert.deepEqual(take(queue), ["a", "b", "c", "a"]);
  add(queue, { d: 2, e: 1 });
  assert.deepEqual(take(queue), ["d", "e"]);
  for (const partition of ["a", "b", "e"]) queue.release(partition);
  assert.deepEqual(take(queue), ["b"]);
});

Deno.test("a partition whose share is all of the slots gets all of them", () => {
  const queue = queueOf({ slots: 4, share: 4 });
  add(queue, { a: 5 });

  assert.deepEqual(take(queue), ["a", "a", "a", "a"]);
});

/** A queue whose items are the names of their partitions. */
function queueOf({ slots, share }: { slots: number; share: number }): FairQueue<string> {
  return new FairQueue(slots, () => share);
}

function add(queue: FairQueue<string>, counts: Record<string, number>): void {
  for (const [partition, count] of Object.entries(counts)) {
    for (let item = 0; item < count; item++) queue.add(partition, partition);
  }
}

/** The items that get a slot now. */
function take(queue: FairQueue<string>): string[] {
  const taken: string[] = [];
  for (let item = queue.next(); item; item = queue.next()) taken.push(item);
  return taken;
}
