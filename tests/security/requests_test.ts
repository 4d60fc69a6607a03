import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { findUserByEmail } from "../../src/identity/users.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { send } from "../support/http.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: requests with forbidden content or from other origins are rejected (S23, S29, S31, S32, S36, S43). */

const JSON_TYPE = { "Content-Type": "application/json" };

Deno.test("S23 fields that the caller can't set are ignored", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  const foreign = "0198c0de-0000-7000-8000-000000000000";
  const smuggled = {
    id: foreign,
    owner_id: foreign,
    ownerId: foreign,
    tenant_id: foreign,
    version: 99,
    role: "owner",
    plan: "enterprise",
    is_admin: true,
    created_at: "1999-01-01T00:00:00Z",
    createdAt: "1999-01-01T00:00:00Z",
  };

  const created = await world.api("POST", "/projects", { token, body: { name: "Mine", ...smuggled } });
  const changed = await world.api("PATCH", `/projects/${created.json.id}`, {
    token,
    body: { description: "x", ...smuggled },
  });

  for (const { json } of [created, changed]) {
    assert.notEqual(json.id, foreign);
    assert.equal(json.owner_id, acme.owner.id);
    assert.equal(json.created_at, "2026-03-02T09:00:00.000Z");
  }
  assert.equal(changed.headers.etag, '"2"');
});

Deno.test("S23 sign-up can't choose a plan, a status or an id, or create platform staff", async () => {
  await using world = await World.open();
  const id = "0198c0de-0000-7000-8000-000000000000";

  await world.browser().post(`http://${world.host()}/signup`, {
    company_name: "Acme",
    subdomain: "acme",
    name: "Ada",
    email: "ada@acme.example",
    password: PASSWORD,
    plan: "enterprise",
    id,
    is_admin: "true",
    is_platform_admin: "true",
    isPlatformAdmin: "true",
    status: "suspended",
  });

  const tenant = await world.services.use(TENANTS).findBySubdomain("acme");
  const user = await findUserByEmail(world.system.control, "ada@acme.example");
  assert.deepEqual([tenant?.plan, tenant?.status], ["starter", "active"]);
  assert.equal(user?.isPlatformAdmin, false);
  assert.notEqual(tenant?.id, id);
  assert.notEqual(user?.id, id);
});

Deno.test("S21 a viewer can read but not change anything, through pages or the API", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.member(acme, "viewer@acme.example", "viewer");
  const token = await world.token(acme);
  const { json: project } = await world.api("POST", "/projects", { token, body: { name: "Kept" } });
  const viewer = world.browser();
  await viewer.post(`http://${world.host("acme")}/login`, {
    email: "viewer@acme.example",
    password: PASSWORD,
  });
  const viewerToken = await world.token(acme, "viewer@acme.example");

  const pages = [
    ["/projects", { name: "New" }],
    [`/projects/${project.id}`, { name: "Changed", version: "1" }],
    [`/projects/${project.id}/archive`, {}],
    [`/projects/${project.id}/delete`, {}],
  ] as const;
  for (const [path, form] of pages) {
    assert.equal((await viewer.post(`http://${world.host("acme")}${path}`, form)).status, 403, path);
  }
  for (const path of ["/projects/new", `/projects/${project.id}/edit`, `/projects/${project.id}/delete`]) {
    assert.equal((await viewer.get(`http://${world.host("acme")}${path}`)).status, 403, path);
  }
  const role = await world.api("PATCH", `/projects/${project.id}`, {
    token: viewerToken,
    body: { name: "Changed", role: "owner" },
  });
  const { json } = await world.api("GET", "/projects", { token });

  assert.equal(role.status, 403);
  assert.deepEqual(json.data.map(({ name }: { name: string }) => name), ["Kept"]);
});

const CROSS_SITE: [string, Record<string, string>][] = [
  ["another site", { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" }],
  ["another site in an old browser", { Origin: "https://evil.example" }],
  ["a sibling subdomain", { Origin: "http://globex.localhost", "Sec-Fetch-Site": "same-site" }],
  ["a sandboxed frame", { Origin: "null", "Sec-Fetch-Site": "cross-site" }],
  ["a sandboxed frame in an old browser", { Origin: "null" }],
  ["another port of the same host", { Origin: "http://acme.localhost:1", "Sec-Fetch-Site": "same-site" }],
  ["a URL typed by hand", { "Sec-Fetch-Site": "none" }],
];

const FORGED_FORMS = [
  ["application/x-www-form-urlencoded", "name=Forged"],
  ["text/plain", "name=Forged"],
  [
    "multipart/form-data; boundary=x",
    '--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nForged\r\n--x--\r\n',
  ],
] as const;

Deno.test("S29 a change requested by another origin is rejected, whatever its content type", async (t) => {
  await using world = await World.open();
  await world.company("acme");
  const browser = world.browser();
  const host = world.host("acme");
  await browser.post(`http://${host}/login`, { email: "owner@acme.example", password: PASSWORD });
  const cookie = [...browser.cookies(host)].map(([name, value]) => `${name}=${value}`).join("; ");

  for (const [from, headers] of CROSS_SITE) {
    for (const [type, body] of FORGED_FORMS) {
      await t.step(`from ${from}, as ${type}`, async () => {
        const call = { port: world.port, host, method: "POST", path: "/projects", body };
        const answer = await send({ ...call, headers: { Cookie: cookie, "Content-Type": type, ...headers } });
        assert.equal(answer.status, 403);
      });
    }
  }
  await t.step("the page's own request works, and nothing else changed", async () => {
    const done = await browser.post(`http://${host}/projects`, { name: "Real" });
    assert.equal(done.status, 200);
    assert.match(done.text, /Real/);
    assert.doesNotMatch(done.text, /Forged/);
  });
});

Deno.test("S29 the API doesn't accept cookies", async () => {
  await using world = await World.open();
  await world.company("acme");
  const browser = world.browser();
  await browser.post(`http://${world.host("acme")}/login`, {
    email: "owner@acme.example",
    password: PASSWORD,
  });

  assert.equal((await browser.get(`http://${world.host("acme")}/api/v1/projects`)).status, 401);
});

const BODIES: [string, number, string | Uint8Array, Record<string, string>?][] = [
  ["more than 1 MB", 413, JSON.stringify({ name: "x", description: "y".repeat(1024 * 1024) })],
  ["JSON 100 levels deep", 422, "[".repeat(100) + "]".repeat(100)],
  ["JSON 5,000 levels deep", 422, '{"a":'.repeat(5_000) + "1" + "}".repeat(5_000)],
  ["__proto__", 422, '{"name":"x","__proto__":{"isAdmin":true}}'],
  ["__proto__, escaped", 422, '{"name":"x","\\u005f_proto__":{"isAdmin":true}}'],
  ["NUL", 422, '{"name":"a\\u0000b"}'],
  ["half a surrogate pair", 422, '{"name":"a\\ud800b"}'],
  ["invalid UTF-8", 422, Uint8Array.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
  ["JSON that breaks off", 422, '{"name":'],
  ["a list", 422, "[]"],
  ["a number", 422, "7"],
  ["nothing", 422, ""],
  ["a gzip bomb", 422, gzipSync(new Uint8Array(20 * 1024 * 1024)), { "Content-Encoding": "gzip" }],
];

Deno.test("S31 an invalid body is rejected, and the server survives", async (t) => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));
  const call = { port: world.port, host: world.host(), method: "POST", path: "/api/v1/projects" };
  for (const [name, status, body, headers] of BODIES) {
    await t.step(name, async () => {
      const answer = await send({
        ...call,
        body,
        headers: { ...JSON_TYPE, Authorization: `Bearer ${token}`, ...headers },
      });
      assert.equal(answer.status, status, answer.text);
    });
  }
  for (const form of ["name=a%00b", "name=%ff%fe", "name=%ED%A0%80"]) {
    await t.step(`the form ${form}`, async () => {
      const headers = { "Content-Type": "application/x-www-form-urlencoded" };
      assert.equal((await send({ ...call, path: "/signup", body: form, headers })).status, 422);
    });
  }
  await t.step("more than 1 MB without a Content-Length", async () => {
    const stream = new ReadableStream({
      start(controller) {
        for (let part = 0; part < 20; part++) controller.enqueue(new Uint8Array(100 * 1024).fill(32));
        controller.close();
      },
    });
    const headers = { ...JSON_TYPE, Authorization: `Bearer ${token}` };
    const answer = await fetch(`http://localhost:${world.port}/api/v1/projects`, {
      method: "POST",
      headers,
      body: stream,
    });
    assert.equal(answer.status, 413);
    await answer.body?.cancel();
  });
  await t.step("endless headers", async () => {
    const headers = Object.fromEntries(
      Array.from({ length: 500 }, (_, place) => [`X-Flood-${place}`, "x".repeat(2_000)]),
    );
    const answer = await send({ ...call, method: "GET", headers }).catch(() => ({ status: 431 }));
    assert.ok(answer.status === 431 || answer.status === 400, String(answer.status));
  });
  await t.step("a valid request works afterward", async () => {
    assert.equal((await world.api("POST", "/projects", { token, body: { name: "Good" } })).status, 201);
  });
});

Deno.test("S31 a body that arrives too slowly is cut off after ten seconds", async () => {
  await using world = await World.open();
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: world.port });
  const head = [
    "POST /signup HTTP/1.1",
    `Host: ${world.host()}`,
    "Content-Type: application/json",
    "Content-Length: 1000",
    "",
    "{",
  ];
  const started = performance.now();

  await connection.write(new TextEncoder().encode(head.join("\r\n")));
  const buffer = new Uint8Array(1_000);
  const length = await connection.read(buffer) ?? 0;
  connection.close();

  const seconds = (performance.now() - started) / 1_000;
  assert.match(new TextDecoder().decode(buffer.subarray(0, length)), /^HTTP\/1\.1 (408|422)/);
  assert.ok(seconds > 9 && seconds < 12, `${seconds} s`);
});

Deno.test("S32 line feeds in names, addresses and redirect targets never become headers", async () => {
  await using world = await World.open();
  await world.company("acme");
  const attack = "x\r\nSet-Cookie: stolen=1";

  const signUp = await world.browser().post(`http://${world.host()}/signup`, {
    company_name: attack,
    subdomain: "newcorp",
    name: attack,
    email: "a@b.example\r\nBcc: c@d.example",
    password: PASSWORD,
  });
  const browser = world.browser();
  const signIn = await browser.post(`http://${world.host("acme")}/login`, {
    email: "owner@acme.example",
    password: PASSWORD,
    next: `/projects${attack}`,
  });
  const query = await browser.get(`http://${world.host()}/login?next=%0d%0aSet-Cookie:%20stolen=1`);

  assert.equal(signUp.status, 422);
  assert.match(signIn.url, /\/dashboard$/);
  assert.equal(query.status, 200);
  for (const host of [world.host(), world.host("acme")]) {
    assert.equal(browser.cookies(host).has("stolen"), false);
  }
});

const PATHS = [
  "/static/../deno.json",
  "/static/..%2fdeno.json",
  "/static/%2e%2e/deno.json",
  "/static/%2e%2e%2fdeno.json",
  "/static/..%5cdeno.json",
  "/static/....//deno.json",
  "/static/app.css%00.js",
  "/static/%00",
  "/static//etc/passwd",
  "/static/%252e%252e%252fdeno.json",
  "/static/__proto__",
  "/static/constructor",
  "/static/",
  "/.env",
  "/.git/config",
  "/deno.json",
];

Deno.test("S36 only the listed static files are served", async (t) => {
  await using world = await World.open();
  for (const path of PATHS) {
    await t.step(path, async () => {
      const answer = await send({ port: world.port, host: world.host(), method: "GET", path });
      assert.equal(answer.status, 404);
      assert.doesNotMatch(answer.text, /imports|root:/);
    });
  }
});
