import { eq } from "drizzle-orm";
import assert from "node:assert/strict";
import { apiKeys, apiKeySecrets } from "../../db/control/schema/api_keys.ts";
import { users } from "../../db/control/schema/users.ts";
import { createApiKey, revokeApiKey } from "../../src/api_access/api_keys.ts";
import { listenForKeyChanges } from "../../src/api_access/key_changes.ts";
import { newApiKey } from "../../src/api_access/key_input.ts";
import { rotateApiKey } from "../../src/api_access/key_rotation.ts";
import { createRole, updateRole } from "../../src/access/role_editing.ts";
import { changeRole, getMemberOfUser, removeMember } from "../../src/access/membership.ts";
import { AUDIT_LIST, listAudit } from "../../src/audit/entries.ts";
import { changeSignInRules, suspendTenant } from "../../src/tenancy/lifecycle.ts";
import { resetAccess } from "../../src/identity/account_access.ts";
import { SIGN_INS } from "../../src/identity/sign_in_caches.ts";
import { authenticateKey } from "../../src/api_access/key_authentication.ts";
import { SECOND } from "../../src/platform/clock.ts";
import type { MemberRole } from "../../src/access/permissions.ts";
import { createProject } from "../../src/projects/projects.ts";
import { deleteTenant } from "../../src/tenancy/deletion.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { until } from "../support/jobs.ts";
import { type Company, World } from "../support/world.ts";

/** Protects: an API key opens one tenant only, never does more than its creator may do now, and ends with them. */

Deno.test("S02 a key gets 403 with another tenant's name or host, and never sees its data", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  await world.member(globex, acme.owner.email, "owner");
  await createProject(globex.ctx, { name: "Secret", description: "", status: "active" });
  const key = await keyOf(acme);
  const call = (host: string, tenant?: string, path = "/projects") =>
    world.api("GET", path, {
      host,
      headers: { "X-API-Key": key, ...(tenant ? { "X-Tenant": tenant } : {}) },
    });

  const foreign = [
    await call(world.host(), "globex"),
    await call(world.host("globex")),
    await call(world.host("globex"), "acme"),
    await call(world.host("acme"), "globex"),
    await call(world.host(), "nowhere"),
    await call(world.host(), "globex", "/me"),
  ];
  const own = [
    await call(world.host()),
    await call(world.host(), "acme"),
    await call(world.host("acme"), "ACME"),
  ];

  assert.deepEqual(foreign.map(({ status }) => status), foreign.map(() => 403));
  assert.equal(new Set(foreign.map(({ json }) => json.detail)).size, 1);
  assert.doesNotMatch(foreign.map(({ text }) => text).join(), /Secret/);
  assert.deepEqual(own.map(({ status }) => status), [200, 200, 200]);
});

Deno.test("S06 a key's answers are never stored, nor served to another key", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  await createProject(acme.ctx, { name: "Of Acme", description: "", status: "active" });
  const [ofAcme, ofGlobex] = [await keyOf(acme), await keyOf(globex)];

  const answers = [];
  for (const key of [ofAcme, ofGlobex, ofAcme, ofGlobex]) {
    answers.push(await world.api("GET", "/projects", { headers: { "X-API-Key": key } }));
  }

  assert.deepEqual(answers.map(({ json }) => json.data.length), [1, 0, 1, 0]);
  for (const { headers } of answers) assert.match(headers["cache-control"]!, /no-store/);
});

Deno.test("S11 S24 a key is refused outside of its addresses, whatever X-Forwarded-For says", async () => {
  await using world = await World.open();
  await using proxied = await World.open({ TRUSTED_PROXIES: "127.0.0.1" });
  const allowed = { allowedIps: ["203.0.113.0/24", "2001:db8::/32"] };
  const statusFrom = async (of: World, key: string, address?: string) => {
    const headers = { "X-API-Key": key, ...(address ? { "X-Forwarded-For": address } : {}) };
    return (await of.api("GET", "/projects", { headers })).status;
  };

  const direct = await keyOf(await world.company("acme"), allowed);
  const forged = [await statusFrom(world, direct), await statusFrom(world, direct, "203.0.113.9")];
  const behind = await keyOf(await proxied.company("acme"), allowed);
  const seen = [];
  for (
    const from of [
      "203.0.113.9",
      "::ffff:203.0.113.9",
      "2001:db8::1",
      "203.0.114.1",
      "203.0.113.9, 198.51.100.1",
    ]
  ) {
    seen.push(await statusFrom(proxied, behind, from));
  }
  const local = await keyOf(await world.company("globex"), { allowedIps: ["127.0.0.1"] });

  assert.deepEqual(forged, [403, 403]);
  assert.deepEqual(seen, [200, 200, 200, 403, 403]);
  assert.equal(await statusFrom(world, local), 200);
});

Deno.test("S24 a key with a stored range that can't be read is refused from every address", async () => {
  await using world = await World.open();
  const key = await keyOf(await world.company("acme"), { allowedIps: ["127.0.0.1"] });
  const status = async (allowedIps: string[]) => {
    await world.system.control.update(apiKeys).set({ allowedIps });
    world.services.use(SIGN_INS).keys.deleteWhere(() => true);
    return (await world.api("GET", "/projects", { headers: { "X-API-Key": key } })).status;
  };

  const damaged = [await status(["127.0.0.1", "office"]), await status(["office"])];
  const mended = await status(["127.0.0.1"]);

  assert.deepEqual([damaged, mended], [[403, 403], 200]);
});

Deno.test("S21 S24 a key can do only what it was made for, and nobody makes one that can do more than they", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const role = await createRole(acme.ctx, {
    name: "Keys",
    permissions: ["api_keys:manage", "projects:read"],
  });
  await world.member(acme, "kim@acme.example", role as MemberRole);
  const reading = await keyOf(acme, { permissions: ["projects:read"] });
  const managing = await keyOf(acme, { permissions: ["api_keys:manage", "projects:read"] });
  const by = (key: string) => ({ headers: { "X-API-Key": key } });
  const body = { name: "More", permissions: ["projects:write"] };

  const read = await world.api("GET", "/projects", by(reading));
  const refused = [
    await world.api("POST", "/projects", { ...by(reading), body: { name: "No" } }),
    await world.api("GET", "/members", by(reading)),
    await world.api("GET", "/api-keys", by(reading)),
    await world.api("POST", "/api-keys", { ...by(managing), body }),
    await world.api("POST", "/api-keys", { token: await world.token(acme, "kim@acme.example"), body }),
    await world.api("PATCH", `/members/${(await getMemberOfUser(acme.ctx, acme.owner.id)).id}`, {
      ...by(managing),
      body: { role: "viewer" },
    }),
  ];

  assert.equal(read.status, 200);
  assert.deepEqual(refused.map(({ status }) => status), refused.map(() => 403));
  assert.equal(await world.system.control.$count(apiKeys), 2);
});

Deno.test("S22 a key acts for the last owner, but can't remove them or leave in their name", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const key = await keyOf(acme, { permissions: ["members:manage"] });
  const { id } = await getMemberOfUser(acme.ctx, acme.owner.id);

  const left = await world.api("DELETE", `/members/${id}`, { headers: { "X-API-Key": key } });

  assert.equal(left.status, 403);
  assert.equal((await getMemberOfUser(acme.ctx, acme.owner.id)).role, "owner");
});

Deno.test("S23 a key's fields that nobody may choose are ignored", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];

  const { status, json } = await world.api("POST", "/api-keys", {
    token: await world.token(acme),
    body: {
      name: "Deploy",
      permissions: ["projects:read"],
      id: "0198c0de-0000-7000-8000-000000000000",
      tenant_id: globex.tenant.id,
      created_by: globex.owner.id,
      prefix: "dnz_live_mine",
      api_key: "dnz_live_mine",
      last_used_at: "2020-01-01T00:00:00Z",
    },
  });
  const [row] = await world.system.control.select().from(apiKeys);

  assert.equal(status, 201);
  assert.notEqual(json.id, "0198c0de-0000-7000-8000-000000000000");
  assert.deepEqual([row!.tenantId, row!.createdBy, row!.lastUsedAt], [acme.tenant.id, acme.owner.id, null]);
  assert.doesNotMatch(json.api_key + row!.prefix, /mine/);
});

Deno.test("S24 a key loses what its creator loses, and dies with their membership", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const mei = await world.member(acme, "mei@acme.example", "admin");
  const ctx = world.acting(acme.tenant, mei, "admin");
  const secret = await keyOf({ ...acme, ctx }, { permissions: ["projects:write", "members:manage"] });
  const call = (method: string, path: string, body?: unknown) =>
    world.api(method, path, { headers: { "X-API-Key": secret }, body });
  const { id: memberId } = await getMemberOfUser(acme.ctx, mei.id);

  await t.step("a smaller role takes the rest away at once", async () => {
    const before = await call("GET", "/invitations");
    await changeRole(acme.ctx, memberId, { role: "viewer" });
    const answers = [await call("GET", "/invitations"), await call("POST", "/projects", { name: "No" })];
    const left = await call("GET", "/projects");

    assert.equal(before.status, 200);
    assert.deepEqual(answers.map(({ status }) => status), [403, 403]);
    assert.equal(left.status, 200);
  });

  await t.step("a changed role of the workspace's own counts, too", async () => {
    const role = await createRole(acme.ctx, { name: "Readers", permissions: ["projects:read"] });
    await changeRole(acme.ctx, memberId, { role: role.id });
    const reads = await call("GET", "/projects");
    await updateRole(acme.ctx, role.id, { permissions: ["analytics:read"] });
    const noLonger = await call("GET", "/projects");

    assert.deepEqual([reads.status, noLonger.status], [200, 403]);
  });

  await t.step("who is removed leaves no key behind, and gets none back by returning", async () => {
    await world.removeMember(acme, mei);
    const gone = await call("GET", "/me");
    const left = [
      await world.system.control.$count(apiKeys),
      await world.system.control.$count(apiKeySecrets),
    ];
    await world.member(acme, mei.email, "admin");
    const back = await call("GET", "/me");

    assert.deepEqual([gone.status, back.status], [401, 401]);
    assert.deepEqual(left, [0, 0]);
  });
});

Deno.test("S08 S24 a key stops with its workspace, and where members need a second factor that its creator lacks", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const [ofAcme, ofGlobex] = [await keyOf(acme), await keyOf(globex)];
  const call = (key: string) => world.api("GET", "/projects", { headers: { "X-API-Key": key } });
  const before = [await call(ofAcme), await call(ofGlobex)];

  await suspendTenant(await openTenant(world.system, acme.tenant.id), { reason: "An invoice is open." });
  await changeSignInRules(globex.ctx, { secondFactorGraceDays: 0 });
  const after = [await call(ofAcme), await call(ofGlobex)];

  assert.deepEqual(before.map(({ status }) => status), [200, 200]);
  assert.deepEqual(after.map(({ status, json }) => [status, json.title]), [
    [403, "Suspended"],
    [403, "Second factor required"],
  ]);
});

Deno.test("S24 a typo in a key is refused without a query", async () => {
  await using world = await World.open();
  const key = await keyOf(await world.company("acme"));
  const typo = key.slice(0, -1) + (key.endsWith("a") ? "b" : "a");
  const queries: PropertyKey[] = [];
  const control = new Proxy(world.services.db.control, {
    get: (target, name) => {
      queries.push(name);
      return Reflect.get(target, name, target);
    },
  });
  const watched = { ...world.services, db: { ...world.services.db, control } };

  await assert.rejects(authenticateKey(watched, typo, "127.0.0.1"), { kind: "unauthenticated" });
  const ofTypo = queries.length;
  await authenticateKey(watched, key, "127.0.0.1");

  assert.equal(ofTypo, 0);
  assert.ok(queries.length > 0, "a right key is looked up");
});

Deno.test("S24 a revoked key is refused by every process within five seconds", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const replica = await world.replica();
  const key =
    (await createApiKey(acme.ctx, newApiKey.parse({ name: "CI", permissions: ["projects:read"] })))!;
  const isRefused = () =>
    authenticateKey(replica, key.apiKey, "127.0.0.1").then(
      () => false,
      ({ kind }) => kind === "unauthenticated",
    );
  await listenForKeyChanges(replica); // does nothing where the database can't notify
  const before = await isRefused();

  await revokeApiKey(acme.ctx, key.id);
  const revokedAt = performance.now();
  await until(isRefused);
  const seconds = (performance.now() - revokedAt) / SECOND;

  await replica.close();
  assert.equal(before, false);
  assert.ok(seconds < 6, `${seconds} s`);
});

Deno.test("S26 keys that are created, rotated and revoked while their creator is removed leave nothing and block nobody", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const mei = await world.member(acme, "mei@acme.example", "admin");
  const ctx = world.acting(acme.tenant, mei, "admin");
  const input = newApiKey.parse({ name: "CI", permissions: ["projects:read"] });
  const keys = [];
  for (let count = 0; count < 6; count++) keys.push((await createApiKey(ctx, input))!);
  const member = await getMemberOfUser(acme.ctx, mei.id);

  const outcomes = await Promise.allSettled([
    ...keys.slice(0, 3).map(({ id }) => rotateApiKey(ctx, id, { overlapHours: 0 })),
    createApiKey(ctx, input),
    removeMember(acme.ctx, member.id),
    createApiKey(ctx, input),
    ...keys.slice(3).map(({ id }) => revokeApiKey(acme.ctx, id)),
  ]);

  assert.equal(outcomes[4]!.status, "fulfilled");
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") assert.match(outcome.reason.kind, /^(forbidden|not_found)$/);
  }
  const left = [await world.system.control.$count(apiKeys), await world.system.control.$count(apiKeySecrets)];
  assert.deepEqual(left, [0, 0]);
});

Deno.test("S45 nothing of a key is left after its workspace or its creator's account is gone", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const keys = [await keyOf(acme), await keyOf(globex)];

  await deleteTenant(world.system, acme.tenant.id);
  const afterOne = await world.system.control.$count(apiKeys);
  const gone = await world.api("GET", "/projects", { headers: { "X-API-Key": keys[0]! } });
  await deleteTenant(world.system, globex.tenant.id);

  assert.deepEqual([afterOne, gone.status], [1, 401]);
  assert.doesNotMatch(await world.dumpControl(), /dnz_live_/);
  assert.equal(await world.system.control.$count(apiKeySecrets), 0);
});

Deno.test("S48 keys of an account that nobody confirmed end when its owner takes it over", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const kim = await world.member(acme, "kim@acme.example", "admin");
  const key = await keyOf({ ...acme, ctx: world.acting(acme.tenant, kim, "admin") });
  await world.system.tx(async (tx) => await resetAccess(world.system, tx, kim.id, null));
  const ofConfirmed = await world.api("GET", "/projects", { headers: { "X-API-Key": key } });

  await world.system.control.update(users).set({ emailVerifiedAt: null }).where(eq(users.id, kim.id));
  await world.system.tx(async (tx) => await resetAccess(world.system, tx, kim.id, null));
  world.services.use(SIGN_INS).forgetUser(kim.id);
  const ofStranger = await world.api("GET", "/projects", { headers: { "X-API-Key": key } });

  assert.deepEqual([ofConfirmed.status, ofStranger.status], [200, 401]);
});

Deno.test("S41 no key is in the audit log, in the database or in an answer after it was shown", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const key = await keyOf(acme);
  await world.api("POST", "/projects", { headers: { "X-API-Key": key }, body: { name: "By a key" } });

  const { items } = await listAudit(acme.ctx, AUDIT_LIST.query.parse({}));
  const list = await world.api("GET", "/api-keys", { token: await world.token(acme) });

  const secretPart = new RegExp(key.slice(13));
  assert.doesNotMatch(JSON.stringify(items), secretPart);
  assert.doesNotMatch(await world.dumpControl(), secretPart);
  assert.doesNotMatch(list.text, secretPart);
});

/** The secret of a new key that the company's owner made. */
async function keyOf({ ctx }: Pick<Company, "ctx">, changes: Record<string, unknown> = {}): Promise<string> {
  const input = newApiKey.parse({ name: "Deploy", permissions: ["projects:read"], ...changes });
  return (await createApiKey(ctx, input))!.apiKey;
}
