import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { tenants } from "../../db/control/schema/tenants.ts";
import { users } from "../../db/control/schema/users.ts";
import { readMigrations } from "../../db/migration/migrations.ts";
import { withMigrator } from "../../db/migration/migrator.ts";
import { projects } from "../../db/tenant/schema/projects.ts";
import { runScript } from "../../db/connection/transaction.ts";
import { newId } from "../../src/platform/ids.ts";
import { listTenants, tenantQuery } from "../../src/tenancy/tenants.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: a text is found however its letters were typed, composed (NFC) or decomposed (NFD). */

const COMPOSED = "Caf\u00e9";
const DECOMPOSED = "Cafe\u0301";

Deno.test("projects and workspaces are stored composed, and found by either form", async () => {
  await using world = await World.open();
  const company = await world.company("acme", `${DECOMPOSED} Robotics`);
  const token = await world.token(company);
  const body = { name: DECOMPOSED, description: `The ${DECOMPOSED}` };

  const { json } = await world.api("POST", "/projects", { token, body });
  const found = async (search: string) => [
    (await world.api("GET", `/projects?search=${encodeURIComponent(search)}`, { token })).json.data.length,
    (await listTenants(world.system, tenantQuery.parse({ search }))).items.length,
  ];

  assert.deepEqual([json.name, json.description], [COMPOSED, `The ${COMPOSED}`]);
  assert.equal(company.tenant.name, `${COMPOSED} Robotics`);
  assert.deepEqual(await found(DECOMPOSED), [1, 1]);
  assert.deepEqual(await found(COMPOSED), [1, 1]);
});

Deno.test("the migration composes what was stored before", async () => {
  await using world = await World.open();
  const { control } = world.system;
  const { ctx, tenant, owner } = await world.company("acme");
  const now = world.clock.now();
  await control.update(tenants).set({ name: DECOMPOSED }).where(eq(tenants.id, tenant.id));
  await control.update(users).set({ name: DECOMPOSED }).where(eq(users.id, owner.id));
  const text = { name: DECOMPOSED, description: DECOMPOSED };
  await ctx.tx((tx) =>
    tx.insert(projects).values({ ...text, id: newId(), ownerId: owner.id, createdAt: now, updatedAt: now })
  );

  await withMigrator(world.services.db, async (tx) => runScript(tx, await scriptOf("control")));
  await world.asOwner(`set local search_path = ${tenant.schemaName}; ${await scriptOf("tenant")}`);

  const [company] = await control.select({ name: tenants.name }).from(tenants);
  const [person] = await control.select({ name: users.name }).from(users);
  const [[project]] = await ctx.read((tx) => [tx.select().from(projects)]);
  assert.deepEqual([company!.name, person!.name], [COMPOSED, COMPOSED]);
  assert.deepEqual([project!.name, project!.description, project!.version], [COMPOSED, COMPOSED, 1]);
});

Deno.test("a name that shows nothing is refused in each field's own words", async () => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));
  const invisible = "\u200b\u3164";

  const project = await world.api("POST", "/projects", { token, body: { name: invisible } });
  const signUp = await world.browser().post(`http://${world.host()}/signup`, {
    company_name: invisible,
    subdomain: "other",
    name: invisible,
    email: "ada@other.example",
    password: PASSWORD,
  });

  assert.deepEqual([project.status, project.json.errors[0].message], [422, "Enter a name."]);
  assert.equal(signUp.status, 422);
  assert.match(signUp.text, /Enter your company name\./);
  assert.match(signUp.text, /Enter your name\./);
});

async function scriptOf(set: "control" | "tenant"): Promise<string> {
  const migrations = await readMigrations(set);
  return migrations.find(({ version }) => version.endsWith("_normalized_text"))!.sql;
}
