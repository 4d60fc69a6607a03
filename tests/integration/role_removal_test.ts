import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { runScript } from "../../db/connection/transaction.ts";
import { withMigrator } from "../../db/migration/migrator.ts";
import { deleteTenant } from "../../src/tenancy/deletion.ts";
import { HAS_ONE_BACKEND, loginUrl, serverUrl } from "../support/database.ts";
import { withConnection } from "../support/split_logins.ts";
import { type Company, World } from "../support/world.ts";

/** Protects: a tenant can always be deleted, whatever its role created and whatever else uses the role. */

Deno.test("a tenant whose role created large objects is deleted with all of them", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await openLargeObjects(world);
  await acme.ctx.tx((tx) =>
    tx.execute(sql`select lo_from_bytea(0, 'left behind') from generate_series(1, 1100)`)
  );

  await deleteTenant(world.system, acme.tenant.id);

  assert.deepEqual(await leftOf(world, acme), { tenants: 0, schemas: 0, roles: 0, objects: 0 });
});

Deno.test({
  name:
    "a tenant is deleted even if a database copy uses its role, and the role is dropped when the copy is gone",
  ignore: HAS_ONE_BACKEND,
  fn: async () => {
    await using world = await World.open();
    const [acme, globex] = [await world.company("acme"), await world.company("globex")];
    const copy = await copyOf(world);
    await deleteTenant(world.system, acme.tenant.id);
    const atOnce = await leftOf(world, acme);
    await world.upkeep();
    const whileCopied = await leftOf(world, acme);
    const inCopy = await withConnection(copy.url, async (session) => {
      await session.unsafe(`begin; set local role ${acme.tenant.schemaName}`);
      const rows = await session.unsafe(
        `select count(*)::int as lines from ${acme.tenant.schemaName}.audit_log`,
      );
      await session.unsafe("rollback");
      return rows[0]!.lines;
    });

    await copy.drop();
    await world.upkeep();

    assert.deepEqual(atOnce, { tenants: 0, schemas: 0, roles: 1, objects: 0 });
    assert.deepEqual(whileCopied, atOnce);
    assert.equal(inCopy, 1);
    assert.deepEqual(await leftOf(world, acme), { tenants: 0, schemas: 0, roles: 0, objects: 0 });
    assert.equal((await leftOf(world, globex)).roles, 1);
  },
});

/** Restores the privileges of an unhardened server. */
async function openLargeObjects({ services, variables }: World): Promise<void> {
  const grant = "grant execute on function lo_from_bytea(oid, bytea) to public";
  if (!serverUrl) {
    const script = `set local session authorization postgres; ${grant}`;
    return await withMigrator(services.db, (tx) => runScript(tx, script));
  }
  const { pathname } = new URL(variables.DATABASE_URL!);
  await withConnection(Object.assign(new URL(serverUrl), { pathname }).href, (admin) => admin.unsafe(grant));
}

/** Everything that remains of a tenant in the database, including its role's large objects. */
async function leftOf({ system }: World, { tenant }: Company) {
  const [row] = await system.control.execute(sql`select
    (select count(*)::int from control.tenants where id = ${tenant.id}) as tenants,
    (select count(*)::int from pg_namespace where nspname = ${tenant.schemaName}) as schemas,
    (select count(*)::int from pg_roles where rolname = ${tenant.schemaName}) as roles,
    (select count(*)::int from pg_largeobject_metadata) as objects`);
  return { ...row };
}

/** A copy of the world's database on the same server, like a restored backup. */
async function copyOf(world: World) {
  const original = new URL(world.variables.DATABASE_URL!).pathname.slice(1);
  const name = `${original}_copy`;
  await world.cutConnections();
  await withConnection(serverUrl!, (admin) => admin.unsafe(`create database ${name} template ${original}`));
  return {
    url: Object.assign(new URL(loginUrl!), { pathname: `/${name}` }).href,
    drop: () => withConnection(serverUrl!, (admin) => admin.unsafe(`drop database ${name} with (force)`)),
  };
}
