import assert from "node:assert/strict";
import { checkMonthlyCalls } from "../../src/api_access/monthly_limit.ts";
import { API_USAGE } from "../../src/api_access/usage_counter.ts";
import { setOverride } from "../../src/billing/overrides.ts";
import { DAY, MINUTE } from "../../src/platform/clock.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { type Company, World } from "../support/world.ts";

/** Protects: a plan's API calls of a month are counted and limited, and nobody else's calls or months count. */

const STARTER_CALLS = 10_000;

Deno.test("403 after the plan's API calls of the month, with the numbers, and 200 again in the next month", async () => {
  await using world = await World.open();
  const { acme, token } = await starter(world);
  await world.apiCalls(acme, today(world), STARTER_CALLS - 2);

  const answers = [await call(world, token), await call(world, token), await call(world, token)];
  world.clock.advance(31 * DAY);
  const nextMonth = await call(world, await world.token(acme));

  assert.deepEqual(answers.map(({ status }) => status), [200, 200, 403]);
  assert.match(answers[2]!.json.type, /limit-reached$/);
  assert.deepEqual([answers[2]!.json.limit, answers[2]!.json.used], [STARTER_CALLS, STARTER_CALLS]);
  assert.equal(nextMonth.status, 200);
});

Deno.test("403 soon after another process's calls used up the month", async () => {
  await using world = await World.open();
  const { acme, token } = await starter(world);
  const before = await call(world, token);
  await world.apiCalls(acme, today(world), STARTER_CALLS);

  world.clock.advance(MINUTE + 1);
  await call(world, token); // reads the count again, in the background
  await world.services.use(API_USAGE).flush();
  const answer = await refusedWithin(world, token, 20);

  assert.equal(before.status, 200);
  assert.equal(answer.status, 403);
});

Deno.test("200 beyond the plan's calls with an override, without a limit, and for another workspace", async () => {
  await using world = await World.open();
  const { acme, token } = await starter(world);
  const globex = await world.company("globex", undefined, undefined, "starter");
  await world.apiCalls(acme, today(world), STARTER_CALLS);
  const staff = await openTenant(world.system, acme.tenant.id);
  const refused = await call(world, token);

  await setOverride(staff, { key: "api_calls", value: "unlimited", until: null });

  assert.equal(refused.status, 403);
  assert.equal((await call(world, token)).status, 200);
  const neighbor = await world.api("GET", "/projects", {
    token: await world.token(globex),
    host: world.host("globex"),
  });
  assert.equal(neighbor.status, 200);
});

Deno.test("refused calls don't count, and the usage shows the calls of the month", async () => {
  await using world = await World.open();
  const { acme, token } = await starter(world);
  await world.apiCalls(acme, today(world), 41);
  await call(world, token);
  await world.services.use(API_USAGE).flush();

  const { json } = await world.api("GET", "/usage", { token });
  const old = await world.api("GET", "/usage?period=2020-01", { token });

  assert.deepEqual(json.data[1], { metric: "api_calls", total: 42, limit: STARTER_CALLS, overage: 0 });
  assert.deepEqual(old.json.data.map(({ metric }: { metric: string }) => metric), ["compute_minutes"]);
});

Deno.test("a database that can't be read refuses no call", async () => {
  await using world = await World.open();
  const { acme, token } = await starter(world);
  await world.apiCalls(acme, today(world), STARTER_CALLS);
  const broken = { ...acme.ctx, read: () => Promise.reject(new Error("The database is down.")) };

  assert.equal(await checkMonthlyCalls(broken), null);
  assert.equal((await call(world, token)).status, 200);
});

async function starter(world: World): Promise<{ acme: Company; token: string }> {
  const acme = await world.company("acme", undefined, undefined, "starter");
  return { acme, token: await world.token(acme) };
}

function call(world: World, token: string) {
  return world.api("GET", "/projects", { token });
}

/** The first refusal among so many calls, or the last answer. */
async function refusedWithin(world: World, token: string, calls: number) {
  let answer = await call(world, token);
  for (let count = 1; count < calls && answer.status !== 403; count++) answer = await call(world, token);
  return answer;
}

function today(world: World): string {
  return world.clock.now().toISOString().slice(0, 10);
}
