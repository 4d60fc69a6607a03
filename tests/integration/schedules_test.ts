import { asc, eq } from "drizzle-orm";
import assert from "node:assert/strict";
import { oneTimeTokens, sessions } from "../../db/control/schema/identity.ts";
import { jobMinutes, outbox } from "../../db/control/schema/outbox.ts";
import { dailyMetrics } from "../../db/tenant/schema/analytics.ts";
import { enqueueDue, enqueueMissed, everyMinute, SCHEDULES } from "../../jobs/schedules.ts";
import { recordCounters } from "../../src/analytics/daily_metrics.ts";
import { DAY, HOUR, MINUTE } from "../../src/platform/clock.ts";
import type { Services } from "../../src/ports.ts";
import { createProject, deleteProject } from "../../src/projects/projects.ts";
import { startWorker } from "../support/jobs.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/** Protects: each due time of a schedule creates one job, and missed times are caught up on. */

const daily = SCHEDULES.find(({ name }) => name === "daily metrics")!;

Deno.test("a due time creates one job, however many processes check at once", async () => {
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

Deno.test("days missed while nothing ran are caught up on, but not days before the first start", async () => {
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

Deno.test("the next minute catches up on a failed schedule, and the queue is drained even if a schedule fails", async () => {
  await using world = await World.open();
  const { services } = world;
  let drained = 0;
  const drain = () => void drained++;
  await everyMinute({ services, drain });
  world.clock.advance(DAY); // the due time passed, and nothing ran
  await everyMinute({ services, drain });
  const broken = { ...services, db: null } as unknown as Services;
  await assert.rejects(everyMinute({ services: broken, drain }));

  const jobs = await world.system.control.select().from(outbox).where(eq(outbox.name, "metrics.collect"));
  assert.deepEqual(jobs.map(({ payload }) => payload), [{ day: "2026-03-02" }]);
  assert.equal(drained, 3);
});

Deno.test("up to three missed monthly reports are caught up on", async () => {
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

Deno.test("each tenant's gauges are measured late in the day, and its counters once the day is over", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  await world.member(acme, "ben@acme.example", "viewer");
  for (const name of ["One", "Two"]) {
    await createProject(acme.ctx, { name, description: "", status: "active" });
  }
  await using worker = await startWorker(world, "kv");
  await enqueueMissed(world.services);
  world.clock.advance(14.5 * HOUR); // 23:30
  await enqueueMissed(world.services);
  await worker.idle();
  const evening = await figuresOf(acme);
  world.clock.advance(35 * MINUTE); // 00:05
  await enqueueMissed(world.services);
  await worker.idle();
  const morning = await figuresOf(acme);

  assert.deepEqual(evening, { "2026-03-02": { members: 2, projects: 2 } });
  assert.deepEqual(morning, { "2026-03-02": { members: 2, projects: 2, api_calls: 0, projects_created: 2 } });
  assert.deepEqual((await figuresOf(globex))["2026-03-02"], {
    members: 1,
    projects: 0,
    api_calls: 0,
    projects_created: 0,
  });
});

Deno.test("a missed day gets its counters later, but not its gauges", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await using worker = await startWorker(world, "kv");
  await enqueueMissed(world.services);
  const { id } = await createProject(acme.ctx, { name: "One", description: "", status: "active" });
  await world.apiCalls(acme, "2026-03-02", 7);
  world.clock.advance(DAY); // nothing ran on the evening of March 2
  await world.member(acme, "ben@acme.example", "viewer");
  await deleteProject(acme.ctx, id);
  await createProject(acme.ctx, { name: "Two", description: "", status: "active" });
  await createProject(acme.ctx, { name: "Three", description: "", status: "active" });

  await enqueueMissed(world.services);
  await worker.idle();

  assert.deepEqual(await figuresOf(acme), {
    "2026-03-02": { api_calls: 7, projects_created: 1 },
    "2026-03-03": { members: 2, projects: 2 },
  });
});

Deno.test("recounting a day replaces its counters, and a day that isn't over has none", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const { ctx } = acme;
  await world.apiCalls(acme, "2026-03-02", 3);
  await recordCounters(ctx, "2026-03-02");
  const during = await figuresOf(acme);
  world.clock.advance(DAY);
  await recordCounters(ctx, "2026-03-02");
  await world.apiCalls(acme, "2026-03-02", 2);
  await recordCounters(ctx, "2026-03-02");

  assert.deepEqual(during, {});
  assert.deepEqual(await figuresOf(acme), {
    "2026-03-02": { api_calls: 5, projects_created: 0 },
  });
});

Deno.test("expired rows are deleted, and others are kept", async () => {
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
  const left = await control.select({ name: outbox.name }).from(outbox).orderBy(outbox.name);
  assert.deepEqual(left, [{ name: "cleanup.expired" }, { name: "contacts.delete_old_imports" }]);
  assert.ok((await control.$count(jobMinutes)) > 0);
});

/** A company's recorded metrics by day. Only checks that its storage isn't zero. */
async function figuresOf({ ctx }: Company): Promise<Record<string, Record<string, number>>> {
  const [rows] = await ctx.read((tx) => [tx.select().from(dailyMetrics).orderBy(asc(dailyMetrics.day))]);
  const figures: Record<string, Record<string, number>> = {};
  for (const { day, metric, value } of rows) {
    figures[day] ??= {};
    if (metric === "storage_bytes") assert.ok(value > 0);
    else figures[day][metric] = value;
  }
  return figures;
}
