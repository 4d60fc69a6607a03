import assert from "node:assert/strict";
import { tenantDays } from "../../db/control/schema/tenant_days.ts";
import { enqueueMissed } from "../../jobs/schedules.ts";
import type { ApiCall } from "../../src/api_access/api_call.ts";
import { getPlatformReport } from "../../src/analytics/platform/report.ts";
import { recordTenantDay } from "../../src/analytics/platform/tenant_day.ts";
import { DAY } from "../../src/platform/clock.ts";
import { createProject } from "../../src/projects/projects.ts";
import { addCall, flushCalls } from "../support/api_calls.ts";
import { startWorker } from "../support/jobs.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/**
 * Protects: staff see how the whole platform grows and what workspaces use. Each figure equals what the workspaces did, and nobody else
 * sees it.
 */

const WEEK = 7 * DAY;

Deno.test("a day is recorded once it is over, exactly, and again if more calls arrive", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await createProject(acme.ctx, { name: "Apollo", description: "", status: "active" });
  await call(world, acme, { milliseconds: 10 }, { milliseconds: 10, status: 500, errorCode: "unexpected" });
  await recordTenantDay(acme.ctx, "2026-03-02");
  const during = await world.system.control.$count(tenantDays);
  world.clock.advance(DAY);

  await recordTenantDay(acme.ctx, "2026-03-02");
  const [first] = await world.system.control.select().from(tenantDays);
  await call(world, acme, { at: new Date("2026-03-02T22:00:00Z"), endpoint: "/members", milliseconds: 900 });
  await recordTenantDay(acme.ctx, "2026-03-02");
  await recordTenantDay(acme.ctx, "2026-03-02");

  assert.equal(during, 0);
  assert.equal(first!.calls, 2);
  const rows = await world.system.control.select().from(tenantDays);
  assert.equal(rows.length, 1);
  const { endpoints, ...day } = rows[0]!;
  assert.deepEqual(day, {
    day: "2026-03-02",
    tenantId: acme.tenant.id,
    changes: first!.changes,
    calls: 3,
    errors: 1,
  });
  assert.deepEqual(
    endpoints.map(({ method, endpoint, calls, errors, latency }) => [
      `${method} ${endpoint}`,
      calls,
      errors,
      latency.reduce((sum, [, count]) => sum + count, 0),
    ]),
    [["GET /members", 1, 0, 1], ["GET /projects", 2, 1, 2]],
  );
});

Deno.test("the nightly jobs record each workspace, also days that were missed, and a broken workspace stops no other", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  await enqueueMissed(world.services);
  await call(world, acme, {});
  await call(world, globex, {});
  await world.breakTable(globex, "audit_log");
  world.clock.advance(3 * DAY);

  await enqueueMissed(world.services);
  await worker.idle();

  const rows = await world.system.control.select().from(tenantDays);
  assert.deepEqual(rows.map(({ day, tenantId }) => [day, tenantId]), [["2026-03-02", acme.tenant.id]]);
});

Deno.test("the report counts sign-ups, activation, retention, usage, endpoints and adoption", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  world.clock.advance(3 * WEEK);
  await world.company("initech");
  await use(world, acme, "2026-03-03", {}, {});
  await use(world, acme, "2026-03-10", {});
  await use(world, acme, "2026-03-22", { milliseconds: 1_000, status: 500 });
  await use(world, globex, "2026-03-10", {});
  await use(world, globex, "2026-03-22", { endpoint: "/members" });
  await world.member(acme, "ben@acme.example", "member");

  const report = await getPlatformReport(world.system);

  const weeks = report.growth.filter(({ workspaces }) => workspaces > 0);
  assert.deepEqual(weeks.map(({ week, workspaces, activated }) => [week, workspaces, activated]), [
    ["2026-03-02", 2, 1],
    ["2026-03-23", 1, null],
  ]);
  assert.equal(report.growth.length, 12);
  const cohort = report.cohorts.find(({ week }) => week === "2026-03-02");
  assert.deepEqual(cohort!.kept.slice(0, 3), [1, 2, null]);
  assert.equal(report.days.length, 30);
  assert.deepEqual(report.days.at(-1), { day: "2026-03-22", tenants: 2, calls: 2, errors: 1 });
  assert.deepEqual(report.tenants.map(({ name, calls, errors, days }) => [name, calls, errors, days]), [
    ["acme Ltd", 4, 1, 3],
    ["globex Ltd", 2, 0, 2],
  ]);
  assert.ok(report.tenants[0]!.latency!.p99 > 900);
  assert.deepEqual(report.endpoints.map(({ endpoint, calls, tenants }) => [endpoint, calls, tenants]), [
    ["/projects", 5, 2],
    ["/members", 1, 1],
  ]);
  const team = report.adoption.adopted.find(({ name }) => name === "team")!;
  const users = Object.values(team.byPlan).reduce((sum, count) => sum + count, 0);
  assert.equal(users, 1);
  assert.equal(Object.values(report.adoption.workspaces).reduce((sum, count) => sum + count, 0), 3);
});

Deno.test("S25 only staff see the page, and it shows what the report says", async () => {
  await using world = await World.open();
  await world.staff("root@example.com", "Root Rust");
  const acme = await world.company("acme", "Acme <b>");
  world.clock.advance(WEEK);
  await use(world, acme, "2026-03-03", {});
  const address = `http://${world.host()}/admin/analytics`;
  const owner = await world.signedInBrowser(acme.owner.email);
  const staff = world.browser();
  await staff.post(`http://${world.host()}/login`, { email: "root@example.com", password: PASSWORD });

  const shown = await staff.get(address);
  const [visitor, member] = [await world.browser().get(address), await owner.get(address)];

  assert.equal(shown.status, 200);
  assert.match(shown.text, /<h1[^>]*>Analytics/);
  assert.match(shown.text, /Acme &lt;b&gt;/);
  assert.match(shown.text, /GET \/projects/);
  assert.match(shown.text, /More than one member/);
  assert.match(visitor.url, /\/login\?next=%2Fadmin/);
  assert.equal(member.status, 403);
});

/** Calls at noon of a day that is over, and the night after it. */
async function use(world: World, company: Company, day: string, ...calls: Partial<ApiCall>[]): Promise<void> {
  await call(world, company, ...calls.map((each) => ({ ...each, at: new Date(`${day}T12:00:00Z`) })));
  await recordTenantDay(company.ctx, day);
}

async function call(
  world: World,
  company: Company,
  ...calls: Parameters<typeof addCall>[2][]
): Promise<void> {
  for (const each of calls) addCall(world, company, each);
  await flushCalls(world.services);
}
