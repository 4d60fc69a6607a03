import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { createApiKey } from "../../src/api_access/api_keys.ts";
import { newApiKey } from "../../src/api_access/key_input.ts";
import { claimKey, storeAnswer } from "../../src/api_access/idempotency.ts";
import { newId } from "../../src/platform/ids.ts";
import { MINUTE } from "../../src/platform/clock.ts";
import { World } from "../support/world.ts";

/** Protects: one key never changes something twice, and never answers another request, person or tenant (S63, S64). */

const headers = { "Idempotency-Key": "order-4711" };
const body = { name: "Spare parts" };

Deno.test("S63 of ten equal requests at once, one runs; the others are 409 or get its answer", async () => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));
  const create = () => world.api("POST", "/projects", { token, headers, body });

  const answers = await Promise.all(Array.from({ length: 10 }, create));
  const repeat = await create();
  const { json: { data } } = await world.api("GET", "/projects", { token });

  const ran = answers.filter(({ status, headers }) => status === 201 && !headers["idempotent-replayed"]);
  const conflicts = answers.filter(({ status }) => status === 409);
  const replays = answers.filter(({ headers }) => headers["idempotent-replayed"]);
  assert.equal(ran.length, 1);
  assert.equal(ran.length + conflicts.length + replays.length, 10);
  for (const { headers } of conflicts) assert.equal(headers["retry-after"], "1");
  assert.deepEqual([repeat.status, repeat.text], [201, ran[0]!.text]);
  assert.equal(data.length, 1);
});

Deno.test("S63 a request is 409 while the first one runs, and runs itself if the first one has died", async () => {
  await using world = await World.open();
  const { tenant, ctx } = await world.company("acme");
  const token = await world.token({ tenant, ctx, owner: await world.user("owner@acme.example") });
  const request = {
    key: "order-4711",
    actor: ctx.actor,
    tenantId: tenant.id,
    method: "POST",
    path: "/projects",
    body: JSON.stringify(body),
  };
  const create = () => world.api("POST", "/projects", { token, headers, body });

  const claimed = await claimKey(ctx.system, request);
  const early = await create();
  world.clock.advance(MINUTE);
  const created = await create();

  assert.deepEqual([early.status, early.headers["retry-after"]], [409, "1"]);
  assert.equal(created.status, 201);
  assert.ok("claim" in claimed);
  // The first request wasn't dead after all. Its change must not be committed as well.
  const answer = { status: 201, headers: {}, body: "{}" };
  await assert.rejects(ctx.tx((tx) => storeAnswer(world.services, tx, claimed.claim, answer)), {
    kind: "conflict",
  });
  assert.equal((await create()).text, created.text);
});

Deno.test("S64 the same key with another body, path or method is 422", async () => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));
  const call = (method: string, path: string, body?: unknown) =>
    world.api(method, path, { token, headers, body });

  const created = await call("POST", "/projects", body);
  const path = `/projects/${created.json.id}`;
  const others = [
    await call("POST", "/projects", { ...body, description: "More" }),
    await call("POST", "/join-domains", { domain: "acme.example" }),
    await call("PATCH", path, body),
    await call("DELETE", path),
  ];
  const quoted = await world.api("POST", "/projects", {
    token,
    headers: { "Idempotency-Key": '"order-4711"' },
    body,
  });

  assert.deepEqual(others.map(({ status }) => status), [422, 422, 422, 422]);
  for (const { json } of others) assert.equal(json.errors[0].code, "idempotency_key_reused");
  assert.equal(quoted.headers["idempotent-replayed"], "true");
  assert.equal((await world.api("GET", path, { token })).json.name, "Spare parts");
});

Deno.test("S64 the same key of another person or in another tenant is a new key", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  await world.member(acme, "ben@acme.example", "member");
  await world.member(globex, acme.owner.email, "owner");
  const create = (token: string, headersOf = headers) =>
    world.api("POST", "/projects", { token, headers: headersOf, body });

  const owners = await create(await world.token(acme));
  const members = await create(await world.token(acme, "ben@acme.example"));
  const elsewhere = await create(await world.token(globex, acme.owner.email));
  const byAccount = await create(
    await world.accountToken(acme.owner.email),
    {
      ...headers,
      "X-Tenant": "acme",
    } as typeof headers,
  );

  const ids = new Set([owners, members, elsewhere].map(({ json }) => json.id));
  assert.equal(ids.size, 3);
  assert.equal(byAccount.json.id, owners.json.id, "another token of the same person in the same tenant");
});

Deno.test("S64 the same key of a member and of two of the member's API keys are three keys", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const input = newApiKey.parse({ name: "Import", permissions: ["projects:write"] });
  const keys = [(await createApiKey(acme.ctx, input))!.apiKey, (await createApiKey(acme.ctx, input))!.apiKey];
  const callers = [await world.token(acme), ...keys];
  const create = (token: string) => world.api("POST", "/projects", { token, headers, body });

  const created = [];
  for (const caller of callers) created.push(await create(caller));
  const repeated = [];
  for (const caller of callers) repeated.push(await create(caller));

  assert.deepEqual(created.map(({ status }) => status), [201, 201, 201]);
  assert.equal(new Set(created.map(({ json }) => json.id)).size, 3);
  assert.deepEqual(repeated.map(({ json }) => json.id), created.map(({ json }) => json.id));
});

Deno.test("S64 a tenant's role stores no answer of another tenant's request", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const claimed = await claimKey(acme.ctx.system, {
    key: "k",
    actor: acme.ctx.actor,
    tenantId: acme.tenant.id,
    method: "POST",
    path: "/projects",
    body: "",
  });
  assert.ok("claim" in claimed);
  const { scopeHash, id } = claimed.claim;

  const store = (claim: string) =>
    globex.ctx.tx((tx) =>
      tx.execute<{ stored: boolean }>(
        sql`select api.store_answer(${scopeHash}, ${claim}::uuid, ${"forged"}) as stored`,
      )
    );

  assert.equal((await store(id))[0]!.stored, false);
  assert.equal((await store(newId()))[0]!.stored, false);
});
