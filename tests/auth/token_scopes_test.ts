import { decodeJwt } from "jose";
import assert from "node:assert/strict";
import { resumeTenant, suspendTenant } from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: a sign-in returns a token of the requested scope, and the scope never changes (S51). */

Deno.test("signing in with `tenant` returns a tenant token, without it an account token; refreshing keeps the scope", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  await world.member(globex, acme.owner.email, "viewer");
  const body = { email: acme.owner.email, password: PASSWORD };
  const login = (call: Parameters<World["api"]>[2], tenant?: string) =>
    world.api("POST", "/auth/login", { ...call, body: { ...body, tenant } });
  const refresh = (refresh_token: string) => world.api("POST", "/auth/refresh", { body: { refresh_token } });

  const named = [
    await login({}, "globex"),
    await login({}, "GLOBEX"),
    await login({ headers: { "X-Tenant": "globex" } }, "GloBex"),
  ];
  const unnamed = [
    await login({}),
    await login({ headers: { "X-Tenant": "globex" } }),
    await login({ host: world.host("globex") }),
  ];
  const refreshed = [
    await refresh(named[0]!.json.refresh_token),
    await refresh(unnamed[0]!.json.refresh_token),
  ];
  const refused = [await login({}, "nowhere"), await login({ headers: { "X-Tenant": "acme" } }, "globex")];

  const claimsOf = ({ json }: { json: { access_token: string } }) => {
    const { scope, tid } = decodeJwt(json.access_token);
    return [scope, tid];
  };
  for (const answer of [...named, refreshed[0]!]) {
    assert.deepEqual(claimsOf(answer), ["tenant", globex.tenant.id]);
  }
  for (const answer of [...unnamed, refreshed[1]!]) {
    assert.deepEqual(claimsOf(answer), ["account", undefined]);
  }
  assert.deepEqual(refused.map(({ status }) => status), [403, 422]);
});

Deno.test("S51 an account token can be exchanged for tokens of one tenant, which end with it", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const initech = await world.company("initech");
  await world.member(globex, acme.owner.email, "viewer");
  const { json: account } = await world.api("POST", "/auth/login", {
    body: { email: acme.owner.email, password: PASSWORD },
  });
  const exchange = (tenant: string, token = account.access_token) =>
    world.api("POST", "/auth/token", { token, body: { tenant } });
  const statusOf = async (token: string) => (await world.api("GET", "/projects", { token })).status;
  const logout = (refresh_token: string) => world.api("POST", "/auth/logout", { body: { refresh_token } });

  const { status, json: first } = await exchange("Globex");
  const me = await world.api("GET", "/me", { token: first.access_token });
  const { json: second } = await exchange("globex");
  await suspendTenant(await openTenant(world.system, globex.tenant.id), { reason: "An invoice is open." });
  const suspended = await exchange("globex");
  await resumeTenant(await openTenant(world.system, globex.tenant.id));
  const refused = [
    await exchange("initech"),
    await exchange("nowhere"),
    await exchange("globex", first.access_token),
    await exchange("acme", await world.token(initech)),
    suspended,
  ];
  const { json: renewed } = await world.api("POST", "/auth/refresh", {
    body: { refresh_token: first.refresh_token },
  });
  await logout(second.refresh_token);
  const afterItsOwnEnd = [await statusOf(second.access_token), await statusOf(renewed.access_token)];
  const accountStill = await world.api("GET", "/me", { token: account.access_token });
  await logout(account.refresh_token);
  const afterTheAccounts = await statusOf(renewed.access_token);
  const late = await exchange("globex");

  assert.equal(status, 200);
  assert.deepEqual([me.json.scope, me.json.tenant.subdomain, me.json.role], ["tenant", "globex", "viewer"]);
  assert.deepEqual(refused.map(({ status }) => status), [403, 403, 403, 403, 403]);
  assert.deepEqual(afterItsOwnEnd, [401, 200]);
  assert.equal(accountStill.status, 200);
  assert.equal(afterTheAccounts, 401);
  assert.equal(late.status, 401);
});
