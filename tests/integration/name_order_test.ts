import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { projects } from "../../db/tenant/schema/projects.ts";
import { newId } from "../../src/platform/ids.ts";
import { listProjects, PROJECT_LIST } from "../../src/projects/projects.ts";
import { createTenant, newTenant } from "../../src/tenancy/tenants.ts";
import { pageWorkspaces, WORKSPACE_LIST } from "../../src/tenancy/workspaces.ts";
import { type Company, World } from "../support/world.ts";

/** Protects: lists sorted by name are in dictionary order on both databases and use an index. */

const IN_ORDER = [
  ...["Å", "apfel", "Apfel", "Ärger", "B", "Éclair", "Eis", "Øre", "Strasse", "Straße", "Zebra", "жук", "中"],
];

Deno.test("Ä sorts between A and B, lowercase next to uppercase, and other scripts after Latin", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await addProjects(world, acme, [...IN_ORDER].reverse());

  const rising = await listAll(acme, "name");
  const falling = await listAll(acme, "-name");

  assert.deepEqual(rising.slice(0, 4), ["Å", "apfel", "Apfel", "Ärger"]);
  assert.deepEqual(rising, IN_ORDER);
  assert.deepEqual(falling, [...IN_ORDER].reverse());
});

Deno.test("paging through 105 projects with the same name shows each once, in both directions", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const ids = await addProjects(world, acme, Array.from({ length: 105 }, () => "Größe"));

  const pages = { rising: await idsOf(acme, "name"), falling: await idsOf(acme, "-name") };

  assert.deepEqual(pages.rising, ids.sort());
  assert.deepEqual(pages.falling, ids.toReversed());
});

Deno.test("a list of projects sorted by name uses an index, also after a cursor", async () => {
  await using world = await World.open({}, { connections: 3 });
  const acme = await world.company("acme");
  await addProjects(world, acme, Array.from({ length: 3_000 }, (_, number) => `Ä ${number}`));
  await world.asOwner(`analyze ${acme.tenant.schemaName}.projects`);

  const query = PROJECT_LIST.query.parse({ sort: "name", limit: 20 });
  const { nextCursor } = await listProjects(acme.ctx, query);
  await listProjects(acme.ctx, { ...query, cursor: nextCursor! });

  await acme.ctx.tx((tx) => tx.execute(sql`select pg_stat_force_next_flush()`));
  const [index] = await acme.ctx.tx((tx) =>
    tx.execute(sql`select idx_scan::int as scans, idx_tup_read::int as rows from pg_stat_user_indexes
      where schemaname = current_schema() and indexrelname = 'projects_name'`)
  );
  assert.equal(index!.scans, 2);
  assert.ok(Number(index!.rows) <= 2 * 21 + 2, `${index!.rows} rows were read`);
});

Deno.test("workspaces are in the same order on every page", async () => {
  await using world = await World.open();
  const user = await world.user("ada@example.com");
  for (const [place, name] of ["Zoo", "Ärger", "beta", "Alpha"].entries()) {
    const wanted = newTenant.parse({ name, subdomain: `company-${place}` });
    await createTenant(world.system, wanted, () => Promise.resolve(user));
  }

  const query = WORKSPACE_LIST.query.parse({ limit: 2 });
  const first = await pageWorkspaces(world.system, user, query);
  const second = await pageWorkspaces(world.system, user, { ...query, cursor: first.nextCursor! });

  const listed = [...first.items, ...second.items].map(({ tenant }) => tenant.name);
  assert.deepEqual(listed, ["Alpha", "Ärger", "beta", "Zoo"]);
  assert.equal(second.nextCursor, null);
});

async function addProjects(world: World, { ctx, owner }: Company, names: string[]): Promise<string[]> {
  const now = world.clock.now();
  const rows = names.map((name) => ({
    id: newId(),
    name,
    ownerId: owner.id,
    createdAt: now,
    updatedAt: now,
  }));
  await ctx.tx((tx) => tx.insert(projects).values(rows));
  return rows.map(({ id }) => id);
}

async function listAll(company: Company, sort: string): Promise<string[]> {
  return (await pagesOf(company, sort)).map(({ name }) => name);
}

async function idsOf(company: Company, sort: string): Promise<string[]> {
  return (await pagesOf(company, sort)).map(({ id }) => id);
}

async function pagesOf({ ctx }: Company, sort: string) {
  const items = [];
  for (let cursor: string | undefined, more = true; more;) {
    const page = await listProjects(ctx, PROJECT_LIST.query.parse({ sort, limit: 4, cursor }));
    items.push(...page.items);
    more = page.nextCursor !== null;
    cursor = page.nextCursor ?? undefined;
  }
  return items;
}
