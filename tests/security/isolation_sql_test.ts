import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { projects } from "../../db/tenant/schema/projects.ts";
import type { TenantContext } from "../../src/context.ts";
import { createProject } from "../../src/projects/projects.ts";
import { loginUrl, serverUrl } from "../support/database.ts";
import { withConnection } from "../support/split_logins.ts";
import { World } from "../support/world.ts";

/** Protects: SQL in a tenant's transaction reaches only that tenant's schema (S04). */

Deno.test("S04 SQL in a tenant's transaction can't reach another tenant, control, or another role", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const globex = await world.company("globex");
  const neighbor = globex.tenant.schemaName;
  const refused = "42501"; // insufficient_privilege

  const ways: [string, string, string | RegExp][] = [
    ["reads a neighbor's table", `select * from ${neighbor}.projects`, refused],
    [
      "writes a neighbor's table",
      `insert into ${neighbor}.daily_metrics values (now(), 'members', 1)`,
      refused,
    ],
    ["reads users", "select * from control.users", refused],
    ["reads password hashes by a subquery", "select (select max(password_hash) from control.users)", refused],
    ["sets the role by set_config", `select set_config('role', '${neighbor}', true)`, refused],
    [
      "sets the role in a CTE",
      `with x as (select set_config('role', '${neighbor}', true)) select * from x`,
      refused,
    ],
    ["sets the search_path by set_config", `select set_config('search_path', '${neighbor}', true)`, refused],
    [
      "sets the role by pg_settings",
      `update pg_settings set setting = '${neighbor}' where name = 'role'`,
      refused,
    ],
    [
      "sets the role by query_to_xml",
      `select query_to_xml('set role ${neighbor}', true, true, '')`,
      /not allowed/,
    ],
    [
      "reads a neighbor by query_to_xml",
      `select query_to_xml('select * from ${neighbor}.projects', true, true, '')`,
      refused,
    ],
    [
      "reads a neighbor by table_to_xml",
      `select table_to_xml('${neighbor}.projects', true, true, '')`,
      refused,
    ],
    ["reads control by schema_to_xml", `select schema_to_xml('control', true, true, '')`, refused],
    ["leaves a temporary table", "select * into temporary mine from projects", refused],
    ["creates a table", "select * into mine from projects", refused],
    ["rewrites its own audit log", "update audit_log set actor_name = 'nobody'", refused],
    ["deletes from its own audit log", "delete from audit_log", refused],
    ["reads a server's file", "select pg_read_file('postgresql.conf')", refused],
  ];
  for (const [name, statement, expected] of ways) {
    await t.step(name, async () => {
      const outcome = await attempt(acme.ctx, statement);
      if (typeof expected === "string") assert.equal(outcome.code, expected, outcome.message);
      else assert.match(outcome.message, expected);
    });
  }

  for (
    const statement of [
      "set role none",
      "reset role",
      `set local role ${neighbor}`,
      "commit",
      "do $$ begin end $$",
      "copy projects to stdout",
    ]
  ) {
    await t.step(`can't send "${statement}"`, async () => {
      const outcome = await attempt(acme.ctx, statement);
      assert.match(outcome.message, /can only query and change rows/);
    });
  }

  await t.step("two statements in one message are rejected", async () => {
    const outcome = await attempt(acme.ctx, `select 1; set local role ${neighbor}`);
    assert.equal(outcome.code, "42601");
  });
});

if (serverUrl) {
  Deno.test("S04 SQL in a tenant's transaction can't read the queries of the login's other sessions", async () => {
    await using world = await World.open();
    const acme = await world.company("acme");
    const marker = `asked beside ${acme.tenant.schemaName}`;
    const search =
      `select query from pg_stat_activity where query like '%${marker}' and pid <> pg_backend_pid()`;

    const [byTenant, byAdministrator] = await withConnection(loginUrl!, async (beside) => {
      await beside.unsafe(`select 'password' -- ${marker}`);
      return [
        await attempt(acme.ctx, search),
        await withConnection(serverUrl!, (admin) => admin.unsafe(search)),
      ];
    });

    assert.deepEqual(byTenant.rows, [], byTenant.message);
    assert.deepEqual([...byAdministrator], [{ query: `select 'password' -- ${marker}` }]);
  });
}

Deno.test("S04 a transaction sees only its tenant's schema, and afterward its connection sees none", async () => {
  await using world = await World.open({}, { connections: 4 });
  const acme = await world.company("acme");
  const roleAndSchemas =
    sql`select current_user as role, array_to_string(current_schemas(false), ',') as schemas`;

  const [inside] = await acme.ctx.tx((tx) => tx.execute(roleAndSchemas));
  const [afterwards] = await world.system.tx((tx) => tx.execute(roleAndSchemas));

  assert.deepEqual(inside, { role: acme.tenant.schemaName, schemas: acme.tenant.schemaName });
  assert.notEqual(afterwards!.role, acme.tenant.schemaName);
});

Deno.test("S04 after an error in a transaction, the connection is clean for the next tenant", async () => {
  await using world = await World.open({}, { connections: 3 });
  const acme = await world.company("acme");
  const globex = await world.company("globex");
  await createProject(globex.ctx, { name: "Of Globex", description: "", status: "active" });

  await attempt(acme.ctx, "select 1 / 0");
  await assert.rejects(acme.ctx.tx(() => Promise.reject(new Error("changed my mind"))));
  const [role] = await globex.ctx.tx((tx) => tx.execute(sql`select current_user, current_schema()`));
  const found = await globex.ctx.tx((tx) => tx.select({ name: projects.name }).from(projects));

  assert.equal(role!.current_user, globex.tenant.schemaName);
  assert.equal(role!.current_schema, globex.tenant.schemaName);
  assert.deepEqual(found, [{ name: "Of Globex" }]);
});

Deno.test("S04 a transaction handle can't be used after its transaction ends", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");

  const kept = await acme.ctx.tx((tx) => Promise.resolve(() => tx.execute(sql`select 1`)));

  await assert.rejects(async () => await kept(), causeMatches(/transaction has ended/));
});

Deno.test("S04 without a tenant, no tenant tables are visible, and the login can't read any tenant's schema", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");

  const unqualified = world.system.control.select().from(projects);
  const qualified = world.system.control.execute(sql.raw(`select * from ${acme.tenant.schemaName}.projects`));

  await assert.rejects(async () => await unqualified, causeMatches(/does not exist/));
  await assert.rejects(async () => await qualified, causeMatches(/permission denied/));
});

Deno.test("S04 if a tenant's schema was dropped, its queries fail instead of reading another schema", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const gone = {
    ...acme.tenant,
    schemaName: "tenant_aaaaaaaaaaaaaaaaaaaaaaaaaa" as typeof acme.tenant.schemaName,
  };

  const reading = world.acting(gone, acme.owner, "owner").read((tx) => [tx.select().from(projects)]);

  await assert.rejects(reading, /role "tenant_a+" does not exist/);
});

type Outcome = { code?: string; message: string; rows?: unknown[] };

async function attempt(ctx: TenantContext, statement: string): Promise<Outcome> {
  try {
    return { message: "", rows: [...await ctx.tx(async (tx) => await tx.execute(sql.raw(statement)))] };
  } catch (error) {
    const cause = (error as Error).cause as { code?: string; message: string } | undefined;
    return { code: cause?.code, message: cause?.message ?? String(error) };
  }
}

function causeMatches(pattern: RegExp) {
  return (error: unknown) => pattern.test(String((error as Error).cause ?? error));
}
