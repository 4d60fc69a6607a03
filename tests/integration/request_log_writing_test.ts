import { type SQL, sql } from "drizzle-orm";
import assert from "node:assert/strict";
import type { Database } from "../../db/connection/connect.ts";
import { runScript } from "../../db/connection/transaction.ts";
import { withMigrator } from "../../db/migration/migrator.ts";
import type { ApiCall } from "../../src/api_access/api_call.ts";
import { CallBatch } from "../../src/api_access/call_batch.ts";
import { CallCounter } from "../../src/api_access/call_counter.ts";
import { CALL_LOG, CallLog } from "../../src/api_access/call_log.ts";
import { listRequests } from "../../src/api_access/request_log.ts";
import { UsageCounter } from "../../src/api_access/usage_counter.ts";
import { getApiUsage } from "../../src/api_access/usage_report.ts";
import { LOGGED_REFUSALS_A_MINUTE } from "../../src/api_access/refused_calls.ts";
import { DAY, MINUTE } from "../../src/platform/clock.ts";
import { newId, newIdAt } from "../../src/platform/ids.ts";
import { deleteTenant } from "../../src/tenancy/deletion.ts";
import { addCall, flushCalls } from "../support/api_calls.ts";
import { type Company, World } from "../support/world.ts";

/** Protects: every API call is in the request log once, for 30 days, and in the reports for six months. */

Deno.test("calls that can't be written are kept and retried", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await inStream(world, "alter table stream.api_requests add constraint full_up check (status < 0)");
  addCall(world, acme);
  await flushCalls(world.services);
  const { text: during } = await world.services.metrics.scrape();
  await inStream(world, "alter table stream.api_requests drop constraint full_up");
  addCall(world, acme);

  await flushCalls(world.services);

  const { text: afterwards } = await world.services.metrics.scrape();
  assert.equal((await requestsOf(acme)).length, 2);
  assert.match(during, /^saas_request_log_waiting 1$/m);
  assert.match(afterwards, /^saas_request_log_waiting 0$/m);
  assert.match(afterwards, /^saas_request_log_dropped_total 0$/m);
});

Deno.test("a batch that is sent again, because its answer was lost, is written once", async () => {
  await using world = await World.open();
  const { tenant, owner, ctx } = await world.company("acme");
  const { control } = world.services.db.batch;
  const batch = new CallBatch();
  for (const name of ["plain", 'with "quotes", {braces} and a \\', "أمل"]) {
    batch.add({
      id: newIdAt(world.clock.now()),
      tenantId: tenant.id,
      actor: { type: "member", id: owner.id, name },
      method: "GET",
      endpoint: "/projects/{id}",
      status: 200,
      errorCode: null,
      ipAddress: null,
      milliseconds: 3.25,
    });
  }

  await control.execute(batch.toStatement());
  await control.execute(batch.toStatement());

  const { items } = await listRequests(ctx, { sort: "-at", limit: 10 });
  assert.deepEqual(items.map(({ actor }) => actor.name).sort(), [
    "plain",
    'with "quotes", {braces} and a \\',
    "أمل",
  ]);
  assert.deepEqual(
    items.map(({ durationMs, at }) => [durationMs, at.getTime()]),
    [1, 2, 3].map(() => [
      3.25,
      world.clock.now().getTime(),
    ]),
  );
});

Deno.test("while the database is down, memory stays bounded, and the dropped calls are counted", async () => {
  await using world = await World.open();
  const { tenant, owner } = await world.company("acme");
  const controlPool = { with: () => Promise.reject(new Error("down")) };
  const log = new CallLog({ batch: { controlPool } } as unknown as Database, world.services.metrics);
  const call = {
    id: newIdAt(world.clock.now()),
    tenantId: tenant.id,
    actor: { type: "member", id: owner.id, name: "Ada" },
    method: "GET",
    endpoint: "/projects",
    status: 200,
    errorCode: null,
    ipAddress: null,
    milliseconds: 1,
  };

  for (let number = 0; number < 200_007; number++) log.add(call);
  await log.close();

  assert.equal(log.waiting, 200_000);
  assert.match((await world.services.metrics.scrape()).text, /^saas_request_log_dropped_total 7$/m);
});

Deno.test("S45 nothing is left of a deleted tenant's calls, and calls in memory aren't written", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  for (const company of [acme, globex]) addCall(world, company);
  await flushCalls(world.services);
  for (const company of [acme, globex]) addCall(world, company);

  await deleteTenant(world.system, acme.tenant.id);
  await flushCalls(world.services);

  const [requests, counts] = [
    await world.dumpStream("api_requests"),
    await world.dumpStream("api_request_counts"),
  ];
  assert.deepEqual(requests.map(({ tenant_id }) => tenant_id), [globex.tenant.id, globex.tenant.id]);
  assert.deepEqual(counts.map(({ tenant_id, calls }) => [tenant_id, Number(calls)]), [[globex.tenant.id, 2]]);
});

Deno.test("days are made ahead, and calls older than 30 days are dropped, while reports stay", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.upkeep();
  const made = await partitions(world);
  addCall(world, acme);
  await flushCalls(world.services);
  world.clock.advance(30 * DAY);
  addCall(world, acme); // no partition yet
  await flushCalls(world.services);
  await world.upkeep();
  const onLastDay = await requestsOf(acme);
  const rows = await world.dumpStream("api_requests");
  world.clock.advance(DAY);

  await world.upkeep();

  assert.deepEqual(made, ["2026_03_02", "2026_03_03", "2026_03_04", "2026_03_05", "default"]);
  assert.equal(onLastDay.length, 2);
  assert.deepEqual(rows.map(({ partition }) => partition).sort(), [
    "stream.api_requests_2026_03_02",
    "stream.api_requests_2026_04_01",
  ]);
  assert.equal((await requestsOf(acme)).length, 1);
  assert.equal((await partitions(world))[0], "2026_03_03");
  assert.equal((await getApiUsage(acme.ctx, { days: "90" })).total.calls, 2);
});

Deno.test("calls of two processes add up in the reports", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const replica = await world.replica();

  for (let round = 0; round < 5; round++) {
    for (const services of [world.services, replica]) addCall({ services, clock: world.clock }, acme);
    await Promise.all([flushCalls(world.services), flushCalls(replica)]);
  }
  await replica.close();

  assert.equal((await requestsOf(acme)).length, 10);
  assert.equal((await getApiUsage(acme.ctx, { days: "7" })).total.calls, 10);
});

Deno.test("the log is written on its own within a second", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const started = performance.now();
  addCall(world, acme);

  while (world.services.use(CALL_LOG).waiting > 0) await new Promise((done) => setTimeout(done, 20));

  assert.ok(performance.now() - started < 1_000);
  assert.equal((await requestsOf(acme)).length, 1);
});

async function requestsOf({ ctx }: Company) {
  return (await listRequests(ctx, { sort: "-at", limit: 100 })).items;
}

async function partitions({ system }: World): Promise<string[]> {
  const rows = await system.control.execute<{ name: string }>(sql`
    select replace(relname, 'api_requests_', '') as name from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = 'stream.api_requests'::regclass order by relname`);
  return rows.map(({ name }) => name);
}

async function inStream(world: World, script: string): Promise<void> {
  await withMigrator(world.services.db, (tx) => runScript(tx, script));
}

Deno.test("refused calls don't fill the log: it has a few of each caller and minute, and reports count all", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const refused = { status: 429, errorCode: "too_many_api_calls" };
  const program = { type: "key", id: newId(), name: "Loop" };

  for (let count = 0; count < 1_000; count++) addCall(world, acme, { ...refused, actor: program });
  addCall(world, acme, refused);
  addCall(world, acme, { actor: program });
  world.clock.advance(MINUTE);
  for (let count = 0; count < 1_000; count++) addCall(world, acme, { ...refused, actor: program });
  await flushCalls(world.services);

  const logged = await world.dumpStream("api_requests");
  const counted = await world.dumpStream("api_request_counts");
  const ofProgram = logged.filter(({ actor_id, status }) => actor_id === program.id && status === 429);
  assert.equal(ofProgram.length, 2 * LOGGED_REFUSALS_A_MINUTE);
  assert.equal(logged.length, ofProgram.length + 2);
  assert.equal(counted.reduce((sum, { calls }) => sum + Number(calls), 0), 2_002);
  assert.equal(counted.reduce((sum, { errors }) => sum + Number(errors), 0), 2_001);
});

Deno.test("counts that are sent again, because the answer was lost, count once, and later ones are added", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const losing = losingAnswers(world.services.db);
  const [usage, counter] = [
    new UsageCounter(losing.db.batch.control, world.clock),
    new CallCounter(losing.db),
  ];
  const call = callOf(acme, world);
  const count = () => {
    usage.count(acme.tenant.id);
    counter.add(call);
  };

  count();
  losing.left = 4;
  for (let time = 0; time < 2; time++) await Promise.all([usage.flush(), counter.flush()]);
  count();
  count();
  losing.left = 2;
  for (let time = 0; time < 3; time++) await Promise.all([usage.flush(), counter.flush()]);
  await Promise.all([usage.close(), counter.close()]);

  assert.equal(losing.left, 0);
  assert.deepEqual((await world.dumpStream("api_usage")).map(({ calls }) => Number(calls)), [3]);
  assert.deepEqual((await world.dumpStream("api_request_counts")).map(({ calls }) => Number(calls)), [3]);
});

/** A call of the company's owner. */
function callOf({ tenant, owner }: Company, { clock }: World): ApiCall {
  return {
    id: newIdAt(clock.now()),
    tenantId: tenant.id,
    actor: { type: "member", id: owner.id, name: owner.name },
    method: "GET",
    endpoint: "/projects",
    status: 200,
    errorCode: null,
    ipAddress: null,
    milliseconds: 8,
  };
}

/** The database, which runs each statement but loses the answers of the next ones. */
function losingAnswers(db: Database): { db: Database; left: number } {
  const losing = { db, left: 0 };
  const execute = async (statement: SQL) => {
    const rows = await db.batch.control.execute(statement);
    if (losing.left > 0) {
      losing.left--;
      throw new Error("The answer was lost.");
    }
    return rows;
  };
  losing.db = { batch: { control: { execute } } } as unknown as Database;
  return losing;
}
