import assert from "node:assert/strict";
import { createProject } from "../../src/projects/projects.ts";
import { PRODUCTION } from "../support/production.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: pages escape text, and their headers forbid scripts, framing and caching (S06, S27, S43). */

const MARKUP = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `' onmouseover='alert(1)`,
  `<button hx-get="/projects" hx-trigger="load">x</button>`,
  `<div x-data="{}" x-init="alert(1)" hx-on:click="alert(1)">x</div>`,
  `javascript:alert(1)`,
  `</textarea><script>alert(1)</script>`,
  `<hx-partial hx-target="body">x</hx-partial>`,
  `{{constructor.constructor('alert(1)')()}}`,
];

Deno.test("S27 every page escapes text that people typed", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme", MARKUP[0]!);
  const browser = world.browser();
  const host = `http://${world.host("acme")}`;
  await browser.post(`${host}/login`, { email: acme.owner.email, password: PASSWORD });

  for (const text of MARKUP) {
    await t.step(text, async () => {
      const project = await createProject(acme.ctx, { name: text, description: text, status: "active" });
      for (
        const path of [
          "/projects",
          "/dashboard",
          "/team",
          `/projects/${project.id}`,
          `/projects/${project.id}/edit`,
          `/projects/${project.id}/delete`,
          `/search?${new URLSearchParams({ q: text })}`,
          `/search/palette?${new URLSearchParams({ q: text })}`,
        ]
      ) {
        const page = await browser.get(host + path);
        const partial = await browser.get(host + path, { "HX-Request": "true" });
        for (const { status, text: html } of [page, partial]) {
          assert.equal(status, 200);
          if (/[<"']/.test(text)) assert.ok(!html.includes(text), `${path} contains the text unescaped`);
        }
      }
      const search = await browser.get(`${host}/projects?${new URLSearchParams({ search: text })}`);
      if (/[<"']/.test(text)) assert.ok(!search.text.includes(text));
    });
  }
});

Deno.test("S27 a form with errors shows the typed values as text", async () => {
  await using world = await World.open();

  const answer = await world.browser().post(`http://${world.host()}/signup`, {
    company_name: MARKUP[1]!,
    subdomain: MARKUP[2]!,
    name: MARKUP[0]!,
    email: MARKUP[3]!,
    password: "short",
  });

  assert.equal(answer.status, 422);
  for (const text of MARKUP.slice(0, 4)) assert.ok(!answer.text.includes(text));
  assert.ok(!answer.text.includes("short"), "the password is not written back");
});

Deno.test("S27 every page allows scripts only by nonce, and no two pages share a nonce", async () => {
  await using world = await World.open();
  await world.company("acme");
  const addresses = ["/", "/login", "/signup", "/nowhere", "/dev/components"].map((path) =>
    `http://${world.host()}${path}`
  );

  const pages = await Promise.all(
    [...addresses, ...addresses].map((address) => world.browser().get(address)),
  );

  const nonces = pages.map(({ headers, text }) => {
    const policy = headers["content-security-policy"] as string;
    const nonce = /^script-src 'nonce-([^']+)';/.exec(policy)![1]!;
    assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval|strict-dynamic|script-src[^;]*\*/);
    for (
      const part of [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "worker-src 'self'",
        "require-trusted-types-for 'script'",
        "trusted-types htmx",
      ]
    ) {
      assert.ok(policy.includes(part), part);
    }
    for (const [tag] of text.matchAll(/<script[^>]*>/g)) {
      assert.ok(tag.includes(`nonce="${nonce}"`) && tag.includes("src="), tag);
    }
    for (const [tag] of text.matchAll(/<[a-z-]+ [^>]*hx-(?:get|post)=[^>]*>/g)) {
      assert.ok(tag.includes(`hx-nonce="${nonce}"`), tag);
    }
    assert.doesNotMatch(text, /<[^>]+\s(?:style|on[a-z]+)=/i);
    return nonce;
  });
  assert.equal(new Set(nonces).size, pages.length);
});

Deno.test("every response has the security headers", async () => {
  await using world = await World.open();
  for (const path of ["/", "/login", "/nowhere", "/health", "/api/v1/projects", "/openapi.json"]) {
    const { headers } = await world.raw("GET", world.host(), path);
    assert.equal(headers["x-content-type-options"], "nosniff", path);
    assert.equal(headers["x-frame-options"], "DENY", path);
    assert.equal(headers["referrer-policy"], "same-origin", path);
    assert.equal(headers["cross-origin-opener-policy"], "same-origin", path);
    assert.match(headers["x-request-id"] as string, /^[0-9a-f-]{36}$/, path);
  }
});

Deno.test("over HTTPS, cookies are bound to their host and HSTS is sent", async () => {
  await using world = await World.open(PRODUCTION);
  await world.company("acme");

  const form = { "Content-Type": "application/x-www-form-urlencoded", Origin: "https://acme.app.example" };
  const body = new URLSearchParams({ email: "owner@acme.example", password: PASSWORD, remember: "on" })
    .toString();
  const answer = await world.raw("POST", "acme.app.example", "/login", form, body);

  const [cookie] = answer.headers["set-cookie"]!;
  assert.match(cookie!, /^__Host-denizen_session=[\w-]{43}; /);
  for (const part of ["Path=/", "HttpOnly", "Secure", "SameSite=Lax"]) {
    assert.ok(cookie!.includes(part), part);
  }
  assert.doesNotMatch(cookie!, /Domain=/i);
  assert.match(answer.headers["strict-transport-security"] as string, /max-age=\d{8}/);
});

Deno.test("S42 production has no pages under /dev", async () => {
  await using world = await World.open(PRODUCTION);

  for (const path of ["/dev/components", "/dev/mailbox", "/dev/mailbox.json"]) {
    assert.equal((await world.raw("GET", "app.example", path)).status, 404, path);
  }
});

Deno.test("S06 no cache stores pages and API responses; every cache may store static files, whose URLs contain a hash", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  const browser = world.browser();
  const host = `http://${world.host("acme")}`;
  await browser.post(`${host}/login`, { email: acme.owner.email, password: PASSWORD });

  const dashboard = await browser.get(`${host}/dashboard`);
  const api = await world.api("GET", "/projects", { token });
  const address = /"(\/static\/app\.css\?v=[^"]+)"/.exec(dashboard.text)![1]!;
  const style = await browser.get(host + address);

  assert.equal(dashboard.headers["cache-control"], "no-store");
  assert.equal(api.headers["cache-control"], "no-store");
  assert.equal(style.headers["cache-control"], "public, max-age=31536000, immutable");
});

Deno.test("S06 after signing out, the same browser can't open any earlier page, on any host", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const browser = world.browser();
  await browser.post(`http://${world.host()}/login`, { email: acme.owner.email, password: PASSWORD });
  const before = await browser.get(`http://${world.host("acme")}/dashboard`);
  const cookies = new Map(browser.cookies(world.host("acme")));

  await browser.post(`http://${world.host()}/logout`);
  for (const [name, value] of cookies) browser.setCookie(world.host("acme"), name, value);
  const after = await browser.get(`http://${world.host("acme")}/dashboard`);

  assert.match(before.url, /\/dashboard$/);
  assert.match(after.url, /\/login\?/);
});

Deno.test("S43 an error in a handler returns 500 with only the request's id, and the server keeps running", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  await world.breakTable(acme, "projects");

  const api = await world.api("POST", "/projects", { token, body: { name: "Lost" } });
  const browser = world.browser();
  const page = await browser.post(`http://${world.host("acme")}/login`, {
    email: acme.owner.email,
    password: PASSWORD,
    next: "/projects",
  });
  const alive = await world.api("GET", "/me", { token });

  assert.deepEqual([api.status, page.status, alive.status], [500, 500, 200]);
  assert.equal(api.json.request_id, api.headers["x-request-id"]);
  for (const { text } of [api, page]) {
    assert.doesNotMatch(text, /projects_|relation "|select "|insert into|\.tsx?:|at async/i);
  }
  assert.match(page.text, new RegExp(page.headers["x-request-id"] as string));
});
