import assert from "node:assert/strict";
import { updateTenant } from "../../src/tenancy/lifecycle.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: scripts of other websites reach a workspace's API only if the workspace lists the website (CORS). */

const SHOP = "https://shop.acme.example";

Deno.test("a listed website may call the API on the workspace's host, and read its headers", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  await updateTenant(company.ctx, { apiOrigins: [SHOP] });
  const host = world.host("acme");
  const token = await world.token(company);
  const preflight = {
    "Access-Control-Request-Method": "PATCH",
    "Access-Control-Request-Headers": "authorization, content-type, if-match",
  };

  const asked = await world.raw("OPTIONS", host, "/api/v1/projects/1", { Origin: SHOP, ...preflight });
  const called = await world.api("GET", "/projects", { host, token, headers: { Origin: SHOP } });
  const refused = await world.api("GET", "/projects", { host, headers: { Origin: SHOP } });

  assert.equal(asked.status, 204);
  assert.equal(asked.headers["access-control-allow-origin"], SHOP);
  assert.match(asked.headers["access-control-allow-methods"] as string, /PATCH/);
  for (const name of ["Authorization", "Content-Type", "If-Match", "Idempotency-Key"]) {
    assert.ok(asked.headers["access-control-allow-headers"]!.includes(name), name);
  }
  assert.deepEqual([called.status, refused.status], [200, 401]);
  for (const { headers } of [called, refused]) {
    assert.equal(headers["access-control-allow-origin"], SHOP);
    assert.equal(headers["access-control-allow-credentials"], undefined);
    assert.match(headers["access-control-expose-headers"] as string, /ETag/);
    assert.match(headers.vary as string, /Origin/);
  }
});

Deno.test("a listed website can read why its body was refused", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  await updateTenant(company.ctx, { apiOrigins: [SHOP] });
  const headers = { Origin: SHOP, Authorization: `Bearer ${await world.token(company)}` };
  const post = (type: string, body: string, more: Record<string, string> = {}) =>
    world.raw(
      "POST",
      world.host("acme"),
      "/api/v1/projects",
      { ...headers, "Content-Type": type, ...more },
      body,
    );

  const answers = [
    await post("application/json", "x".repeat(1_100_000)),
    await post("text/plain", "name"),
    await post("application/json", "{"),
    await post("application/json", "{}", { "Content-Encoding": "gzip" }),
  ];

  assert.deepEqual(answers.map(({ status }) => status), [413, 415, 422, 422]);
  for (const { headers } of answers) {
    assert.equal(headers["access-control-allow-origin"], SHOP);
    assert.ok(headers["access-control-expose-headers"]);
  }
});

Deno.test("no other website may: not another tenant's, not a similar one, and none on the apex or on pages", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  await updateTenant(acme.ctx, { apiOrigins: [SHOP] });
  await updateTenant(globex.ctx, { apiOrigins: ["https://globex.example"] });
  const token = await world.token(acme);
  const ask = (host: string, Origin: string, path = "/api/v1/projects") =>
    world.raw("GET", host, path, { Origin, Authorization: `Bearer ${token}` });

  const answers = [
    await ask(world.host("acme"), "https://globex.example"),
    await ask(world.host("acme"), `${SHOP}.evil.example`),
    await ask(world.host("acme"), "http://shop.acme.example"),
    await ask(world.host("acme"), "null"),
    await ask(world.host(), SHOP),
    await ask(world.host("acme"), SHOP, "/login"),
    await world.raw("OPTIONS", world.host("acme"), "/api/v1/projects", {
      Origin: "https://globex.example",
      "Access-Control-Request-Method": "GET",
    }),
  ];

  for (const { headers } of answers) assert.equal(headers["access-control-allow-origin"], undefined);
});

Deno.test("owners list the websites on a page or by the API; what isn't an origin is named", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  await world.member(company, "ben@acme.example", "member");
  const token = await world.token(company);
  const page = `http://${world.host("acme")}/settings/api`;
  const signIn = async (email: string) => {
    const browser = world.browser();
    await browser.post(`http://${world.host("acme")}/login`, { email, password: PASSWORD });
    return browser;
  };
  const [owner, member] = [await signIn(company.owner.email), await signIn("ben@acme.example")];
  const patch = (api_origins: unknown) =>
    world.api("PATCH", `/tenants/${company.tenant.id}`, { token, body: { api_origins } });

  const saved = await owner.post(page, {
    api_origins: "https://Shop.Acme.example/\r\n\r\n http://localhost:3000 \nhttps://shop.acme.example",
  });
  const shown = await owner.get(page);
  const refused = await owner.post(page, { api_origins: "https://ok.example\nhttps://acme.example/shop" });
  const notAllowed = await member.get(page);
  const cleared = await patch([]);
  const { json: log } = await world.api("GET", "/audit-log?action=tenant.api_changed", { token });

  assert.equal(saved.status, 200);
  assert.match(shown.text, /https:\/\/shop\.acme\.example\nhttp:\/\/localhost:3000</);
  assert.equal(refused.status, 422);
  assert.match(refused.text, /This isn&#39;t one: https:\/\/acme\.example\/shop/);
  assert.equal(notAllowed.status, 403);
  assert.deepEqual([cleared.status, cleared.json.api_origins], [200, []]);
  assert.deepEqual(log.data.map(({ changes }: { changes: unknown[] }) => changes), [
    [{ field: "api_origins", before: [SHOP, "http://localhost:3000"], after: [] }],
    [{ field: "api_origins", before: [], after: [SHOP, "http://localhost:3000"] }],
  ]);
  for (
    const origin of [
      "*",
      "https://*.acme.example",
      "http://acme.example",
      "acme.example",
      "null",
      "ftp://a.b",
    ]
  ) {
    const answer = await patch([origin]);
    assert.deepEqual([answer.status, answer.json.errors[0].field], [422, "api_origins"], origin);
  }
  assert.equal(
    (await patch(Array.from({ length: 21 }, (_, index) => `https://a${index}.example`))).status,
    422,
  );
});
