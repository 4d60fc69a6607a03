import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { connect } from "../../db/connection/connect.ts";
import { tenantSchemas } from "../../db/control/schema/installation.ts";
import type { TenantId } from "../../db/ids.ts";
import { deleteAuditLines } from "../../db/migration/delete_audit_lines.ts";
import { findDrift } from "../../db/migration/drift.ts";
import { migrationStatus } from "../../db/migration/migration_status.ts";
import { provisionSchema } from "../../db/migration/provision.ts";
import { parseSchemaName } from "../../db/tenant/schema_name.ts";
import { Browser } from "../support/browser.ts";
import { serverUrl } from "../support/database.ts";
import { callApi } from "../support/http.ts";
import { becomeLaterVersion } from "../support/later_version.ts";
import { cli, killedLaterCli, ServerProcess } from "../support/process.ts";
import { openSplitLogins } from "../support/split_logins.ts";
import { World } from "../support/world.ts";

/** Protects: migrations survive being killed, and can use a separate login. Both need a PostgreSQL server. */

const SCHEMAS = 120;

if (serverUrl) {
  Deno.test("a migration killed at any moment loses nothing and repeats nothing", async () => {
    await using world = await World.open();
    const { db } = world.services;
    for (let number = 0; number < SCHEMAS; number++) await provisionSchema(db);
    using later = await becomeLaterVersion();
    const countDone = () => world.system.control.$count(tenantSchemas, sql`version = ${later.version}`);

    const done = [0];
    while (done.at(-1)! < SCHEMAS) {
      const before = done.at(-1)!;
      assert.ok(done.length <= SCHEMAS, "each run makes progress");
      await killedLaterCli(
        world.variables,
        async () => await countDone() > before,
        "db",
        "migrate",
        "--concurrency",
        "1",
      );
      done.push(await countDone());
    }

    assert.ok(done.length > 3, `killed ${done.length - 1} times`);
    assert.deepEqual(done, done.toSorted((one, other) => one - other));
    assert.equal((await migrationStatus(db)).behind, 0);
    assert.deepEqual(await findDrift(db), []);
  });

  Deno.test("of two servers that start with a pending migration, one is killed midway, and both serve in the end", async () => {
    await using world = await World.open();
    const { db } = world.services;
    for (let number = 0; number < SCHEMAS; number++) await provisionSchema(db);
    using later = await becomeLaterVersion();
    const countDone = () => world.system.control.$count(tenantSchemas, sql`version = ${later.version}`);
    const start = () =>
      ServerProcess.start({ ...world.variables, JOBS_ENGINE: "postgres", TENANT_POOL_SIZE: "0" }, "null", {
        script: "tests/support/later_server.ts",
      });
    await using killed = await start();
    await using other = await start();

    while (await countDone() === 0) await new Promise((done) => setTimeout(done, 2));
    await killed.stop("SIGKILL");
    await using restarted = await start();
    await Promise.all([other.ready(), restarted.ready()]);

    assert.equal(await countDone(), SCHEMAS);
    assert.equal((await migrationStatus(db)).behind, 0);
    assert.deepEqual(await findDrift(db), []);
  });

  Deno.test("with a separate login for migrations, the application can't create or change tables", async (t) => {
    const logins = await openSplitLogins();
    const { variables } = logins;
    try {
      await t.step("the migration login creates everything", async () => {
        const { code, stderr } = await cli(variables, "db", "migrate");
        assert.equal(code, 0, stderr);
        const owners = await logins.query(
          "select distinct tableowner from pg_tables where schemaname = 'control'",
        );
        assert.deepEqual(owners, [{ tableowner: logins.migratorName }]);
      });

      await t.step("config check finds that each login has exactly the privileges it needs", async () => {
        const { code, stdout, stderr } = await cli(variables, "config", "check", "--json");
        assert.equal(code, 0, stderr);
        const findings: { check: string; status: string }[] = JSON.parse(stdout);
        const ofDatabase = findings.filter(({ check }) => check.startsWith("database: "));
        assert.ok(ofDatabase.some(({ check }) => check === "database: create role"));
        assert.deepEqual(ofDatabase.filter(({ status }) => status !== "ok"), []);
      });

      await t.step("config check fails if the migration login is the application's", async () => {
        const swapped = { ...variables, MIGRATION_DATABASE_URL: variables.DATABASE_URL };
        const { code, stdout } = await cli(swapped, "config", "check", "--json");
        assert.equal(code, 1);
        const failed = JSON.parse(stdout).filter(({ status }: { status: string }) => status === "fail");
        assert.deepEqual(failed.map(({ check }: { check: string }) => check), [
          "database: create role",
          "database: create schema",
        ]);
      });

      await t.step(
        "a server with both logins signs up companies and serves them with the application's login",
        async () => {
          await using server = await ServerProcess.start({ ...variables, TENANT_POOL_SIZE: "2" });
          await server.ready();
          const account = { email: "ada@acme.example", password: "correct horse battery" };
          const form = { ...account, company_name: "Acme", subdomain: "acme", name: "Ada" };
          const page = await new Browser(server.port).post(`http://localhost:${server.port}/signup`, form);
          const call = { port: server.port, host: `localhost:${server.port}` };
          const { json } = await callApi({
            ...call,
            method: "POST",
            path: "/api/v1/auth/login",
            body: account,
          });
          const made = await callApi({
            ...call,
            method: "POST",
            path: "/api/v1/projects",
            token: json.access_token,
            body: { name: "First" },
          });
          assert.equal(page.status, 200);
          assert.equal(made.status, 201);
        },
      );

      await t.step(
        "old lines of an audit log are deleted, which the application's login can't do",
        async () => {
          const [row] = await logins.query("select id, schema_name from control.tenants");
          const tenant = { id: row!.id as TenantId, schemaName: parseSchemaName(String(row!.schema_name)) };
          const { DATABASE_URL: url, MIGRATION_DATABASE_URL: migrator } = variables;
          const db = connect({ url }, { connections: 2, migrator: { url: migrator } });
          const range = { before: new Date("9999-01-01T00:00:00Z"), upTo: 1, limit: 100 };
          const deleted = await deleteAuditLines(db, tenant, range).finally(() => db.close());

          const removal = `delete from ${tenant.schemaName}.audit_log`;
          assert.equal(deleted, 1);
          await assert.rejects(logins.asApplication(removal), /permission denied/);
          await assert.rejects(
            logins.asApplication(`begin; set local role ${tenant.schemaName}; ${removal}`),
            /permission denied/,
          );
        },
      );

      await t.step(
        "a tenant is permanently deleted, with everything that its role owns and its details in the log",
        async () => {
          const [tenant] = await logins.query("select schema_name from control.tenants");
          const [object] = await logins.query("select lo_from_bytea(0, 'left behind') as oid");
          await logins.query(`alter large object ${object!.oid} owner to ${tenant!.schema_name}`);
          const { code, stderr } = await cli(variables, "tenants", "delete", "acme", "--now", "--yes");
          assert.equal(code, 0, stderr);
          assert.deepEqual(await logins.query("select subdomain from control.tenants"), []);
          assert.deepEqual(await logins.query("select oid from pg_largeobject_metadata"), []);
          assert.deepEqual(
            await logins.query(`select rolname from pg_roles where rolname = '${tenant!.schema_name}'`),
            [],
          );
          assert.deepEqual(
            await logins.query("select subject_name from control.audit_log where subject_name is not null"),
            [],
          );
        },
      );

      for (
        const statement of [
          "create schema mine",
          "create table control.mine (id int)",
          "alter table control.users add column mine text",
          "update control.audit_log set action = 'x'",
          "delete from control.audit_log",
          "insert into control.audit_log (id) values (gen_random_uuid())",
          "insert into control.tenant_jobs values ('tenancy.upkeep', 'cleanup')",
          "drop table control.users",
          "create role other",
        ]
      ) {
        await t.step(`the application can't run: ${statement}`, async () => {
          await assert.rejects(logins.asApplication(statement), /permission denied|must be owner/);
        });
      }
    } finally {
      await logins.close();
    }
  });
}
