import fc from "fast-check";
import assert from "node:assert/strict";
import { Breaker } from "../../src/rate_limits/breaker.ts";

/** Protects: nobody waits for something that doesn't answer, and it is used again soon after it does. */

const OPTIONS = { failures: 3, openFor: 1_000 };

Deno.test("a breaker opens after failures in a row, lets one call try each second, and closes with a success", () => {
  let now = 0;
  const breaker = new Breaker({ ...OPTIONS, now: () => now });
  const fail = () => breaker.mayCall() && breaker.failed();

  fail();
  fail();
  const afterTwo = breaker.mayCall();
  breaker.failed();
  const afterThree = breaker.mayCall();
  now += 999;
  const tooEarly = breaker.mayCall();
  now += 1;
  const [first, second] = [breaker.mayCall(), breaker.mayCall()];
  breaker.failed();
  const stillOpen = breaker.mayCall();
  now += 1_000;
  const retried = breaker.mayCall();
  breaker.succeeded();

  assert.deepEqual([afterTwo, afterThree, tooEarly], [true, false, false]);
  assert.deepEqual([first, second, stillOpen, retried], [true, false, false, true]);
  assert.deepEqual([breaker.mayCall(), breaker.mayCall()], [true, true]);
});

Deno.test("a success in between keeps a breaker closed", () => {
  const breaker = new Breaker(OPTIONS);

  for (let round = 0; round < 10; round++) {
    breaker.failed();
    breaker.failed();
    breaker.succeeded();
  }

  assert.equal(breaker.mayCall(), true);
});

Deno.test("whatever happens, an open breaker lets at most one call pass in a second, and never stays open without one", () => {
  const steps = fc.array(fc.record({ wait: fc.nat({ max: 700 }), isUp: fc.boolean() }), { minLength: 30 });
  fc.assert(fc.property(steps, (steps) => {
    let now = 0;
    const breaker = new Breaker({ ...OPTIONS, now: () => now });
    let [failed, lastTry] = [0, 0];
    for (const { wait, isUp } of steps) {
      now += wait;
      const isOpen = failed >= OPTIONS.failures;
      const passes = breaker.mayCall();
      assert.equal(passes, !isOpen || now - lastTry >= OPTIONS.openFor);
      if (!passes) continue;
      lastTry = now;
      failed = isUp ? 0 : failed + 1;
      if (isUp) breaker.succeeded();
      else breaker.failed();
    }
  }));
});
