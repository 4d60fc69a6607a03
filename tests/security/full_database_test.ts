import assert from "node:assert/strict";
import { runScript } from "../../db/connection/transaction.ts";
import { withMigrator } from "../../db/migration/migrator.ts";
import { apiUsage } from "../../db/stream/schema/api_usage.ts";
import { API_USAGE } from "../../src/api_access/usage_counter.ts";
import { type Company, World } from "../support/world.ts";

/** Protects: with a full disk, changes get 503 and nothing is lost. Changes work again once there is space. */

Deno.test("with a full disk", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  const create = (name: string) => world.api("POST", "/projects", { token, body: { name } });
  const names = async () => {
    const { json } = await world.api("GET", "/projects", { token });
    return json.data.map(({ name }: { name: string }) => name);
  };
  await create("Before");

  await t.step("a change gets 503 with Retry-After, and reads still work", async () => {
    await world.asOwner(fillScript(acme.tenant.schemaName, "projects"));
    const refused = await create("Too much");

    assert.equal(refused.status, 503);
    assert.equal(refused.headers["retry-after"], "60");
    assert.match(refused.json.detail, /We can't save changes right now/);
    assert.deepEqual(await names(), ["Before"]);
  });

  await t.step("once there is space, the same change succeeds", async () => {
    await world.asOwner(freeSpaceScript(acme.tenant.schemaName, "projects"));

    assert.equal((await create("After")).status, 201);
    assert.deepEqual((await names()).toSorted(), ["After", "Before"]);
  });

  await t.step("API calls that can't be written are kept, and written once there is space", async () => {
    await world.services.use(API_USAGE).flush();
    const before = await apiCalls(acme);
    await inStream(world, fillScript("stream", "api_usage"));
    for (let call = 0; call < 3; call++) await names();
    await world.services.use(API_USAGE).flush();
    const whileFull = await apiCalls(acme);

    await inStream(world, freeSpaceScript("stream", "api_usage"));
    await world.services.use(API_USAGE).flush();

    assert.deepEqual([whileFull - before, await apiCalls(acme) - before], [0, 3]);
  });
});

/** Makes each change of a table fail as on a full disk. */
function fillScript(schema: string, table: string): string {
  return `
    create function ${schema}.refuse() returns trigger language plpgsql as
      $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
    create trigger refuse before insert or update on ${schema}.${table} for each row execute function ${schema}.refuse()`;
}

function freeSpaceScript(schema: string, table: string): string {
  return `drop trigger refuse on ${schema}.${table}; drop function ${schema}.refuse()`;
}

async function inStream(world: World, script: string): Promise<void> {
  await withMigrator(world.services.db, (tx) => runScript(tx, script));
}

async function apiCalls({ ctx }: Company): Promise<number> {
  const rows = await ctx.tx((tx) => tx.select({ calls: apiUsage.calls }).from(apiUsage));
  return rows.reduce((sum, { calls }) => sum + calls, 0);
}
