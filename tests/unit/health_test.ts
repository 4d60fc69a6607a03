import assert from "node:assert/strict";
import { type Check, Health } from "../../src/platform/health.ts";
import { ManualClock } from "../support/clock.ts";

/** Protects: what is not needed to serve takes nobody out of service, and asking for the health costs nothing. */

const works = (): void => {};
const fails = (): void => {
  throw new Error("postgres://denizen:secret@db refused");
};

Deno.test("everything that works makes healthy", async () => {
  assert.equal(await statusOf([["database", true, works], ["mail", false, works]]), "healthy");
});

Deno.test("a failure of what the product can do without makes degraded", async () => {
  assert.equal(await statusOf([["database", true, works], ["mail", false, fails]]), "degraded");
});

Deno.test("a failure of what is essential makes unhealthy", async () => {
  assert.equal(await statusOf([["database", true, fails], ["mail", false, fails]]), "unhealthy");
});

Deno.test("a check that takes longer than two seconds has failed", async () => {
  const never = () => new Promise<void>(() => {});

  assert.equal(await statusOf([["database", true, never]]), "unhealthy");
});

Deno.test("the reason of a failure is not told to whoever asks", async () => {
  const report = await new Health(new ManualClock(), checksOf([["database", true, fails]])).report();

  assert.doesNotMatch(JSON.stringify(report), /secret|refused/);
  assert.equal(report.checks[0]!.status, "fail");
});

Deno.test("a flood of questions runs the checks once; a second later they are run again", async () => {
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
