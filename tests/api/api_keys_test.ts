import { eq } from "drizzle-orm";
import assert from "node:assert/strict";
import { apiKeys, apiKeySecrets } from "../../db/control/schema/api_keys.ts";
import { KEY_USAGE } from "../../src/api_access/key_usage.ts";
import { AUDIT_LIST, listAudit } from "../../src/audit/entries.ts";
import { DAY, HOUR, MINUTE } from "../../src/platform/clock.ts";
import { sha256 } from "../../src/platform/crypto.ts";
import { World } from "../support/world.ts";

/** Protects: /api/v1/api-keys keeps its contract, status by status, and a key calls the API like a member's token. */

const SHOWN = "dnz_live_".length + 4;

Deno.test("a key is created, shown once, used, listed, rotated and revoked", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  const call = (key: string, method = "GET", path = "/projects", body?: unknown) =>
    world.api(method, path, { headers: { "X-API-Key": key }, body });

  const created = await world.api("POST", "/api-keys", {
    token,
    body: { name: "Deploy", permissions: ["projects:write"] },
  });
  const { id, api_key: first } = created.json;

  await t.step("201 with the key, which the list and the key's own page don't show", async () => {
    const list = await world.api("GET", "/api-keys", { token });
    const one = await world.api("GET", `/api-keys/${id}`, { token });

    assert.equal(created.status, 201);
    assert.match(first, /^dnz_live_[0-9A-Za-z]{38}$/);
    assert.equal(created.headers.location, `/api/v1/api-keys/${id}`);
    assert.deepEqual(created.json, {
      id,
      name: "Deploy",
      prefix: first.slice(0, SHOWN),
      permissions: ["projects:read", "projects:write"],
      allowed_ips: [],
      requests_per_minute: null,
      created_at: "2026-03-02T09:00:00.000Z",
      created_by: { id: acme.owner.id, name: acme.owner.name },
      expires_at: null,
      last_used_at: null,
      api_key: first,
    });
    const { api_key: _, ...shown } = created.json;
    assert.deepEqual(list.json, { data: [shown], next_cursor: null });
    assert.deepEqual(one.json, shown);
  });

  await t.step("the database has only its hash", async () => {
    assert.doesNotMatch(await world.dumpControl(), new RegExp(first));
    const [secret] = await world.system.control.select().from(apiKeySecrets);
    assert.equal(secret!.hash, sha256(first));
  });

  await t.step("it works as a header of its own and as a bearer token, but not as both", async () => {
    const project = await call(first, "POST", "/projects", { name: "By a program" });
    const bearer = await world.api("GET", `/projects/${project.json.id}`, { token: first });
    const both = await world.api("GET", "/projects", { token, headers: { "X-API-Key": first } });

    assert.equal(project.status, 201);
    assert.deepEqual([bearer.status, bearer.json.owner_id], [200, acme.owner.id]);
    assert.equal(both.status, 401);
  });

  await t.step("GET /me describes it", async () => {
    const { json } = await call(first, "GET", "/me");

    assert.deepEqual([json.actor.type, json.actor.id, json.actor.name], ["api_key", id, "Deploy"]);
    assert.deepEqual([json.scope, json.tenant.subdomain, json.role], ["tenant", "acme", null]);
    assert.deepEqual(json.permissions, ["projects:read", "projects:write"]);
  });

  await t.step("its last use is known, to within a minute", async () => {
    await world.services.use(KEY_USAGE).flush();
    world.clock.advance(MINUTE / 2);
    await call(first);
    await world.services.use(KEY_USAGE).flush();

    const { json } = await world.api("GET", `/api-keys/${id}`, { token });
    assert.equal(json.last_used_at, "2026-03-02T09:00:00.000Z");
  });

  await t.step("the audit log names the key and the member in whose name it acted", async () => {
    const { items: [entry] } = await listAudit(
      acme.ctx,
      AUDIT_LIST.query.parse({ action: "project.created" }),
    );
    const { json: { data: [line] } } = await world.api("GET", "/audit-log?action=project.created", { token });

    assert.deepEqual(entry!.actor, {
      kind: "key",
      id: acme.owner.id,
      name: acme.owner.name,
      staff: null,
      key: { id, name: "Deploy" },
    });
    assert.deepEqual([line.actor.type, line.actor.key], ["key", { id, name: "Deploy" }]);
  });

  await t.step("after a rotation both secrets work until the overlap ends", async () => {
    const rotated = await world.api("POST", `/api-keys/${id}/rotate`, { token, body: { overlap_hours: 2 } });
    const second = rotated.json.api_key;
    world.clock.advance(HOUR);
    const during = [(await call(first)).status, (await call(second)).status];
    world.clock.advance(HOUR);
    const later = [(await call(first)).status, (await call(second)).status];

    assert.deepEqual([rotated.status, rotated.json.id], [201, id]);
    assert.notEqual(second, first);
    assert.equal(rotated.json.prefix, second.slice(0, SHOWN));
    assert.deepEqual(during, [200, 200]);
    assert.deepEqual(later, [401, 200]);
  });

  await t.step("without an overlap, only the new secret works", async () => {
    const fresh = await world.token(acme);
    const body = { overlap_hours: 0 };
    const { json: third } = await world.api("POST", `/api-keys/${id}/rotate`, { token: fresh, body });
    const { json: fourth } = await world.api("POST", `/api-keys/${id}/rotate`, { token: fresh, body });

    assert.deepEqual([(await call(third.api_key)).status, (await call(fourth.api_key)).status], [401, 200]);
    const secrets = await world.system.control.$count(apiKeySecrets, eq(apiKeySecrets.keyId, id));
    assert.ok(secrets <= 2, `${secrets} secrets are stored`);
  });

  await t.step("a revoked key is gone, and the log keeps its whole story", async () => {
    const fresh = await world.token(acme);
    const { json: { api_key } } = await world.api("POST", `/api-keys/${id}/rotate`, { token: fresh });
    const revoked = await world.api("DELETE", `/api-keys/${id}`, { token: fresh });
    const again = await world.api("DELETE", `/api-keys/${id}`, { token: fresh });
    const used = await call(api_key);

    assert.deepEqual([revoked.status, again.status, used.status], [204, 404, 401]);
    assert.equal(used.json.detail, "The API key is not valid, or was revoked.");
    assert.equal(await world.system.control.$count(apiKeySecrets), 0);
    const { items } = await listAudit(acme.ctx, AUDIT_LIST.query.parse({ subject: id }));
    assert.deepEqual(items.map(({ action }) => action.replace("api_key.", "")), [
      "revoked",
      "rotated",
      "rotated",
      "rotated",
      "rotated",
      "created",
    ]);
    assert.doesNotMatch(JSON.stringify(items), /dnz_live_\w{5}/);
  });
});

Deno.test("a key does everything that its permissions allow, in every part of the API", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  const { json: me } = await world.api("GET", "/me", { token });
  const assignable = me.permissions.filter((key: string) =>
    !/^(tenant:|ownership:|support:|data:|domains:)/.test(key)
  );
  const { json: { api_key } } = await world.api("POST", "/api-keys", {
    token,
    body: { name: "All", permissions: assignable },
  });
  const call = (method: string, path: string, body?: unknown) =>
    world.api(method, path, { headers: { "X-API-Key": api_key }, body });

  const answers = {
    stats: await call("GET", "/dashboard/stats"),
    members: await call("GET", "/members"),
    invited: await call("POST", "/invitations", { email: "new@acme.example", role: "member" }),
    roles: await call("GET", "/roles"),
    audit: await call("GET", "/audit-log"),
    keys: await call("GET", "/api-keys"),
    tenants: await call("GET", "/tenants"),
    renamed: await call("PATCH", `/tenants/${acme.tenant.id}`, { name: "Acme Two" }),
    domains: await call("GET", "/join-domains"),
  };
  const forPeople = [
    await call("POST", "/tenants", { name: "New", subdomain: "new-one" }),
    await call("PATCH", "/me", { name: "Somebody" }),
    await call("GET", "/me/factors"),
    await call("POST", "/auth/reauthenticate", { password: "x" }),
    await call("POST", "/auth/token", { tenant: "acme" }),
    await call("POST", "/roles", { name: "Own", permissions: ["projects:read"] }),
    await call("POST", "/join-domains", { domain: "acme.example" }),
    await call("POST", "/ownership-offer/acceptance"),
    await call("DELETE", `/tenants/${acme.tenant.id}`),
    await call("POST", "/api-keys", { name: "Child", permissions: ["projects:read"] }),
  ];

  const statuses = Object.entries(answers).map(([name, { status }]) => [name, status]);
  assert.deepEqual(
    statuses,
    Object.keys(answers).map((name) => [name, name === "invited" ? 201 : 200]),
  );
  assert.deepEqual(answers.tenants.json.data.map(({ id }: { id: string }) => id), [acme.tenant.id]);
  assert.deepEqual(forPeople.map(({ status }) => status), forPeople.map(() => 403));
});

Deno.test("401 says what is wrong with a key, without a query for a typo", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  const expires_at = new Date(world.clock.now().getTime() + DAY).toISOString();
  const { json: { api_key } } = await world.api("POST", "/api-keys", {
    token,
    body: { name: "Short-lived", permissions: ["projects:read"], expires_at },
  });
  const call = (key: string) => world.api("GET", "/projects", { headers: { "X-API-Key": key } });

  const good = await call(api_key);
  const typo = await call(api_key.slice(0, -1) + (api_key.endsWith("a") ? "b" : "a"));
  const empty = await call("");
  const token_ = await call(token);
  world.clock.advance(DAY);
  const expired = await call(api_key);

  assert.equal(good.status, 200);
  for (const { status, json } of [typo, empty, token_]) {
    assert.deepEqual([status, json.detail], [401, "The API key is incomplete or has a typo."]);
  }
  assert.deepEqual([expired.status, expired.json.detail], [401, "The API key has expired."]);
});

Deno.test("403 for members without the permission, for others' keys, and without a recent proof", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.member(acme, "mei@acme.example", "member");
  await world.member(acme, "adi@acme.example", "admin");
  const [owner, member, admin] = [
    await world.token(acme),
    await world.token(acme, "mei@acme.example"),
    await world.token(acme, "adi@acme.example"),
  ];
  const body = { name: "Deploy", permissions: ["projects:read"] };
  const { json: { id } } = await world.api("POST", "/api-keys", { token: owner, body });

  const refused = [
    await world.api("POST", "/api-keys", { token: member, body }),
    await world.api("GET", "/api-keys", { token: member }),
    await world.api("DELETE", `/api-keys/${id}`, { token: member }),
    await world.api("POST", `/api-keys/${id}/rotate`, { token: member }),
  ];
  const foreign = await world.api("POST", `/api-keys/${id}/rotate`, { token: admin });
  world.clock.advance(11 * MINUTE);
  const late = [
    await world.api("POST", "/api-keys", { token: owner, body }),
    await world.api("POST", `/api-keys/${id}/rotate`, { token: owner }),
  ];
  const revoked = await world.api("DELETE", `/api-keys/${id}`, { token: admin });

  assert.deepEqual(refused.map(({ status }) => status), [403, 403, 403, 403]);
  assert.equal(foreign.status, 403);
  assert.match(foreign.json.detail, /^Owner of acme Ltd created this key/);
  for (const { status, json } of late) {
    assert.deepEqual([status, json.type], [403, "/problems/reauthentication-required"]);
  }
  assert.equal(revoked.status, 204, "in an emergency, nobody has to prove anything");
});

Deno.test("403 for a person whose address isn't confirmed", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme", await world.unconfirmedUser("ada@acme.example"));

  const { status, json } = await world.api("POST", "/api-keys", {
    token: await world.token(acme),
    body: { name: "Deploy", permissions: ["projects:read"] },
  });

  assert.equal(status, 403);
  assert.match(json.detail, /Confirm your email/);
});

Deno.test("404 for unknown keys", async () => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));

  for (const id of ["0198c0de-0000-7000-8000-000000000000", "1", "%00"]) {
    const answers = [
      await world.api("GET", `/api-keys/${id}`, { token }),
      await world.api("DELETE", `/api-keys/${id}`, { token }),
      await world.api("POST", `/api-keys/${id}/rotate`, { token }),
    ];
    assert.deepEqual(answers.map(({ status }) => status), [404, 404, 404]);
  }
});

Deno.test("409 for too many keys, too many secrets, and the rotation of an expired key", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  const expires_at = new Date(world.clock.now().getTime() + MINUTE).toISOString();
  const body = { name: "Deploy", permissions: ["projects:read"] };
  const { json: { id } } = await world.api("POST", "/api-keys", { token, body: { ...body, expires_at } });
  const rotations = [];
  for (let rotation = 1; rotation <= 5; rotation++) {
    rotations.push((await world.api("POST", `/api-keys/${id}/rotate`, { token })).status);
  }
  world.clock.advance(MINUTE);
  const expired = await world.api("POST", `/api-keys/${id}/rotate`, { token, body: { overlap_hours: 0 } });
  const [row] = await world.system.control.select().from(apiKeys);
  await world.system.control.insert(apiKeys).values(
    Array.from({ length: 199 }, () => ({ ...row!, id: crypto.randomUUID() })),
  );
  const full = await world.api("POST", "/api-keys", { token, body });

  assert.deepEqual(rotations, [201, 201, 201, 201, 409]);
  assert.deepEqual([expired.status, full.status], [409, 409]);
});

const INVALID: [string, Record<string, unknown>, string][] = [
  ["no name", { name: " " }, "name"],
  ["a name that is too long", { name: "x".repeat(61) }, "name"],
  ["no permissions", { permissions: [] }, "permissions"],
  ["an unknown permission", { permissions: ["projects:read", "moon:land"] }, "permissions"],
  ["a permission that only owners have", { permissions: ["tenant:delete"] }, "permissions"],
  ["an expiry in the past", { expires_at: "2020-01-01T00:00:00Z" }, "expires_at"],
  ["an expiry that is no time", { expires_at: "tomorrow" }, "expires_at"],
  ["an address that is none", { allowed_ips: ["203.0.113.0/24", "office"] }, "allowed_ips"],
  ["a range that is too long", { allowed_ips: ["203.0.113.0/33"] }, "allowed_ips"],
  ["a limit of no requests", { requests_per_minute: 0 }, "requests_per_minute"],
];

Deno.test("422 names each invalid field", async (t) => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));
  for (const [name, changes, field] of INVALID) {
    await t.step(name, async () => {
      const body = { name: "Deploy", permissions: ["projects:read"], ...changes };
      const { status, json } = await world.api("POST", "/api-keys", { token, body });
      assert.equal(status, 422);
      assert.deepEqual(json.errors.map((error: { field: string }) => error.field), [field]);
    });
  }
});

Deno.test("422 for an overlap that is no whole number of hours, and the earlier secret works on", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  const body = { name: "Deploy", permissions: ["projects:read"] };
  const { json: { id, api_key } } = await world.api("POST", "/api-keys", { token, body });

  for (const overlap_hours of [null, "", "24", false, true, 1.5, -1, 169, []]) {
    const { status, json } = await world.api("POST", `/api-keys/${id}/rotate`, {
      token,
      body: { overlap_hours },
    });

    assert.equal(status, 422);
    assert.equal(json.errors[0].field, "overlap_hours");
  }
  assert.equal((await world.api("GET", "/projects", { token: api_key })).status, 200);
});
