import assert from "node:assert/strict";
import { asc, eq } from "drizzle-orm";
import { jobMinutes, oneTimeTokens, outbox, sessions } from "../../db/control/schema.ts";
import { dailyMetrics } from "../../db/tenant/schema.ts";
import { enqueueDue, enqueueMissed, everyMinute, SCHEDULES } from "../../jobs/schedules.ts";
import { JOB_TYPES } from "../../src/jobs/job_types.ts";
import { HANDLERS } from "../../jobs/handlers/handlers.ts";
import { DAY, HOUR, MINUTE } from "../../src/platform/clock.ts";
import { createProject } from "../../src/projects/projects.ts";
import type { Services } from "../../src/services.ts";
import { startWorker } from "../support/jobs.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: what is due happens once, whoever looks, and what was missed is made up for. */

const daily = SCHEDULES.find(({ name }) => name === "daily metrics")!;

Deno.test("there are at most ten schedules, and every kind of job has its handler", () => {
  assert.ok(SCHEDULES.length + 1 <= 10); // one more drains the queue
  assert.deepEqual(Object.keys(HANDLERS).sort(), Object.keys(JOB_TYPES).sort());
});

Deno.test("a time at which a schedule is due leads to one job, however many processes look at once", async () => {
  await using world = await World.open();
  await enqueueDue(world.services, daily);
  world.clock.advance(DAY);
  const other = await world.replica();

  await Promise.all([
    ...Array.from({ length: 5 }, () => enqueueDue(world.services, daily)),
    ...Array.from({ length: 5 }, () => enqueueDue(other, daily)),
  ]);
  await enqueueDue(world.services, daily);
  await other.close();

  const jobs = await world.system.control.select().from(outbox);
  assert.deepEqual(jobs.map(({ name, payload, key }) => ({ name, payload, key })), [{
    name: "metrics.collect",
    payload: { day: "2026-03-02" },
    key: "daily metrics 2026-03-03T00:05:00.000Z",
  }]);
});

Deno.test("days that were missed while nothing ran are made up for, those before the first start are not", async () => {
  await using world = await World.open();
  await enqueueMissed(world.services);
  assert.deepEqual(await world.system.control.select().from(outbox), []);

  world.clock.advance(3 * DAY + HOUR);
  await enqueueMissed(world.services);

  const jobs = await world.system.control.select().from(outbox).orderBy(asc(outbox.key));
  const byName = Map.groupBy(jobs, ({ name }) => name);
  assert.deepEqual(byName.get("metrics.collect")!.map(({ payload }) => payload), [
    { day: "2026-03-02" },
    { day: "2026-03-03" },
    { day: "2026-03-04" },
  ]);
  assert.equal(byName.get("cleanup.expired")!.length, 1);
  assert.equal(byName.get("tenancy.upkeep")!.length, 1);
});

Deno.test("a time at which a schedule failed is made up for a minute later, and the queue is drained whatever fails", async () => {
  await using world = await World.open();
  const { services } = world;
  let drained = 0;
  const drain = () => void drained++;
  await everyMinute({ services, drain });
  world.clock.advance(DAY); // its time came, and nothing came of it
  await everyMinute({ services, drain });
  const broken = { ...services, db: null } as unknown as Services;
  await assert.rejects(everyMinute({ services: broken, drain }));

  const jobs = await world.system.control.select().from(outbox).where(eq(outbox.name, "metrics.collect"));
  assert.deepEqual(jobs.map(({ payload }) => payload), [{ day: "2026-03-02" }]);
  assert.equal(drained, 3);
});

Deno.test("the reports of up to three months that were missed are made up for", async () => {
  await using world = await World.open();
  await enqueueMissed(world.services);
  world.clock.advance(130 * DAY);
  await enqueueMissed(world.services);

  const jobs = await world.system.control.select().from(outbox).where(eq(outbox.name, "reports.monthly"))
    .orderBy(asc(outbox.key));
  assert.deepEqual(jobs.map(({ payload }) => payload), [
    { month: "2026-04" },
    { month: "2026-05" },
    { month: "2026-06" },
  ]);
});

Deno.test("the day's figures are collected for each tenant, and collecting them again changes nothing", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  await world.member(acme, "ben@acme.example", "viewer");
  for (const name of ["One", "Two"]) {
    await createProject(acme.ctx, { name, description: "", status: "active" });
  }
  await enqueueDue(world.services, daily);
  world.clock.advance(DAY);
  await enqueueDue(world.services, daily);

  await using worker = await startWorker(world, "kv");
  await worker.idle();
  const [first] = await acme.ctx.read((
    tx,
  ) => [tx.select().from(dailyMetrics).orderBy(asc(dailyMetrics.metric))]);
  const [others] = await globex.ctx.read((tx) => [tx.select().from(dailyMetrics)]);

  const figures = Object.fromEntries(first.map(({ metric, value }) => [metric, value]));
  assert.ok(figures.storage_bytes! > 0);
  assert.deepEqual({ ...figures, storage_bytes: 0 }, {
    api_calls: 0,
    members: 2,
    projects: 2,
    projects_created: 2,
    storage_bytes: 0,
  });
  assert.deepEqual(new Set(first.map(({ day }) => day)), new Set(["2026-03-02"]));
  assert.equal(others.find(({ metric }) => metric === "projects")!.value, 0);
});

Deno.test("what has expired is deleted, and what has not is kept", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.passwordLink(acme.owner);
  const signIn = { email: acme.owner.email, password: PASSWORD };
  await world.browser().post(`http://${world.host()}/login`, signIn);
  assert.equal(await world.system.control.$count(sessions), 2); // the apex's and the workspace's
  await using worker = await startWorker(world, "kv");
  await enqueueMissed(world.services);
  world.clock.advance(40 * DAY);
  await world.passwordLink(acme.owner);
  await enqueueMissed(world.services);
  await worker.idle();
  world.clock.advance(4 * DAY - MINUTE);
  await enqueueDue(world.services, SCHEDULES.find(({ name }) => name === "cleanup")!);
  await worker.idle();

  const { control } = world.system;
  assert.equal(await control.$count(sessions), 0);
  assert.equal(await control.$count(oneTimeTokens), 0);
  const left = await control.select({ name: outbox.name }).from(outbox);
  assert.deepEqual(left, [{ name: "cleanup.expired" }]);
  assert.ok((await control.$count(jobMinutes)) > 0);
});
