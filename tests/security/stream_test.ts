import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { runScript } from "../../db/connection/transaction.ts";
import { findDrift } from "../../db/migration/drift.ts";
import { inspectDatabase } from "../../db/migration/inspect.ts";
import { readInstallation, withMigrator } from "../../db/migration/migrator.ts";
import { repairRoles } from "../../db/migration/repair.ts";
import { maintainPartitions } from "../../db/stream/partitions.ts";
import { apiRequestCounts, apiRequests } from "../../db/stream/schema/api_requests.ts";
import { apiUsage } from "../../db/stream/schema/api_usage.ts";
import { hasStreamWriter } from "../../db/stream/writer.ts";
import { addCall, flushCalls } from "../support/api_calls.ts";
import { serverUrl } from "../support/database.ts";
import { until } from "../support/jobs.ts";
import { cli, ServerProcess } from "../support/process.ts";
import { openSplitLogins, type SplitLogins, withConnection } from "../support/split_logins.ts";
import { type Company, World } from "../support/world.ts";

/** Protects: in shared tables, a tenant's role sees only its own rows, and no other role sees any (S04). */

const PARTITION = "stream.api_usage_2026_03";

Deno.test("S04 in a shared table, a tenant reads only its own rows, and only the application writes", async (t) => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  await world.apiCalls(acme, "2026-03-02", 3);
  await world.apiCalls(globex, "2026-03-02", 5);
  await maintainPartitions(world.services.db, world.clock.now());

  await t.step("each tenant reads its own rows, whatever the query", async () => {
    assert.deepEqual(await readUsage(acme), [{ tenantId: acme.tenant.id, day: "2026-03-02", calls: 3 }]);
    assert.deepEqual(await readUsage(globex), [{ tenantId: globex.tenant.id, day: "2026-03-02", calls: 5 }]);
    const ofNeighbor = sql`select calls from stream.api_usage where tenant_id = ${globex.tenant.id}`;
    assert.deepEqual([...await acme.ctx.tx((tx) => tx.execute(ofNeighbor))], []);
  });

  await t.step("a new tenant and the application's login see no rows", async () => {
    const initech = await world.company("initech");
    assert.deepEqual(await readUsage(initech), []);
    assert.deepEqual(await world.system.control.select().from(apiUsage), []);
  });

  await t.step("even the role that owns the tenants' tables sees no rows", async () => {
    const rows = await withMigrator(world.services.db, async (tx) => {
      const { ownerRole } = await readInstallation(tx);
      await runScript(tx, `set local role ${ownerRole}`);
      return await tx.execute(sql`select * from stream.api_usage`);
    });
    assert.deepEqual([...rows], []);
  });

  const day = "'2026-03-02'";
  const ways = [
    `insert into stream.api_usage values ('${acme.tenant.id}', '2026-03-03', 1)`,
    "update stream.api_usage set calls = 0",
    "delete from stream.api_usage",
    `select * from ${PARTITION}`,
    "select * from stream.api_usage_default",
    `insert into ${PARTITION} values ('${acme.tenant.id}', '2026-03-03', 1)`,
    `select stream.add_api_usage(array['${acme.tenant.id}']::uuid[], array[${day}]::date[], array[1]::bigint[])`,
    `select stream.forget_tenant('${globex.tenant.id}')`,
    `select control.tenant_id_of('${globex.tenant.schemaName}')`,
  ];
  for (const statement of ways) {
    await t.step(`a tenant's role can't run: ${statement.slice(0, 60)}`, async () => {
      const trying = acme.ctx.tx((tx) => tx.execute(sql.raw(statement)));
      await assert.rejects(async () => await trying, hasCode("42501"));
    });
  }

  await t.step("the application's login writes only through the functions", async () => {
    const inserting = world.system.control.insert(apiUsage)
      .values({ tenantId: acme.tenant.id, day: "2026-03-03", calls: 1 });
    await assert.rejects(async () => await inserting, hasCode("42501"));
    assert.deepEqual([...await world.system.control.update(apiUsage).set({ calls: 0 }).returning()], []);
    assert.deepEqual([...await world.system.control.execute(sql.raw(`select * from ${PARTITION}`))], []);
  });

  await t.step("nothing changed", async () => {
    assert.deepEqual((await readUsage(acme)).map(({ calls }) => calls), [3]);
    assert.deepEqual((await readUsage(globex)).map(({ calls }) => calls), [5]);
  });
});

Deno.test("S04 a tenant reads only its own API calls, and writes none", async (t) => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  for (const company of [acme, globex, globex]) addCall(world, company);
  await flushCalls(world.services);
  await maintainPartitions(world.services.db, world.clock.now());
  const rowsOf = async ({ ctx }: Company) =>
    await ctx.read((tx) => [tx.select().from(apiRequests), tx.select().from(apiRequestCounts)]);

  const [requests, counts] = await rowsOf(acme);
  assert.deepEqual(requests.map(({ tenantId }) => tenantId), [acme.tenant.id]);
  assert.deepEqual(counts.map(({ tenantId, calls }) => [tenantId, calls]), [[acme.tenant.id, 1]]);
  const none = Array(9).fill("'{}'").join(", ");
  const ways = [
    "insert into stream.api_requests select * from stream.api_requests",
    "update stream.api_requests set status = 200",
    "delete from stream.api_requests",
    "delete from stream.api_request_counts",
    "select * from stream.api_requests_default",
    "select * from stream.api_requests_2026_03_02",
    "select * from stream.api_request_counts_2026_03",
    `select stream.add_api_requests(false, '{${globex.tenant.id}}', ${none}, '{}', '{}', '{}', '{}')`,
    `select stream.add_api_request_counts('{${globex.tenant.id}}', ${none}, '{}')`,
  ];
  for (const statement of ways) {
    await t.step(`a tenant's role can't run: ${statement.slice(0, 60)}`, async () => {
      const trying = acme.ctx.tx((tx) => tx.execute(sql.raw(statement)));
      await assert.rejects(async () => await trying, hasCode("42501"));
    });
  }
  assert.equal((await rowsOf(globex))[0].length, 2);
});

if (serverUrl) {
  Deno.test("S04 indexes find a tenant's API calls, however many others there are", async () => {
    await using world = await World.open();
    const acme = await world.company("acme");
    for (let number = 0; number < 20_000; number++) addCall(world, acme);
    await flushCalls(world.services);
    const globex = await world.company("globex");
    addCall(world, globex);
    await flushCalls(world.services);
    const superuser = new URL(new URL(world.variables.DATABASE_URL!).pathname, serverUrl).href;
    const queries = [
      "select * from stream.api_requests order by at desc, id desc limit 25",
      "select * from stream.api_requests where status >= 500 order by at desc, id desc limit 25",
      `select * from stream.api_requests where actor_id = '${globex.owner.id}' order by at desc, id desc limit 25`,
      `select * from stream.api_requests where at = now() and id = '${globex.owner.id}'`,
      "select sum(calls) from stream.api_request_counts where day >= '2026-03-01' and day <= '2026-03-30'",
    ];

    const plans = await withConnection(superuser, async (admin) => {
      await admin.unsafe(`analyze stream.api_requests; set role ${globex.tenant.schemaName}`);
      return await Promise.all(queries.map((query) => admin.unsafe(`explain ${query}`)));
    });

    for (const plan of plans) {
      assert.match(JSON.stringify(plan), /Index/);
      assert.doesNotMatch(JSON.stringify(plan), /Seq Scan/);
    }
  });

  Deno.test("S04 an index finds a tenant's rows, however many others there are", async () => {
    await using world = await World.open();
    const acme = await world.company("acme");
    await world.system.control.execute(sql`
      select stream.add_api_usage(array_agg(gen_random_uuid()), array_agg(date '2026-03-02'), array_agg(1::bigint))
      from generate_series(1, 20000)`);
    const superuser = new URL(new URL(world.variables.DATABASE_URL!).pathname, serverUrl).href;

    const plan = await withConnection(superuser, async (admin) => {
      await admin.unsafe(`analyze stream.api_usage; set role ${acme.tenant.schemaName}`);
      return await admin.unsafe("explain select sum(calls) from stream.api_usage where day >= '2026-03-01'");
    });

    assert.match(JSON.stringify(plan), /Index (Only )?(Cond|Scan)[^"]*(tenant_id|pkey)/);
    assert.doesNotMatch(JSON.stringify(plan), /Seq Scan/);
  });

  Deno.test("a query sees every row while rows move to their partition", async () => {
    await using world = await World.open();
    const acme = await world.company("acme");
    const months = ["2026-04", "2026-05", "2026-06", "2026-07", "2026-08", "2026-09"];
    for (const month of months) await world.apiCalls(acme, `${month}-02`, 3);

    const reads: number[] = [];
    let moving = true;
    const readers = [1, 2, 3].map(async () => {
      while (moving) reads.push((await readUsage(acme)).length);
    });
    for (const month of months) {
      await maintainPartitions(world.services.db, new Date(`${month}-01T00:00:00Z`));
    }
    moving = false;
    await Promise.all(readers);

    assert.ok(reads.length > months.length);
    assert.deepEqual(reads, reads.map(() => months.length));
  });

  Deno.test("S04 with a separate login for migrations, partitions are created and dropped, and the application writes", async () => {
    const logins = await openSplitLogins();
    const { variables } = logins;
    try {
      const migrated = await cli(variables, "db", "migrate");
      await using server = await ServerProcess.start({ ...variables, TENANT_POOL_SIZE: "1" });
      await server.ready();
      await until(async () => (await partitionsOf(logins)).length > 0);
      const tenant = crypto.randomUUID();
      const add =
        `select stream.add_api_usage(array['${tenant}']::uuid[], array[current_date], array[2]::bigint[])`;
      await logins.asApplication(add);
      const seen = await logins.asApplication("select * from stream.api_usage");
      const owners = await logins.query(
        "select distinct tableowner from pg_tables where schemaname = 'stream'",
      );

      assert.equal(migrated.code, 0, migrated.stderr);
      assert.deepEqual(seen, []);
      assert.deepEqual(owners, [{ tableowner: logins.migratorName }]);
      assert.deepEqual(await logins.query("select calls::int, tenant_id from stream.api_usage"), [
        { calls: 2, tenant_id: tenant },
      ]);
      for (
        const statement of [
          `select stream.forget_tenant('${tenant}')`,
          `insert into stream.api_usage values ('${tenant}', current_date, 1)`,
          "delete from stream.api_usage",
          "alter table stream.api_usage no force row level security",
          "select * from stream.api_usage_default",
          "create table stream.mine (id int)",
        ]
      ) await assert.rejects(logins.asApplication(statement), /permission denied|must be owner/, statement);
      assert.equal((await cli(variables, "config", "check")).code, 0);
    } finally {
      await logins.close();
    }
  });
}

Deno.test("config check and drift detection find every change that exposes a tenant's rows to others", async (t) => {
  const breaks: [string, string, RegExp][] = [
    [
      "row security that isn't forced",
      "alter table stream.api_usage no force row level security",
      /lacks table api_usage: row security forced/,
    ],
    [
      "another policy",
      "create policy everything on stream.api_usage for select using (true)",
      /has policy api_usage\.everything: select to public using true/,
    ],
    [
      "write access for tenants",
      "grant insert on stream.api_usage to public",
      /has privilege public: INSERT on api_usage/,
    ],
    [
      "a partition that everyone can read",
      "grant select on stream.api_usage_default to public",
      /has privilege public: SELECT on api_usage_default/,
    ],
    [
      "a partition without row security",
      "alter table stream.api_usage_default disable row level security",
      /has table api_usage_default: row security not forced/,
    ],
  ];
  for (const [name, script, expected] of breaks) {
    await t.step(name, async () => {
      await using world = await World.open();
      const { db } = world.services;
      assert.deepEqual(await findDrift(db), []);
      await withMigrator(db, (tx) => runScript(tx, script));

      const finding = (await inspectDatabase(db, { mustBeHardened: true }))
        .find(({ check }) => check === "database: stream")!;
      const [drift] = await findDrift(db);

      assert.equal(finding.status, "fail");
      assert.match(finding.detail, expected);
      assert.equal(drift!.schema, "stream");
    });
  }
});

Deno.test("db repair restores the writer of shared tables", async () => {
  await using world = await World.open();
  const { db } = world.services;
  const acme = await world.company("acme");
  await withMigrator(
    db,
    (tx) => runScript(tx, "drop policy writer on stream.api_usage"),
  );
  const broken = await withMigrator(
    db,
    async (tx) => await hasStreamWriter(tx, (await readInstallation(tx)).login),
  );

  const repairs = await repairRoles(db, { dryRun: false });
  await world.apiCalls(acme, "2026-03-02", 1);

  assert.equal(broken, false);
  assert.deepEqual(repairs.map(({ target }) => target), ["stream"]);
  assert.deepEqual((await readUsage(acme)).map(({ calls }) => calls), [1]);
  assert.deepEqual(await findDrift(db), []);
});

async function partitionsOf(logins: SplitLogins): Promise<unknown[]> {
  return await logins.query(
    "select relname from pg_class where relnamespace = 'stream'::regnamespace and relname ~ '_20[0-9_]+$' and relkind = 'r'",
  );
}

async function readUsage({ ctx }: Company) {
  const [rows] = await ctx.read((tx) => [tx.select().from(apiUsage)]);
  return rows;
}

function hasCode(code: string) {
  return (error: Error & { cause?: { code?: string; message: string } }) => {
    assert.equal(error.cause?.code, code, error.cause?.message ?? error.message);
    return true;
  };
}
