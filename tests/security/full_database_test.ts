import assert from "node:assert/strict";
import { apiUsage } from "../../db/tenant/schema/usage.ts";
import { type Company, World } from "../support/world.ts";
import { API_USAGE } from "../../src/api_access/usage_counter.ts";

/** Protects: a database without room refuses changes with 503, loses nothing, and takes them again once there is room. */

Deno.test("a full disk", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  const create = (name: string) => world.api("POST", "/projects", { token, body: { name } });
  const names = async () => {
    const { json } = await world.api("GET", "/projects", { token });
    return json.data.map(({ name }: { name: string }) => name);
  };
  await create("Before");

  await t.step("a change is refused with 503 and a time to try again, and reading goes on", async () => {
    await fill(world, acme, "projects");
    const refused = await create("Too much");

    assert.equal(refused.status, 503);
    assert.equal(refused.headers["retry-after"], "60");
    assert.match(refused.json.detail, /Nothing can be saved right now/);
    assert.deepEqual(await names(), ["Before"]);
  });

  await t.step("once there is room, the same change is taken", async () => {
    await makeRoom(world, acme, "projects");

    assert.equal((await create("After")).status, 201);
    assert.deepEqual((await names()).toSorted(), ["After", "Before"]);
  });

  await t.step("API calls that can't be written are kept, and written once there is room", async () => {
    await world.services.use(API_USAGE).flush();
    const before = await apiCalls(acme);
    await fill(world, acme, "api_usage");
    for (let call = 0; call < 3; call++) await names();
    await world.services.use(API_USAGE).flush();
    const whileFull = await apiCalls(acme);

    await makeRoom(world, acme, "api_usage");
    await world.services.use(API_USAGE).flush();

    assert.deepEqual([whileFull - before, await apiCalls(acme) - before], [0, 3]);
  });
});

/** Lets each change of a tenant's table fail as on a full disk. */
async function fill(world: World, { tenant }: Company, table: string): Promise<void> {
  const { schemaName: schema } = tenant;
  await world.asOwner(`
    create function ${schema}.refuse() returns trigger language plpgsql as
      $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
    create trigger refuse before insert or update on ${schema}.${table} execute function ${schema}.refuse()`);
}

async function makeRoom(world: World, { tenant }: Company, table: string): Promise<void> {
  const { schemaName: schema } = tenant;
  await world.asOwner(`drop trigger refuse on ${schema}.${table}; drop function ${schema}.refuse()`);
}

async function apiCalls({ ctx }: Company): Promise<number> {
  const rows = await ctx.tx((tx) => tx.select({ calls: apiUsage.calls }).from(apiUsage));
  return rows.reduce((sum, { calls }) => sum + calls, 0);
}
