import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { runScript } from "../../db/connection/transaction.ts";
import { findDrift } from "../../db/migration/drift.ts";
import { inspectDatabase } from "../../db/migration/inspect.ts";
import { readInstallation, withMigrator } from "../../db/migration/migrator.ts";
import { provisionSchema } from "../../db/migration/provision.ts";
import { repairRoles } from "../../db/migration/repair.ts";
import { describeProblems, findRoleProblems } from "../../db/migration/roles.ts";
import { projects } from "../../db/tenant/schema/projects.ts";
import { createProject } from "../../src/projects/projects.ts";
import { deleteTenant } from "../../src/tenancy/deletion.ts";
import { Browser } from "../support/browser.ts";
import { serverUrl } from "../support/database.ts";
import { cli, ServerProcess } from "../support/process.ts";
import { withConnection } from "../support/split_logins.ts";
import { type Company, World } from "../support/world.ts";

/**
 * Protects: if a dump was restored without roles, `config check` and the server say so, and `db repair` recreates the roles
 * with their ownership and privileges.
 */

Deno.test("a dropped role is found and recreated with its privileges", async (t) => {
  await using world = await World.open();
  const { db } = world.services;
  const acme = await world.company("acme");
  const ready = await provisionSchema(db);
  await createProject(acme.ctx, { name: "Kept", description: "", status: "active" });
  const readProjects = () => acme.ctx.read((tx) => [tx.select({ name: projects.name }).from(projects)]);
  await dropRole(world, acme.tenant.schemaName);

  await t.step("its workspace can't be read, and config check names the role", async () => {
    const findings = await inspectDatabase(db, { mustBeHardened: false });
    const roles = findings.find(({ check }) => check === "database: roles")!;
    await assert.rejects(readProjects());
    assert.deepEqual(await findRoleProblems(db), [{ role: acme.tenant.schemaName, problem: "missing" }]);
    assert.equal(roles.status, "fail");
    assert.match(roles.detail, /^tenant_\w+ is missing\. Run: denizen db repair$/);
  });

  await t.step("a dry run prints the SQL and changes nothing", async () => {
    const planned = await repairRoles(db, { dryRun: true });
    assert.deepEqual(planned.map(({ target }) => target), ["roles", acme.tenant.schemaName]);
    assert.match(planned[0]!.sql, /^create role tenant_\w+ nologin;\ngrant tenant_/);
    assert.equal((await findRoleProblems(db)).length, 1);
  });

  await t.step("the repaired database matches the migrations, and the repair can be repeated", async () => {
    await repairRoles(db, { dryRun: false });
    assert.deepEqual(await findRoleProblems(db), []);
    assert.deepEqual(await findDrift(db), []);
    assert.deepEqual(await readProjects(), [[{ name: "Kept" }]]);
    assert.deepEqual(await repairRoles(db, { dryRun: false }), []);
  });

  await t.step("tables keep the privileges of the tenant's role", async () => {
    const rewriting = acme.ctx.tx((tx) => tx.execute(sql`update audit_log set actor_name = 'nobody'`));
    await assert.rejects(async () => await rewriting, (error: Error) => /denied/.test(String(error.cause)));
    await assert.rejects(acme.ctx.tx((tx) => tx.execute(sql.raw(`select * from ${ready}.projects`))));
  });
});

Deno.test("long lists of missing roles are shortened and show the total", () => {
  const problems = ["a", "b", "c", "d", "e"].map((role) => ({ role, problem: "missing" as const }));

  assert.equal(
    describeProblems(problems),
    "a is missing, b is missing, c is missing, and 2 more. Run: denizen db repair",
  );
});

if (serverUrl) {
  Deno.test("a database can be restored without any of its roles", async (t) => {
    await using world = await World.open({}, { ownRoles: true });
    const acme = await world.company("acme");
    const globex = await world.company("globex");
    await createProject(acme.ctx, { name: "Kept", description: "", status: "active" });
    await provisionSchema(world.services.db);
    const superuser = new URL(new URL(world.variables.DATABASE_URL!).pathname, serverUrl).href;
    await loseAllRoles(world, superuser);
    const form = { name: "Ada", email: "ada@new.example", password: "correct horse battery" };

    await t.step("sign-up returns 503 instead of 500", async () => {
      const page = await new Browser(world.port).post(`http://localhost:${world.port}/signup`, {
        ...form,
        company_name: "New",
        subdomain: "new",
      });
      assert.equal(page.status, 503, page.text);
    });

    await t.step("the start, db status and db migrate name the roles, and config check fails", async () => {
      await using server = await ServerProcess.start({ ...world.variables, TENANT_POOL_SIZE: "0" });
      await server.ready();
      const { stderr } = await server.stop();
      const status = await cli(world.variables, "db", "status");
      const migrate = await cli(world.variables, "db", "migrate");
      const check = await cli(world.variables, "config", "check");
      const named = /is missing, tenant_\w+ is missing.*denizen db repair/;
      assert.match(stderr, named);
      assert.match(status.stderr, named);
      assert.match(migrate.stderr, named);
      assert.match(check.stdout, named);
      assert.equal(check.code, 1);
    });

    await t.step(
      "the application's login can't take over a superuser's tables, and says who can",
      async () => {
        const { code, stderr } = await cli(world.variables, "db", "repair");
        assert.equal(code, 1);
        assert.match(stderr, /Run it once with a superuser's address in MIGRATION_DATABASE_URL/);
      },
    );

    await t.step("a superuser's repair restores everything", async () => {
      const variables = { ...world.variables, MIGRATION_DATABASE_URL: superuser };
      const { code, stdout, stderr } = await cli(variables, "db", "repair", "--json");
      assert.equal(code, 0, stderr);
      assert.equal(
        JSON.parse(stdout).repaired.length,
        6,
        "the roles, each of three schemas, the audit log, and the writer of stream",
      );
      assert.deepEqual(await findDrift(world.services.db), []);
      assert.equal((await cli(world.variables, "config", "check")).code, 0);
      assert.deepEqual(await acme.ctx.read((tx) => [tx.select({ name: projects.name }).from(projects)]), [
        [{ name: "Kept" }],
      ]);
      await createProject(acme.ctx, { name: "New", description: "", status: "active" });
      await world.apiCalls(acme, "2026-03-02", 1);
    });

    await t.step("the application's login can create and delete tenants again", async () => {
      const { tenant } = await world.company("initech");
      await deleteTenant(world.system, tenant.id);
      await deleteTenant(world.system, globex.tenant.id);
      assert.deepEqual(await findRoleProblems(world.services.db), []);
    });
  });
}

/** Drops the role manually, without a superuser. */
async function dropRole(world: World, role: Company["tenant"]["schemaName"]): Promise<void> {
  await world.asOwner(
    `alter default privileges in schema ${role} revoke all on tables from ${role};
    revoke all on all tables in schema ${role} from ${role}; revoke all on all functions in schema ${role} from ${role};
    revoke all on schema ${role} from ${role}`,
  );
  await withMigrator(world.services.db, (tx) => runScript(tx, `drop role ${role}`));
}

/** The state after a superuser's restore on a server that has the login but no other role. */
async function loseAllRoles(world: World, superuser: string): Promise<void> {
  const { ownerRole } = await withMigrator(world.services.db, readInstallation);
  const schemas = await world.system.control.execute<{ name: string }>(
    sql`select name from control.tenant_schemas`,
  );
  await withConnection(superuser, async (admin) => {
    await admin.unsafe(`reassign owned by ${ownerRole} to current_user`);
    for (const role of [ownerRole, ...schemas.map(({ name }) => name)]) {
      await admin.unsafe(`drop owned by ${role}; drop role ${role}`);
    }
  });
}
