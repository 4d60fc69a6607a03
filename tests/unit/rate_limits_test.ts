import fc from "fast-check";
import assert from "node:assert/strict";
import type { Request } from "../../src/rate_limits/counter.ts";
import { MemoryCounter } from "../../src/rate_limits/memory_counter.ts";
import { ManualClock } from "../support/clock.ts";

/** Protects: no window of time, wherever it starts, lets more than the limit pass, and a refusal says when the next attempt passes. */

const WINDOW = 60_000;
/** A sixtieth of a window: how much later than necessary an attempt may pass. */
const SLACK = WINDOW / 60;

const steps = fc.array(
  fc.record({ wait: fc.integer({ min: 0, max: WINDOW / 3 }), cost: fc.integer({ min: 1, max: 3 }) }),
  { minLength: 20, maxLength: 200 },
);

Deno.test("no window contains more than the limit, and nothing below it is refused", () => {
  fc.assert(fc.property(steps, fc.integer({ min: 3, max: 12 }), (steps, limit) => {
    const clock = new ManualClock();
    const counter = new MemoryCounter(clock);
    const passed: { at: number; cost: number }[] = [];
    const passedSince = (start: number) =>
      passed.filter(({ at }) => at > start).reduce((total, { cost }) => total + cost, 0);

    for (const { wait, cost } of steps) {
      clock.advance(wait);
      const at = clock.now().getTime();
      const { hasRoom } = counter.count(attempt({ limit, cost }));
      if (hasRoom) passed.push({ at, cost });
      else assert.ok(passedSince(at - WINDOW - SLACK) + cost > limit, "refused below the limit");
      assert.ok(passedSince(at - WINDOW) <= limit, "more than the limit in a window");
    }
  }));
});

Deno.test("after a refusal, an attempt passes at the named moment and not before", () => {
  fc.assert(fc.property(steps, (steps) => {
    const clock = new ManualClock();
    const counter = new MemoryCounter(clock);
    const refusal = steps.map(({ wait, cost }) => {
      clock.advance(wait % 2_000);
      return counter.count(attempt({ limit: 10, cost }));
    }).findLast(({ hasRoom }) => !hasRoom);
    const { roomAfter, hasRoom } = counter.count(attempt({ limit: 10, cost: 3, action: "look" }));
    assert.ok(refusal);

    clock.advance(Math.ceil(roomAfter) - 1);
    const before = counter.count(attempt({ limit: 10, cost: 3, action: "look" }));
    clock.advance(1);
    const then = counter.count(attempt({ limit: 10, cost: 3, action: "look" }));

    assert.deepEqual([before.hasRoom, then.hasRoom], [hasRoom, true]);
  }));
});

Deno.test("what is given back leaves room, once and never more than was taken", () => {
  const clock = new ManualClock();
  const counter = new MemoryCounter(clock);
  const { part } = counter.count(attempt({ limit: 2 }));
  counter.count(attempt({ limit: 2 }));

  clock.advance(WINDOW / 2);
  const { used } = counter.count(attempt({ limit: 2, action: "give_back", part }));
  const { used: least } = counter.count(attempt({ limit: 2, action: "give_back", part, cost: 9 }));

  assert.deepEqual([used, least], [1, 0]);
});

Deno.test("what is given back doesn't put off the moment when the whole limit is free", () => {
  const clock = new ManualClock();
  const counter = new MemoryCounter(clock);
  counter.count(attempt({ limit: 2 }));
  clock.advance(WINDOW / 2);
  const { part } = counter.count(attempt({ limit: 2 }));

  const { emptyAfter } = counter.count(attempt({ limit: 2, action: "give_back", part }));
  clock.advance(emptyAfter - 1);
  const before = counter.count(attempt({ limit: 2, action: "look" }));
  clock.advance(1);
  const then = counter.count(attempt({ limit: 2, action: "look" }));

  assert.deepEqual([before.used, then.used, then.emptyAfter], [1, 0, 0]);
});

Deno.test("what costs more than the whole limit is refused for a window, also if nothing counts", () => {
  const counter = new MemoryCounter(new ManualClock());

  const { hasRoom, roomAfter } = counter.count(attempt({ limit: 2, cost: 3 }));

  assert.equal(hasRoom, false);
  assert.ok(roomAfter >= WINDOW && roomAfter <= WINDOW + SLACK, `${roomAfter} ms`);
});

Deno.test("a clock that was set back or jumped ahead neither opens a limit nor closes it for long", () => {
  const clock = new ManualClock();
  const counter = new MemoryCounter(clock);
  counter.count(attempt({ limit: 1 }));

  clock.advance(-WINDOW / 2);
  const setBack = counter.count(attempt({ limit: 1 }));
  clock.advance(-10 * WINDOW);
  const farBack = counter.count(attempt({ limit: 1 }));

  assert.deepEqual([setBack.hasRoom, farBack.hasRoom], [false, true]);
});

Deno.test("keys that are tried once each don't grow the memory without end", () => {
  const counter = new MemoryCounter(new ManualClock(), 10);
  counter.count(attempt({ key: "victim", limit: 2 }));

  for (let stranger = 0; stranger < 20; stranger++) {
    counter.count(attempt({ key: `stranger ${stranger}`, limit: 2 }));
    counter.count(attempt({ key: "victim", limit: 2, action: "look" }));
  }

  assert.equal(counter.count(attempt({ key: "victim", limit: 2, action: "look" })).used, 1);
  assert.equal(counter.count(attempt({ key: "stranger 0", limit: 2, action: "look" })).used, 0);
});

function attempt(request: Partial<Request> & { limit: number }): Request {
  return { action: "take", key: "someone", window: WINDOW, cost: 1, ...request };
}
