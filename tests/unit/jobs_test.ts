import { Cron } from "croner";
import assert from "node:assert/strict";
import { FEATURES } from "../../src/feature_list.ts";
import { QUEUE_NAMES } from "../../src/outbox/queues.ts";

/** Protects: every feature's jobs and schedules fit the runner and the platforms that run it. */

/** Deno Deploy's free plan allows ten. The queue drain is one of them. */
const MAX_SCHEDULES = 9;

const jobs = FEATURES.flatMap(({ jobs }) => jobs);
const schedules = FEATURES.flatMap(({ schedules }) => schedules);

Deno.test("job names are unique", () => {
  assert.deepEqual(repeated(jobs.map(({ name }) => name)), []);
});

Deno.test("schedule names are unique", () => {
  assert.deepEqual(repeated([...schedules.map(({ name }) => name), "queue drain"]), []);
});

Deno.test(`there are at most ${MAX_SCHEDULES} schedules besides the queue drain`, () => {
  assert.ok(schedules.length <= MAX_SCHEDULES, `${schedules.length} schedules`);
});

for (const { name, queue } of jobs) {
  Deno.test(`job ${name} has a known queue`, () => {
    assert.ok(QUEUE_NAMES.includes(queue), queue);
  });
}

for (const { name, cron, job, payload, catchUp } of schedules) {
  Deno.test(`schedule ${name} has a cron pattern of five fields, a listed job and a valid payload`, () => {
    const next = new Cron(cron, { timezone: "UTC", paused: true, mode: "5-part" }).nextRun()!;

    assert.ok(jobs.includes(job), `no feature lists ${job.name}`);
    assert.deepEqual(job.payload.safeParse(payload(next)).error, undefined);
    assert.ok(catchUp >= 1, `${catchUp}`);
  });
}

function repeated(names: string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}
