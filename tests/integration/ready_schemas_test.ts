import { like, sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { runScript } from "../../db/connection/transaction.ts";
import { readyRoles, tenantSchemas } from "../../db/control/schema/installation.ts";
import { withMigrator } from "../../db/migration/migrator.ts";
import { countReadySchemas, provisionSchema } from "../../db/migration/provision.ts";
import { createTenant, newTenant } from "../../src/tenancy/tenants.ts";
import { UPKEEP } from "../../src/tenancy/upkeep.ts";
import { type Company, World } from "../support/world.ts";

/** Protects: ready schemas wait for the next tenants, each is claimed once, and sign-up works without them. */

const WITHOUT_SCHEMAS = { readySchemas: false };
/** Enough that no sign-up waits for another one's connection. */
const CONNECTIONS_FOR_ALL = 60;

Deno.test("a server keeps TENANT_POOL_SIZE schemas ready and replaces claimed ones", async () => {
  await using world = await World.open({ TENANT_POOL_SIZE: "3" });
  const { db } = world.services;
  const upkeep = world.services.use(UPKEEP);
  upkeep.start(world.services);
  await upkeep.idle();
  const atFirst = await countReadySchemas(db);

  const names = [await world.company("acme"), await world.company("globex")].map(schemaOf);
  await upkeep.idle();

  assert.equal(atFirst, 3);
  assert.equal(new Set(names).size, 2);
  assert.equal(await countReadySchemas(db), 3);
});

Deno.test("many sign-ups at once each get their own schema, ready or new", async () => {
  await using world = await World.open({}, { ...WITHOUT_SCHEMAS, connections: CONNECTIONS_FOR_ALL });
  const owner = await world.user("ada@acme.example");
  for (let number = 0; number < 5; number++) await provisionSchema(world.services.db);

  const tenants = await Promise.all(Array.from({ length: 10 }, (_, place) => {
    const wanted = newTenant.parse({ name: "Company", subdomain: `company-${place}` });
    return createTenant(world.system, wanted, () => Promise.resolve(owner));
  }));

  assert.equal(new Set(tenants.map(({ schemaName }) => schemaName)).size, 10);
  assert.deepEqual(await world.countAll(), {
    users: 1,
    tenants: 10,
    memberships: 10,
    schemas: 10,
    strays: 0,
  });
});

Deno.test("a failed sign-up returns its schema to the pool", async () => {
  await using world = await World.open({}, WITHOUT_SCHEMAS);
  await provisionSchema(world.services.db);
  const wanted = newTenant.parse({ name: "Acme", subdomain: "acme" });

  await assert.rejects(
    createTenant(world.system, wanted, () => Promise.reject(new Error("no owner"))),
    /no owner/,
  );

  assert.equal(await countReadySchemas(world.services.db), 1);
});

Deno.test("a ready schema that was dropped by hand is skipped and forgotten", async () => {
  await using world = await World.open({}, WITHOUT_SCHEMAS);
  const { db } = world.services;
  const [one, other] = [await provisionSchema(db), await provisionSchema(db)];
  await world.asOwner(`drop schema ${one} cascade; drop schema ${other} cascade`);
  await withMigrator(db, (tx) => runScript(tx, `drop role ${other}`));

  const acme = await world.company("acme");
  await world.upkeep();

  assert.notEqual(schemaOf(acme), one);
  assert.notEqual(schemaOf(acme), other);
  const left = await world.system.control.select({ name: tenantSchemas.name }).from(tenantSchemas);
  assert.deepEqual(left.map(({ name }) => name), [schemaOf(acme)]);
  assert.deepEqual(await world.countAll(), { users: 1, tenants: 1, memberships: 1, schemas: 1, strays: 0 });
});

Deno.test("a schema whose migration failed is not claimed", async () => {
  await using world = await World.open({}, WITHOUT_SCHEMAS);
  const broken = await provisionSchema(world.services.db);
  await world.system.control.update(tenantSchemas).set({ failure: "It broke.", failedAt: sql`now()` });

  const acme = await world.company("acme");

  assert.notEqual(schemaOf(acme), broken);
});

Deno.test("with many tenants, roles are created ahead, in batches of a hundredth of the schemas", async () => {
  await using world = await World.open({}, WITHOUT_SCHEMAS);
  const { db } = world.services;
  await world.system.control.execute(
    sql`insert into ${tenantSchemas} (name, version, checksum, migrated_at, claimed_at)
    select 'elsewhere_' || n, '0000', '', now(), now() from generate_series(1, 300) n`,
  );

  const made: number[] = [];
  for (let number = 0; number < 5; number++) {
    const before = await countRoles(world);
    await provisionSchema(db);
    made.push(await countRoles(world) - before);
  }

  assert.deepEqual(made, [4, 0, 0, 0, 4]);
  assert.deepEqual((await world.countAll()).strays, 0);
});

/** The installation's roles: those of its schemas, and the ready ones. */
async function countRoles({ system: { control } }: World): Promise<number> {
  return await control.$count(tenantSchemas, like(tenantSchemas.name, "tenant\\_%")) +
    await control.$count(readyRoles);
}

function schemaOf({ tenant }: Company): string {
  return tenant.schemaName;
}
