import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import type { ControlDb } from "../../db/connection/connect.ts";
import { runScript } from "../../db/connection/transaction.ts";
import { withMigrator } from "../../db/migration/migrator.ts";
import { maintainPartitions } from "../../db/stream/partitions.ts";
import { apiUsage } from "../../db/stream/schema/api_usage.ts";
import { API_USAGE, UsageCounter } from "../../src/api_access/usage_counter.ts";
import { DAY } from "../../src/platform/clock.ts";
import { deleteTenant } from "../../src/tenancy/deletion.ts";
import { type Company, World } from "../support/world.ts";

/** Protects: every API call is counted once, for its tenant and day, and kept for six months. */

Deno.test("the calls of all tenants and days are written in one statement", async () => {
  await using world = await World.open();
  const companies = [
    await world.company("acme"),
    await world.company("globex"),
    await world.company("initech"),
  ];
  const { control } = world.services.db;
  let statements = 0;
  const execute: typeof control.execute = (query) => {
    statements++;
    return control.execute(query);
  };
  const usage = new UsageCounter({ execute } as ControlDb, world.clock);
  for (const { tenant } of companies) usage.count(tenant.id);
  usage.count(companies[0]!.tenant.id);
  world.clock.advance(DAY);
  usage.count(companies[0]!.tenant.id);

  await usage.close();

  assert.equal(statements, 1);
  assert.deepEqual(await Promise.all(companies.map(callsOf)), [[2, 1], [1], [1]]);
});

Deno.test("counts from two processes at once are added up", async () => {
  await using world = await World.open();
  const companies = [await world.company("acme"), await world.company("globex")];
  const replica = await world.replica();
  const counters = [world.services, replica].map((services) => services.use(API_USAGE));

  for (let round = 0; round < 10; round++) {
    for (const { tenant } of round % 2 ? companies : companies.toReversed()) {
      for (const counter of counters) counter.count(tenant.id);
    }
    await Promise.all(counters.map((counter) => counter.flush()));
  }
  await replica.close();

  assert.deepEqual(await Promise.all(companies.map(callsOf)), [[20], [20]]);
});

Deno.test("calls that can't be written are kept and retried", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const usage = world.services.use(API_USAGE);
  await inStream(world, "alter table stream.api_usage add constraint full_up check (calls < 0)");
  usage.count(acme.tenant.id);
  await usage.flush();
  await inStream(world, "alter table stream.api_usage drop constraint full_up");
  usage.count(acme.tenant.id);

  await usage.flush();

  assert.deepEqual(await callsOf(acme), [2]);
});

Deno.test("a deleted tenant's calls are deleted, and another process's pending counts are dropped", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const replica = await world.replica();
  for (const { tenant } of [acme, globex]) world.services.use(API_USAGE).count(tenant.id);
  await world.services.use(API_USAGE).flush();
  for (const { tenant } of [acme, globex]) replica.use(API_USAGE).count(tenant.id);

  await deleteTenant(world.system, acme.tenant.id);
  await replica.use(API_USAGE).flush();
  await replica.close();

  const rows = await world.dumpStream("api_usage");
  assert.deepEqual(rows.map(({ tenant_id, calls }) => [tenant_id, Number(calls)]), [[globex.tenant.id, 2]]);
});

Deno.test("calls without a partition are kept, and move into it when upkeep creates it", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const usage = world.services.use(API_USAGE);
  await world.upkeep();
  usage.count(acme.tenant.id);
  await usage.flush();
  world.clock.advance(3 * 31 * DAY);
  usage.count(acme.tenant.id);
  await usage.flush();
  const before = await partitionsOfRows(world);

  await world.upkeep();

  assert.deepEqual(before, ["api_usage_2026_03", "api_usage_default"]);
  assert.deepEqual(await partitionsOfRows(world), ["api_usage_2026_03", "api_usage_2026_06"]);
  assert.deepEqual(await callsOf(acme), [1, 1]);
  assert.deepEqual(await partitions(world), [
    "api_usage_2026_03",
    "api_usage_2026_04",
    "api_usage_2026_05",
    "api_usage_2026_06",
    "api_usage_2026_07",
    "api_usage_2026_08",
    "api_usage_default",
  ]);
});

Deno.test("months are dropped after six months", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.upkeep();
  await world.apiCalls(acme, "2026-03-02", 1);
  world.clock.advance(6 * 30 * DAY);
  await world.upkeep();
  const inSeptember = await callsOf(acme);
  world.clock.advance(40 * DAY);

  await world.upkeep();

  assert.deepEqual(inSeptember, [1]);
  assert.deepEqual(await callsOf(acme), []);
  assert.equal((await partitions(world))[0], "api_usage_2026_04");
});

Deno.test("processes that create partitions at once create each once", async () => {
  await using world = await World.open();
  const { db } = world.services;
  const replica = await world.replica();

  await Promise.all([db, replica.db, db].map((each) => maintainPartitions(each, world.clock.now())));
  await replica.close();

  assert.equal((await partitions(world)).length, 4);
});

async function callsOf({ ctx }: Company): Promise<number[]> {
  const [rows] = await ctx.read((tx) => [tx.select().from(apiUsage).orderBy(apiUsage.day)]);
  return rows.map(({ calls }) => calls);
}

async function partitions({ system }: World): Promise<string[]> {
  const rows = await system.control.execute<{ name: string }>(sql`
    select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = 'stream.api_usage'::regclass order by relname`);
  return rows.map(({ name }) => name);
}

async function partitionsOfRows(world: World): Promise<string[]> {
  const rows = await world.dumpStream("api_usage");
  return rows.map(({ partition }) => String(partition).replace("stream.", "")).sort();
}

async function inStream(world: World, script: string): Promise<void> {
  await withMigrator(world.services.db, (tx) => runScript(tx, script));
}
