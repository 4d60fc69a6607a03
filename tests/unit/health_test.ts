import assert from "node:assert/strict";
import { type Check, Health } from "../../src/platform/health.ts";
import { ManualClock } from "../support/clock.ts";

/** Protects: a non-essential failure never takes the product out of service, and health requests cost nothing. */

const works = (): void => {};
const fails = (): void => {
  throw new Error("postgres://denizen:secret@db refused");
};

Deno.test("the product is healthy if all checks pass", async () => {
  assert.equal(await statusOf([["database", true, works], ["mail", false, works]]), "healthy");
});

Deno.test("a non-essential failure makes the product degraded", async () => {
  assert.equal(await statusOf([["database", true, works], ["mail", false, fails]]), "degraded");
});

Deno.test("an essential failure makes the product unhealthy", async () => {
  assert.equal(await statusOf([["database", true, fails], ["mail", false, fails]]), "unhealthy");
});

Deno.test("a check fails after two seconds", async () => {
  const never = () => new Promise<void>(() => {});

  assert.equal(await statusOf([["database", true, never]]), "unhealthy");
});

Deno.test("the response doesn't contain the reason of a failure", async () => {
  const report = await new Health(new ManualClock(), checksOf([["database", true, fails]])).report();

  assert.doesNotMatch(JSON.stringify(report), /secret|refused/);
  assert.equal(report.checks[0]!.status, "fail");
});

Deno.test("a short outage takes no process out of the load balancer, and a longer one does until it ends", async () => {
  let isDown = false;
  const clock = new ManualClock();
  const check = () => isDown ? fails() : works();
  const health = new Health(clock, checksOf([["database", true, check]]), 0);
  const later = (seconds: number) => {
    clock.advance(seconds * 1_000);
    return health.isReady();
  };

  const atFirst = await health.isReady();
  isDown = true;
  const down = [await later(0), await later(14), await later(1)];
  isDown = false;
  const up = await later(0);

  assert.deepEqual([atFirst, down, up], [true, [true, true, false], true]);
});

Deno.test("a process whose database has never answered isn't ready", async () => {
  const health = new Health(new ManualClock(), checksOf([["database", true, fails]]));

  assert.equal(await health.isReady(), false);
});

Deno.test("a process that stops isn't ready, however healthy it is", async () => {
  const health = new Health(new ManualClock(), checksOf([["database", true, works]]));

  health.beginStop();

  assert.deepEqual([await health.isReady(), (await health.report()).status], [false, "healthy"]);
});

Deno.test("a flood of requests runs the checks once; a second later they run again", async () => {
  let runs = 0;
  const health = new Health(new ManualClock(), checksOf([["database", true, () => void runs++]]));

  await Promise.all(Array.from({ length: 100 }, () => health.report()));
  await health.report();
  const runsOfTheFlood = runs;
  await new Promise((done) => setTimeout(done, 1_050));
  await health.report();

  assert.deepEqual([runsOfTheFlood, runs], [1, 2]);
});

type Short = [name: string, essential: boolean, run: Check["run"]];

function checksOf(checks: Short[]): Check[] {
  return checks.map(([name, essential, run]) => ({ name, essential, run }));
}

async function statusOf(checks: Short[]): Promise<string> {
  return (await new Health(new ManualClock(), checksOf(checks)).report()).status;
}
