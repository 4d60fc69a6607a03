import { eq, sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { pause } from "../../db/connection/retry.ts";
import { runScript } from "../../db/connection/transaction.ts";
import { controlMigrations, tenantSchemas } from "../../db/control/schema/installation.ts";
import { findBehind } from "../../db/migration/behind.ts";
import { findDrift } from "../../db/migration/drift.ts";
import { type FleetReport, migrateFleet } from "../../db/migration/fleet.ts";
import { migrate, pendingControlMigrations } from "../../db/migration/migrate.ts";
import { migrationStatus, planMigration } from "../../db/migration/migration_status.ts";
import { readMigrations } from "../../db/migration/migrations.ts";
import { readInstallation, withMigrator } from "../../db/migration/migrator.ts";
import { countReadySchemas, provisionSchema } from "../../db/migration/provision.ts";
import { resetDatabase } from "../../db/migration/reset.ts";
import type { SchemaName } from "../../db/tenant/schema_name.ts";
import { createProject, listProjects, PROJECT_LIST } from "../../src/projects/projects.ts";
import { HAS_ONE_BACKEND } from "../support/database.ts";
import { becomeLaterVersion, following } from "../support/later_version.ts";
import { type Company, World } from "../support/world.ts";

/** Protects: each migration runs once in every schema, whichever process migrates it, and an incompatible database isn't changed. */

const WITHOUT_SCHEMAS = { readySchemas: false };

const NEWEST = (await readMigrations("tenant")).at(-1)!.version;
const NOTHING: FleetReport = { migrated: 0, failed: [], left: 0, stopped: null };

/** Enough that no run waits for another one's connection. */
const CONNECTIONS_FOR_EACH_RUN = 24;

Deno.test("an empty database is migrated, and a second run has nothing to do", async () => {
  await using world = await World.open({}, WITHOUT_SCHEMAS);
  const { db } = world.services;
  await resetDatabase(db);

  const first = await migrate(db);
  const second = await migrate(db);

  assert.ok(first.control.length > 0);
  assert.deepEqual(second, { control: [], fleet: NOTHING });
});

Deno.test("several migration runs on an empty database at once do each step once", async () => {
  await using world = await World.open({}, { ...WITHOUT_SCHEMAS, connections: CONNECTIONS_FOR_EACH_RUN });
  const { db } = world.services;
  await resetDatabase(db);

  const reports = await Promise.all([migrate(db), migrate(db), migrate(db)]);

  const { control } = await migrationStatus(db);
  assert.deepEqual(
    reports.flatMap((report) => report.control).sort(),
    control.map(({ version }) => version).sort(),
  );
});

Deno.test("an outdated schema is migrated with its data, and no other schema is changed", async () => {
  await using world = await World.open({}, WITHOUT_SCHEMAS);
  const behind = await world.company("behind");
  await createProject(behind.ctx, { name: "Before", description: "", status: "active" });
  using _later = await becomeLaterVersion();
  const current = await world.company("current");
  await createProject(current.ctx, { name: "Untouched", description: "", status: "active" });

  const status = await migrationStatus(world.services.db);
  const { fleet } = await migrate(world.services.db);
  await createProject(behind.ctx, { name: "After", description: "", status: "active" });

  assert.deepEqual(status.laggards.map(({ subdomain }) => subdomain), ["behind"]);
  assert.deepEqual(fleet, { ...NOTHING, migrated: 1 });
  assert.deepEqual(await projectsOf(behind), ["After", "Before"]);
  assert.deepEqual(await projectsOf(current), ["Untouched"]);
});

Deno.test("a migrated schema equals a new one, and drift is reported", async () => {
  await using world = await World.open({}, WITHOUT_SCHEMAS);
  const { db } = world.services;
  const old = await world.company("old");
  using _later = await becomeLaterVersion();
  const changed = await world.company("changed");
  const lost = await world.company("lost");
  await migrate(db);
  const before = await findDrift(db);
  await world.asOwner(
    `alter table ${changed.tenant.schemaName}.projects add column extra text;
    drop index ${changed.tenant.schemaName}.projects_name`,
  );
  await world.asOwner(`drop schema ${lost.tenant.schemaName} cascade`);

  const after = await findDrift(db);

  const byName = new Map(after.map((drift) => [drift.schema, drift]));
  assert.deepEqual(before, []);
  assert.deepEqual(byName.get(lost.tenant.schemaName), {
    schema: lost.tenant.schemaName,
    missing: ["the schema"],
    unexpected: [],
  });
  assert.deepEqual(byName.get(changed.tenant.schemaName)!.unexpected, ["column projects.extra text"]);
  assert.match(byName.get(changed.tenant.schemaName)!.missing.join(), /^index projects_name /);
  assert.equal(byName.has(old.tenant.schemaName), false);
});

Deno.test("one tenant's failure is reported and stops only that tenant; the next run retries it", async () => {
  await using world = await World.open({}, WITHOUT_SCHEMAS);
  const { db } = world.services;
  const companies = await Promise.all(["one", "two", "three"].map((name) => world.company(name)));
  using _later = await becomeLaterVersion();
  const [broken, , dropped] = companies as [Company, Company, Company];
  await world.asOwner(`alter table ${broken.tenant.schemaName}.projects add column color text`);
  await world.asOwner(`drop schema ${dropped.tenant.schemaName} cascade`);

  const { fleet } = await migrate(db, { maxFailures: 1 });
  const { laggards } = await migrationStatus(db);
  await world.asOwner(`alter table ${broken.tenant.schemaName}.projects drop column color`);
  const again = await migrate(db, { maxFailures: 1 });

  assert.equal(fleet.migrated, 1);
  const reasons = new Map(fleet.failed.map(({ schema, reason }) => [schema, reason]));
  assert.match(reasons.get(broken.tenant.schemaName)!, /column "color".*already exists/);
  assert.equal(
    reasons.get(dropped.tenant.schemaName),
    "The schema doesn't exist. Someone dropped it by hand.",
  );
  assert.deepEqual(laggards.map(({ failure }) => failure !== null), [true, true]);
  assert.deepEqual([again.fleet.migrated, again.fleet.failed.length], [1, 1]);
});

Deno.test("a migration that fails everywhere stops after the first wave and leaves the rest", async () => {
  await using world = await World.open({}, WITHOUT_SCHEMAS);
  const { db } = world.services;
  const schemas = [];
  for (let number = 0; number < 14; number++) schemas.push(await provisionSchema(db));
  using _later = await becomeLaterVersion();
  for (const schema of schemas) await world.asOwner(`alter table ${schema}.projects add column color text`);

  const stopped = await migrate(db);
  for (const schema of schemas) await world.asOwner(`alter table ${schema}.projects drop column color`);
  const rest = await migrate(db);

  assert.deepEqual([stopped.fleet.stopped, stopped.fleet.failed.length, stopped.fleet.left], [
    "failures",
    10,
    4,
  ]);
  assert.deepEqual(rest.fleet, { ...NOTHING, migrated: 14 });
});

Deno.test("schemas that failed before are retried last and don't stop the others", async () => {
  await using world = await World.open({}, WITHOUT_SCHEMAS);
  const { db } = world.services;
  const broken = [await provisionSchema(db), await provisionSchema(db)];
  for (const schema of broken) await world.asOwner(`alter table ${schema}.projects add column color text`);
  using _later = await becomeLaterVersion();
  await migrate(db, { maxFailures: 1 });
  await world.company("acme");
  using _evenLater = await becomeLaterVersion(`alter table projects add column size text`);

  const { fleet } = await migrate(db);

  assert.deepEqual([fleet.migrated, fleet.stopped, fleet.left], [1, null, 0]);
  assert.deepEqual(fleet.failed.map(({ schema }) => schema).sort(), broken.sort());
});

Deno.test("a canary counts only tenants, not ready schemas or earlier failures", async () => {
  await using world = await World.open({}, WITHOUT_SCHEMAS);
  const { db } = world.services;
  const companies = [];
  for (const name of ["one", "two", "three"]) companies.push(await world.company(name));
  await provisionSchema(db);
  using _later = await becomeLaterVersion();

  const canary = await migrate(db, { canary: 2 });
  const versions = await Promise.all(companies.map((company) => versionOf(world, company)));
  const rest = await migrate(db);

  assert.deepEqual(canary.fleet, { migrated: 2, failed: [], left: 2, stopped: "canary" });
  assert.equal(versions.filter((version) => version !== NEWEST).length, 2);
  assert.deepEqual(rest.fleet, { ...NOTHING, migrated: 2 });
});

Deno.test({
  name: "a held table lock delays only its own schema, and requests continue",
  // The embedded database runs one transaction at a time, and so does a pooler with one connection.
  ignore: HAS_ONE_BACKEND,
  fn: async () => {
    await using world = await World.open({}, WITHOUT_SCHEMAS);
    const held = await world.company("held");
    using _later = await becomeLaterVersion();
    const token = await world.token(await world.company("other"));
    let release = () => {};
    let isHeld = () => {};
    const holding = new Promise<void>((resolve) => isHeld = resolve);
    const transaction = held.ctx.tx(async (tx) => {
      await tx.execute(sql`select 1 from projects`);
      isHeld();
      await new Promise<void>((resolve) => release = resolve);
    });
    await holding;

    const migrating = migrate(world.services.db);
    await pause(700); // over two waits of 300 ms
    const started = performance.now();
    const meanwhile = await world.api("GET", "/projects", { token });
    const took = performance.now() - started;
    const behindMeanwhile = await versionOf(world, held);
    release();
    await transaction;
    const { fleet } = await migrating;

    assert.equal(behindMeanwhile, NEWEST);
    assert.equal(meanwhile.status, 200);
    assert.ok(took < 1_000, `${took} ms`);
    assert.deepEqual(fleet, { ...NOTHING, migrated: 1 });
  },
});

Deno.test("schemas share a transaction unless the migration requires separate ones", async () => {
  await using world = await World.open({}, WITHOUT_SCHEMAS);
  const { db } = world.services;
  const schemas: SchemaName[] = [];
  for (let number = 0; number < 3; number++) schemas.push(await provisionSchema(db));
  const migrations = await readMigrations("tenant");
  const together = following(migrations, "create table shared as select pg_current_xact_id()::text as id");
  const alone = following(
    [...migrations, together],
    "-- one schema a transaction\ncreate table alone as select pg_current_xact_id()::text as id",
  );
  const transactions = async (table: string) => {
    const ids = new Set<string>();
    for (const schema of schemas) {
      const [row] = await withMigrator(db, async (tx) => {
        const { ownerRole } = await readInstallation(tx);
        await runScript(tx, `set local role ${ownerRole}`);
        return await tx.execute<{ id: string }>(sql.raw(`select id from ${schema}.${table}`));
      });
      ids.add(row!.id);
    }
    return ids.size;
  };

  await migrateFleet(db, { migrations: [...migrations, together] });
  await migrateFleet(db, { migrations: [...migrations, together, alone] });

  assert.equal(await transactions("shared"), 1);
  assert.equal(await transactions("alone"), 3);
});

Deno.test("two runs at once share the schemas: each is migrated once, and both end when all are done", async () => {
  await using world = await World.open({}, WITHOUT_SCHEMAS);
  const { db } = world.services;
  const schemas = [];
  for (let number = 0; number < 24; number++) schemas.push(await provisionSchema(db));
  using _later = await becomeLaterVersion();

  const [one, other] = await Promise.all([
    migrate(db, { concurrency: 1 }),
    migrate(db, { concurrency: 1 }),
  ]);
  const status = await migrationStatus(db);

  assert.equal(one.fleet.migrated + other.fleet.migrated, 24);
  assert.equal(status.behind, 0);
});

Deno.test("ready schemas are migrated first, and outdated ones are never claimed", async () => {
  await using world = await World.open({}, WITHOUT_SCHEMAS);
  const { db } = world.services;
  const claimed = await world.company("claimed");
  const ready = await provisionSchema(db);
  using _later = await becomeLaterVersion();

  const readyBefore = await countReadySchemas(db);
  const behind = await findBehind(db, await readMigrations("tenant"));
  await migrate(db);

  assert.equal(readyBefore, 0);
  assert.deepEqual(behind.map(({ name }) => name), [ready, claimed.tenant.schemaName]);
  assert.equal(await countReadySchemas(db), 1);
});

Deno.test("a dry run prints the SQL and the number of schemas, and changes nothing", async () => {
  await using world = await World.open({}, WITHOUT_SCHEMAS);
  const acme = await world.company("acme");
  using later = await becomeLaterVersion();

  const plan = await planMigration(world.services.db);

  assert.deepEqual(plan.control, []);
  assert.deepEqual(plan.tenants.map(({ from, schemas }) => [from, schemas]), [[NEWEST, 1]]);
  assert.deepEqual(plan.tenants[0]!.migrations.map(({ sql }) => sql), [later.sql]);
  assert.equal(await versionOf(world, acme), NEWEST);
});

Deno.test("a dry run includes the tenants' schemas even if control has pending migrations", async () => {
  await using world = await World.open({}, WITHOUT_SCHEMAS);
  await world.company("acme");
  using _later = await becomeLaterVersion();
  const newest = (await readMigrations("control")).at(-1)!;
  await world.system.control.delete(controlMigrations).where(eq(controlMigrations.version, newest.version));

  const plan = await planMigration(world.services.db);

  assert.deepEqual(plan.control.map(({ version }) => version), [newest.version]);
  assert.deepEqual(plan.tenants.map(({ from, schemas }) => [from, schemas]), [[NEWEST, 1]]);
});

Deno.test("incompatible tenant schemas are found before control is touched", async () => {
  await using world = await World.open({}, WITHOUT_SCHEMAS);
  await world.company("acme");
  await world.system.control.update(tenantSchemas).set({ version: "9999_future" });
  const newest = (await readMigrations("control")).at(-1)!;
  await world.system.control.delete(controlMigrations).where(eq(controlMigrations.version, newest.version));

  await assert.rejects(migrate(world.services.db), /has migration 9999_future.*Run newer code/);

  assert.equal((await pendingControlMigrations(world.services.db)).length, 1);
});

Deno.test("code that is older than the schemas creates no new schemas", async () => {
  await using world = await World.open({}, WITHOUT_SCHEMAS);
  await provisionSchema(world.services.db);
  await world.system.control.update(tenantSchemas).set({ version: "9999_future" });

  await assert.rejects(provisionSchema(world.services.db), /is being updated/);
});

Deno.test("a database that is newer than the code is rejected, and nothing changes", async () => {
  await using world = await World.open({}, WITHOUT_SCHEMAS);
  const [acme, future] = [await world.company("acme"), await world.company("future")];
  using _later = await becomeLaterVersion();
  await world.system.control.update(tenantSchemas).set({ version: "9999_future" }).where(
    eq(tenantSchemas.name, future.tenant.schemaName),
  );
  const newerTenant = migrate(world.services.db);
  await assert.rejects(newerTenant, /has migration 9999_future.*Run newer code/);
  await world.system.control.insert(controlMigrations).values({ version: "9999_future", checksum: "x" });

  await assert.rejects(migrate(world.services.db), /control has migration 9999_future.*Run newer code/);

  assert.equal(await versionOf(world, acme), NEWEST);
});

Deno.test("a migration that was edited after it was applied is rejected", async () => {
  await using world = await World.open({}, WITHOUT_SCHEMAS);
  const acme = await world.company("acme");
  await world.system.control.update(tenantSchemas).set({ checksum: "another" }).where(
    eq(tenantSchemas.name, acme.tenant.schemaName),
  );

  await assert.rejects(migrate(world.services.db), /was changed after it was applied to tenant_/);
});

async function projectsOf({ ctx }: Company): Promise<string[]> {
  const { items } = await listProjects(ctx, PROJECT_LIST.query.parse({ sort: "name" }));
  return items.map(({ name }) => name);
}

async function versionOf(world: World, { tenant }: Company): Promise<string> {
  const [row] = await world.system.control.select({ version: tenantSchemas.version }).from(tenantSchemas)
    .where(sql`name = ${tenant.schemaName}`);
  return row!.version;
}
