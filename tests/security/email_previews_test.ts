import { Hono } from "hono";
import assert from "node:assert/strict";
import { anyHost } from "../../routes/app.ts";
import type { HttpEnv } from "../../routes/http.ts";
import { TEXT_BODY } from "../../routes/middleware/body.ts";
import type { PolicyName } from "../../routes/middleware/security_headers.ts";
import { mount } from "../../routes/mount.ts";
import { StaticFiles } from "../../routes/static_files.ts";
import { EMAILS } from "../support/emails.ts";
import { PRODUCTION } from "../support/production.ts";
import { World } from "../support/world.ts";

/** Protects: developers can preview emails, and no other page's policy becomes weaker (S42, S27). */

const OWN_POLICY = { "Content-Security-Policy": "default-src *", "X-Frame-Options": "SAMEORIGIN" };

Deno.test("every email has a preview as HTML, in dark, on a phone and as text", async () => {
  await using world = await World.open();
  const browser = world.browser();
  const root = `http://${world.host()}/dev/emails`;

  const list = await browser.get(root);

  assert.equal(list.status, 200);
  assert.equal((await browser.get(`${root}/nonesuch`)).status, 404);
  for (const { name } of EMAILS) {
    assert.ok(list.text.includes(`href="/dev/emails/${name}"`), name);
    const page = await browser.get(`${root}/${name}`);
    const phone = await browser.get(`${root}/${name}?preview=phone`);
    const dark = await browser.get(`${root}/${name}?preview=dark`);
    const text = await browser.get(`${root}/${name}?preview=text`);
    const html = await browser.get(`${root}/${name}/html`);
    const darkHtml = await browser.get(`${root}/${name}/html?scheme=dark`);
    assert.deepEqual([page.status, phone.status, text.status, html.status], [200, 200, 200, 200], name);
    assert.match(
      page.text,
      new RegExp(`<iframe[^>]*src="/dev/emails/${name}/html\\?scheme=light"[^>]*sandbox=""`),
    );
    assert.match(dark.text, /<iframe[^>]*\?scheme=dark"/);
    assert.match(text.text, /<pre[^>]*>[^<]+/);
    assert.match(html.text, /^<!DOCTYPE html>.*@media \(prefers-color-scheme:dark\)/s);
    assert.match(darkHtml.text, /@media all\{\.canvas/);
  }
});

Deno.test("a preview may frame only the product's own pages, and the framed email can't run scripts", async () => {
  await using world = await World.open();
  const browser = world.browser();
  const root = `http://${world.host()}/dev/emails/welcome`;

  const [page, message] = await Promise.all([browser.get(root), browser.get(`${root}/html`)]);

  const policy = page.headers["content-security-policy"] as string;
  assert.match(
    policy,
    /^script-src 'nonce-[^']+'; worker-src 'self'; default-src 'none'; .*; frame-src 'self'$/,
  );
  assert.match(policy, /frame-ancestors 'none'/);
  assert.equal(page.headers["x-frame-options"], "DENY");
  assert.equal(
    message.headers["content-security-policy"],
    `default-src 'none'; style-src 'unsafe-inline'; img-src data: https: http://${world.host()}; base-uri 'none'; form-action 'none'; sandbox allow-popups allow-popups-to-escape-sandbox; frame-ancestors 'self'`,
  );
  assert.equal(message.headers["x-frame-options"], "SAMEORIGIN");
  assert.equal(message.headers["x-content-type-options"], "nosniff");
});

Deno.test("no other page may frame another page or be framed", async () => {
  await using world = await World.open();
  const browser = world.browser();
  for (const path of ["/", "/login", "/dev/emails", "/dev/components", "/nowhere"]) {
    const { headers } = await browser.get(`http://${world.host()}${path}`);
    const policy = headers["content-security-policy"] as string;
    assert.doesNotMatch(policy, /frame-src|unsafe-inline/, path);
    assert.match(policy, /frame-ancestors 'none'.*trusted-types htmx$/, path);
    assert.equal(headers["x-frame-options"], "DENY", path);
  }
});

Deno.test("S42 production has no previews", async () => {
  await using world = await World.open(PRODUCTION);

  for (const path of ["/dev/emails", "/dev/emails/welcome", "/dev/emails/welcome/html"]) {
    const answer = await world.raw("GET", "app.example", path);
    assert.equal(answer.status, 404, path);
    assert.match(answer.headers["content-security-policy"] as string, /frame-ancestors 'none'/);
    assert.doesNotMatch(answer.headers["content-security-policy"] as string, /unsafe-inline|frame-src/);
  }
});

Deno.test("only a route of a mount for previews can set its own policy", async () => {
  await using world = await World.open();
  const answerOf = (policy: PolicyName) => answerWithOwnPolicy(world, policy);

  const strict = [await answerOf("pages"), await answerOf("back_office"), await answerOf("shared_images")];
  const preview = await answerOf("previews");

  for (const headers of strict) {
    assert.match(headers.get("Content-Security-Policy")!, /default-src 'none'/);
    assert.equal(headers.get("X-Frame-Options"), "DENY");
    assert.equal(headers.get("X-Content-Type-Options"), "nosniff");
  }
  assert.equal(preview.get("Content-Security-Policy"), "default-src *");
  assert.equal(preview.get("X-Frame-Options"), "SAMEORIGIN");
  assert.equal(preview.get("X-Content-Type-Options"), "nosniff");
});

/** The headers of a page that sets its own security headers. */
async function answerWithOwnPolicy(world: World, policy: PolicyName): Promise<Headers> {
  const pages = new Hono<HttpEnv>();
  pages.get("/", (c) => c.html("<p></p>", 200, { ...OWN_POLICY, "X-Content-Type-Options": "sniff" }));
  const app = anyHost(world.services, await StaticFiles.load());
  mount(app, "/", { guards: [], body: TEXT_BODY, policy, errors: "page" }, pages);
  const { headers } = await app.request("/", {}, { remoteAddr: undefined });
  return headers;
}
