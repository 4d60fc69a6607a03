import assert from "node:assert/strict";
import { eq, sql } from "drizzle-orm";
import { controlMigrations, tenantMigrations } from "../../db/control/schema.ts";
import { migrate, migrationStatus } from "../../db/migrate.ts";
import { ownerRole } from "../../db/provision.ts";
import { resetDatabase } from "../../db/reset.ts";
import { runScript } from "../../db/transaction.ts";
import { withControl } from "../../db/with_tenant.ts";
import { createProject, listProjects, projectQuery } from "../../src/projects/projects.ts";
import { type Company, World } from "../support/world.ts";

/** Protects: schemas come to the newest version once, whoever migrates, and a database that doesn't fit is left alone. */

Deno.test("an empty database is migrated, and a second time there is nothing to do", async () => {
  await using world = await World.open();
  const { db } = world.services;
  await resetDatabase(db);

  const first = await migrate(db);
  const second = await migrate(db);

  assert.ok(first.control.length > 0);
  assert.deepEqual(second, { control: [], tenants: [] });
});

Deno.test("of several who migrate an empty database at once, each step is done once", async () => {
  await using world = await World.open();
  const { db } = world.services;
  await resetDatabase(db);

  const reports = await Promise.all([migrate(db), migrate(db), migrate(db)]);

  const { control } = await migrationStatus(db);
  assert.deepEqual(
    reports.flatMap((report) => report.control).sort(),
    control.map(({ version }) => version).sort(),
  );
});

Deno.test("a tenant whose schema is behind is brought forward, and no other is touched", async () => {
  await using world = await World.open();
  const behind = await world.company("behind");
  const current = await world.company("current");
  await createProject(current.ctx, { name: "Untouched", description: "", status: "active" });
  await setBack(world, behind);

  const status = await migrationStatus(world.services.db);
  const { tenants } = await migrate(world.services.db);
  await createProject(behind.ctx, { name: "After", description: "", status: "active" });

  assert.deepEqual(status.tenants.map(({ subdomain, pending }) => [subdomain, pending > 0]), [[
    "behind",
    true,
  ], ["current", false]]);
  assert.deepEqual(tenants.map(({ subdomain }) => subdomain), ["behind"]);
  const listed = await listProjects(current.ctx, projectQuery.parse({}));
  assert.deepEqual(listed.items.map(({ name }) => name), ["Untouched"]);
});

Deno.test("a database that is newer than the code is refused, and nothing is changed", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.system.control.insert(controlMigrations).values({ version: "9999_future", checksum: "x" });
  await setBack(world, acme);

  await assert.rejects(migrate(world.services.db), /control has migration 9999_future.*Run newer code/);

  assert.deepEqual(await appliedTo(world, acme), []);
});

Deno.test("a migration that was changed after it was applied is refused", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.system.control.update(tenantMigrations).set({ checksum: "another" }).where(
    eq(tenantMigrations.tenantId, acme.tenant.id),
  );
  await world.system.control.insert(tenantMigrations).values({
    tenantId: acme.tenant.id,
    version: "9999_extra",
    checksum: "x",
  });

  await assert.rejects(migrate(world.services.db), /was changed after it was applied to acme/);
});

/** The tenant as it was before its first migration: no tables, nothing in the ledger. */
async function setBack(world: World, { tenant }: Company): Promise<void> {
  await withControl(world.services.db, async (tx) => {
    const { schemaName } = tenant;
    const tables = await tx.execute(
      sql`select tablename as name from pg_tables where schemaname = ${schemaName}`,
    );
    const drops = tables.map(({ name }) => `drop table ${schemaName}."${name}" cascade`).join(";");
    await runScript(tx, `set local role ${await ownerRole(tx)}; ${drops}; set local role none`);
    await tx.delete(tenantMigrations).where(eq(tenantMigrations.tenantId, tenant.id));
  });
}

async function appliedTo(world: World, { tenant }: Company) {
  return await world.system.control.select().from(tenantMigrations).where(
    eq(tenantMigrations.tenantId, tenant.id),
  );
}
