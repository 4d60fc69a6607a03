import assert from "node:assert/strict";
import { createApp } from "../../routes/app.ts";
import { createApiKey } from "../../src/api_access/api_keys.ts";
import { newApiKey } from "../../src/api_access/key_input.ts";
import { isAssignable } from "../../src/access/permissions.ts";
import { FEATURES } from "../../src/feature_list.ts";
import { createProject } from "../../src/projects/projects.ts";
import { suspendTenant } from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { newId } from "../../src/platform/ids.ts";
import { OPERATIONS } from "../support/contract.ts";
import type { ApiAnswer } from "../support/http.ts";
import { World } from "../support/world.ts";

/**
 * Protects: a tenant token works only for its own tenant, and an account token only for tenants of which its person is a
 * member (S02, S51). Reads every API route from the route table, so new routes are tested, too.
 */

/** Routes with credentials in the body, or without any. */
const WITHOUT_TOKEN = [
  "GET /plans",
  "POST /auth/login",
  "POST /auth/mfa",
  "POST /auth/mfa/email",
  "POST /auth/mfa/sms",
  "POST /auth/refresh",
  "POST /auth/logout",
  "GET /shared-reports/:token",
];

/** Routes about the caller, which need no tenant. */
const FOR_ACCOUNT_TOKENS = [
  "POST /tenants",
  "POST /auth/token",
  "GET /me/email-preferences",
  "PATCH /me/email-preferences",
  "PATCH /me",
  "GET /me/joinable-tenants",
  "GET /me/factors",
  "POST /me/factors",
  "POST /me/factors/:id/confirm",
  "POST /me/factors/:id/text",
  "DELETE /me/factors/:id",
  "GET /me/sessions",
  "DELETE /me/sessions/:id",
];
const FOR_ANY_TOKEN = [
  "GET /me",
  "GET /push-subscriptions/public-key",
  "POST /push-subscriptions",
  "DELETE /push-subscriptions",
  "DELETE /push-subscriptions/:id",
  "GET /tenants",
  "GET /tenants/:id",
  "POST /tenants/:id/membership",
  "PATCH /tenants/:id",
  "DELETE /tenants/:id",
  "DELETE /tenants/:id/deletion",
  "PATCH /tenants/:id/sign-in-rules",
  "POST /auth/reauthenticate",
  "POST /auth/reauthenticate/email",
  "POST /auth/reauthenticate/sms",
];

/** A key with every permission that a key can have. */
const EVERYTHING = newApiKey.parse({
  name: "Everything",
  permissions: FEATURES.flatMap(({ permissions }) => permissions).filter(isAssignable).map(({ key }) => key),
});

Deno.test("S02 every API route accepts only tokens for its tenant", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const beta = await world.company("beta");
  const gamma = await world.company("gamma");
  await createProject(beta.ctx, { name: "Secret", description: "", status: "active" });
  const both = await world.member(acme, "both@acme.example", "owner");
  await world.member(gamma, both.email, "owner");
  await world.user("nobody@acme.example");
  const tenantToken = await world.token(acme, both.email);
  const severalToken = await world.accountToken(both.email);
  const noneToken = await world.accountToken("nobody@acme.example");
  const key = (await createApiKey(world.acting(acme.tenant, both, "owner"), EVERYTHING))!.apiKey;

  const routes = await apiRoutesOf(world);
  assert.ok(routes.length >= 16, "the route table was read");
  for (const route of routes) {
    const [method, path] = route.split(" ") as [string, string];
    const call = (
      token: string | undefined,
      { tenant, host }: { tenant?: string; host?: string } = {},
    ) =>
      world.api(method, path.replace(/:\w+/, beta.tenant.id), {
        token,
        host: world.host(host),
        headers: tenant ? { "X-Tenant": tenant } : {},
        body: ["POST", "PATCH"].includes(method) ? {} : undefined,
      });

    await t.step(
      `${route} rejects calls without a token, and with another tenant's name or host`,
      async () => {
        const answers = [
          await call(tenantToken, { tenant: "beta" }),
          await call(tenantToken, { host: "beta" }),
          await call(tenantToken, { tenant: "gamma" }),
          await call(tenantToken, { tenant: "acme", host: "beta" }),
          await call(tenantToken, { tenant: "beta", host: "acme" }),
          await call(severalToken, { tenant: "beta" }),
          await call(severalToken, { host: "beta" }),
          await call(severalToken, { tenant: "acme", host: "gamma" }),
          await call(severalToken, { tenant: "nowhere" }),
          await call(noneToken, { tenant: "acme" }),
          await call(key, { tenant: "beta" }),
          await call(key, { host: "beta" }),
          await call(key, { tenant: "gamma" }),
          await call(key, { tenant: "acme", host: "beta" }),
          await call(key, { tenant: "nowhere" }),
        ];

        assert.equal((await call(undefined)).status, 401);
        assert.deepEqual(answers.map(({ status }) => status), answers.map(() => 403));
        assert.equal(new Set(answers.map(({ json }) => json.detail)).size, 1);
        assert.doesNotMatch(answers.map(({ text }) => text).join(), /Secret/);
      },
    );

    if (FOR_ACCOUNT_TOKENS.includes(route)) {
      await t.step(`${route} rejects tenant tokens and API keys`, async () => {
        assert.equal((await call(tenantToken)).status, 403);
        assert.equal((await call(key)).status, 403);
        assert.notEqual((await call(severalToken)).status, 403);
      });
    } else if (!FOR_ANY_TOKEN.includes(route)) {
      await t.step(`${route} requires an account token to name the tenant`, async () => {
        const several = await call(severalToken);
        assert.equal(several.status, 400);
        assert.match(several.json.detail, /several workspaces.*X-Tenant/);
        assert.equal((await call(noneToken)).status, 403);
      });
    }
  }
});

Deno.test("the document names the credentials that an operation accepts, and no others", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const { id: ben } = await world.member(acme, "ben@acme.example", "member");
  const key = (await createApiKey(acme.ctx, EVERYTHING))!.apiKey;
  const token = await world.accountToken(acme.owner.email);
  const { json: members } = await world.api("GET", "/members", { token });
  const ids: Record<string, string> = {
    members: members.data.find(({ user_id }: { user_id: string }) => user_id === ben).id,
    tenants: acme.tenant.id,
  };

  for (const { operationId, method, path, security, requestBody } of OPERATIONS) {
    const schemes = security.flatMap((each) => Object.keys(each));
    if (schemes.length === 0) continue;
    await t.step(operationId, async () => {
      const call = (token: string) =>
        world.api(method, path.replace(/\{\w+\}/, ids[path.split("/")[1]!] ?? newId()), {
          token,
          body: requestBody?.content["application/json"]?.example,
        });

      const [byKey, byPerson] = [await call(key), await call(token)];

      assert.deepEqual(schemes, isRefused(byKey) ? ["bearer"] : ["bearer", "api_key"], byKey.text);
      assert.ok(!isRefused(byPerson), byPerson.text);
    });
  }
});

/** Whether the credentials are the reason, and not the plan or the state. */
function isRefused({ status, json }: ApiAnswer): boolean {
  if (status === 401) return true;
  return status === 403 && /API keys can't|account token|don't have permission/.test(json.detail);
}

Deno.test("S51 a tenant token can read only its own tenant, and can't change, delete or create another", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  await world.member(globex, acme.owner.email, "owner");
  const token = await world.token(acme);
  const foreign = `/tenants/${globex.tenant.id}`;

  const list = await world.api("GET", "/tenants", { token });
  const answers = [
    await world.api("GET", foreign, { token }),
    await world.api("PATCH", foreign, { token, body: { name: "Moved", subdomain: "moved" } }),
    await world.api("DELETE", foreign, { token }),
    await world.api("DELETE", `${foreign}/deletion`, { token }),
  ];
  const created = await world.api("POST", "/tenants", { token, body: { name: "New", subdomain: "new-one" } });
  const own = await world.api("PATCH", `/tenants/${acme.tenant.id}`, { token, body: { name: "Acme Two" } });

  assert.deepEqual(list.json.data.map(({ subdomain }: { subdomain: string }) => subdomain), ["acme"]);
  assert.deepEqual(answers.map(({ status }) => status), [404, 404, 404, 404]);
  assert.equal(created.status, 403);
  assert.equal(own.status, 200);
  assert.deepEqual(await world.services.use(TENANTS).findById(globex.tenant.id), globex.tenant);
  assert.equal(await world.services.use(TENANTS).findBySubdomain("new-one"), null);
});

Deno.test("S51 an account token works in each of its person's tenants with their role there, and in no other tenant", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const initech = await world.company("initech");
  await world.member(globex, acme.owner.email, "viewer");
  const token = await world.accountToken(acme.owner.email);
  const create = (tenant: string) =>
    world.api("POST", "/projects", {
      token,
      headers: { "X-Tenant": tenant },
      body: { name: `Of ${tenant}` },
    });

  const answers = [await create("acme"), await create("globex"), await create("initech")];
  const onTheHost = await world.api("GET", "/projects", { token, host: world.host("acme") });
  const [inAcme, inGlobex] = [
    await world.api("GET", "/me", { token, headers: { "X-Tenant": "acme" } }),
    await world.api("GET", "/me", { token, host: world.host("globex") }),
  ];
  const list = await world.api("GET", "/tenants", { token });
  await world.removeMember(globex, acme.owner);
  const removed = await world.api("GET", "/projects", { token, headers: { "X-Tenant": "globex" } });

  assert.deepEqual(answers.map(({ status }) => status), [201, 403, 403]);
  assert.deepEqual(onTheHost.json.data.map(({ name }: { name: string }) => name), ["Of acme"]);
  assert.deepEqual([inAcme.json.scope, inAcme.json.tenant.subdomain, inAcme.json.role], [
    "account",
    "acme",
    "owner",
  ]);
  assert.deepEqual([inGlobex.json.tenant.subdomain, inGlobex.json.role], ["globex", "viewer"]);
  assert.ok(!inGlobex.json.permissions.includes("projects:write"));
  assert.equal(list.json.data.length, 2);
  assert.equal(removed.status, 403);
  assert.equal(
    (await world.api("GET", "/projects", { token: await world.token(initech) })).json.data.length,
    0,
  );
});

Deno.test("an account token selects its person's only workspace, must name one of several, and works with none", async () => {
  await using world = await World.open();
  await world.user("ada@new.example");
  const token = await world.accountToken("ada@new.example");
  const create = (subdomain: string) =>
    world.api("POST", "/tenants", { token, body: { name: subdomain, subdomain } });

  const [none, closed] = [
    await world.api("GET", "/me", { token }),
    await world.api("GET", "/projects", { token }),
  ];
  await create("first");
  const [one, open] = [
    await world.api("GET", "/me", { token }),
    await world.api("GET", "/projects", { token }),
  ];
  await create("second");
  const [two, unnamed] = [
    await world.api("GET", "/me", { token }),
    await world.api("GET", "/projects", { token }),
  ];

  assert.deepEqual([none.status, none.json.scope, none.json.tenant, none.json.role, none.json.permissions], [
    200,
    "account",
    null,
    null,
    [],
  ]);
  assert.equal(closed.status, 403);
  assert.deepEqual([one.json.tenant.subdomain, one.json.role, open.status], ["first", "owner", 200]);
  assert.deepEqual([two.status, two.json.tenant, unnamed.status], [200, null, 400]);
});

Deno.test("X-Tenant ignores letter case, like hosts", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const tokens = [await world.token(acme), await world.accountToken(acme.owner.email)];

  for (const token of tokens) {
    const answer = await world.api("GET", "/projects", { token, headers: { "X-Tenant": "ACME" } });
    assert.equal(answer.status, 200);
  }
});

Deno.test("S08 an account token can't open a suspended tenant, but works for the person's own account", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.accountToken(acme.owner.email);
  await suspendTenant(await openTenant(world.system, acme.tenant.id), { reason: "An invoice is open." });

  const closed = [
    await world.api("GET", "/projects", { token }),
    await world.api("GET", "/projects", { token, headers: { "X-Tenant": "acme" } }),
    await world.api("GET", "/me", { token, headers: { "X-Tenant": "acme" } }),
  ];
  const [me, list] = [
    await world.api("GET", "/me", { token }),
    await world.api("GET", "/tenants", { token }),
  ];

  for (const answer of closed) assert.deepEqual([answer.status, answer.json.title], [403, "Suspended"]);
  assert.deepEqual([me.status, me.json.tenant.status], [200, "suspended"]);
  assert.equal(list.json.data[0].status, "suspended");
});

Deno.test("S25 a staff member's account token can't open a tenant of which they aren't a member", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const staff = await world.staff("root@example.com");
  const token = await world.accountToken(staff.email);
  const path = `/tenants/${acme.tenant.id}`;

  const answers = [
    await world.api("GET", path, { token }),
    await world.api("PATCH", path, { token, body: { name: "Taken over" } }),
    await world.api("DELETE", path, { token }),
  ];
  const named = await world.api("GET", "/projects", { token, headers: { "X-Tenant": "acme" } });

  assert.deepEqual(answers.map(({ status }) => status), [404, 404, 404]);
  assert.equal(named.status, 403);
  assert.deepEqual(await world.services.use(TENANTS).findById(acme.tenant.id), acme.tenant);
});

/** All routes that require a token, such as `GET /tenants/:id`. */
async function apiRoutesOf(world: World): Promise<string[]> {
  const { routes } = await createApp(world.services);
  const ofTheApi = routes.filter(({ method, path }) => method !== "ALL" && path.startsWith("/api/v1/"))
    .map(({ method, path }) => `${method} ${path.replace("/api/v1", "")}`);
  return [...new Set(ofTheApi)].filter((route) => !WITHOUT_TOKEN.includes(route));
}
