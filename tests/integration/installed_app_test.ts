import assert from "node:assert/strict";
import { suspendTenant, updateTenant } from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { readImageHeader } from "../../src/platform/image_header.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: a workspace installs as an app with its own name, color and icons, also before anyone signs in. */

const MAX_WORKER_BYTES = 6 * 1024;

Deno.test("a workspace's manifest has its name, its color and icons that exist", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme Robotics");
  await updateTenant(acme.ctx, { brandColor: "#1d59b3" });

  const { status, headers, text } = await world.raw("GET", world.host("acme"), "/manifest.webmanifest");
  const { icons, ...manifest } = JSON.parse(text);

  assert.equal(status, 200);
  assert.equal(headers["content-type"], "application/manifest+json");
  assert.equal(headers["cache-control"], "public, max-age=300");
  assert.deepEqual(manifest, {
    id: "/",
    name: "Acme Robotics",
    short_name: "Acme",
    dir: "auto",
    start_url: "/dashboard",
    scope: "/",
    display: "standalone",
    theme_color: "#1d59b3",
    background_color: "#1d59b3",
  });
  assert.deepEqual(icons.map(({ sizes, purpose }: Icon) => [sizes, purpose]), [
    ["192x192", "any"],
    ["512x512", "any"],
    ["512x512", "maskable"],
  ]);
  for (const { src, sizes } of icons as Icon[]) {
    const icon = await world.raw("GET", world.host("acme"), src);
    const header = readImageHeader(icon.bytes)!;
    assert.equal(icon.headers["content-type"], "image/png");
    assert.equal(icon.headers["cache-control"], "public, max-age=31536000, immutable");
    assert.equal(`${header.width}x${header.height}`, sizes);
  }
});

Deno.test("a browser that has the manifest gets 304, until the workspace changes", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme Robotics");
  const first = await world.raw("GET", world.host("acme"), "/manifest.webmanifest");
  const again = { "If-None-Match": first.headers.etag as string };

  const unchanged = await world.raw("GET", world.host("acme"), "/manifest.webmanifest", again);
  await updateTenant(acme.ctx, { name: "Acme Machines" });
  const renamed = await world.raw("GET", world.host("acme"), "/manifest.webmanifest", again);

  assert.equal(unchanged.status, 304);
  assert.equal(renamed.status, 200);
  assert.equal(JSON.parse(renamed.text).name, "Acme Machines");
});

Deno.test("an icon's address changes with the color, and an old address is not cached for good", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme Robotics");
  const [before] = await iconsOf(world);
  await updateTenant(acme.ctx, { brandColor: "#facc15" });
  const [after] = await iconsOf(world);

  const old = await world.raw("GET", world.host("acme"), before!.src);

  assert.notEqual(before!.src, after!.src);
  assert.equal(old.headers["cache-control"], "public, max-age=300");
});

Deno.test("a long name is shortened to whole words that fit below an icon", async () => {
  await using world = await World.open();
  const shortNameOf = async (subdomain: string, name: string) => {
    await world.company(subdomain, name);
    const { text } = await world.raw("GET", world.host(subdomain), "/manifest.webmanifest");
    return JSON.parse(text).short_name;
  };

  const names = [
    await shortNameOf("one", "Acme"),
    await shortNameOf("two", "Acme & Sons International"),
    await shortNameOf("three", "Donaudampfschifffahrtsgesellschaft"),
  ];

  assert.deepEqual(names, ["Acme", "Acme & Sons", "Donaudampfsc"]);
});

Deno.test("a workspace's pages name its manifest, color and icon; the apex's pages don't", async () => {
  await using world = await World.open();
  await world.company("acme", "Acme Robotics");

  const page = await world.raw("GET", world.host("acme"), "/login");
  const apex = await world.raw("GET", world.host(), "/login");

  assert.match(page.text, /<link rel="manifest" href="\/manifest\.webmanifest"/);
  assert.match(page.text, /<meta name="theme-color" content="#0b6b58"/);
  assert.match(page.text, /<link rel="apple-touch-icon" href="\/brand\/icon-apple-180\.png\?v=[0-9a-f]{12}"/);
  assert.doesNotMatch(apex.text, /rel="manifest"|theme-color/);
  assert.match(apex.text, /<link rel="apple-touch-icon" href="\/static\/apple-touch-icon\.png/);
});

Deno.test("S03 an unknown and a suspended workspace have no manifest and no icons", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await suspendTenant(await openTenant(world.system, acme.tenant.id), { reason: "Unpaid." });

  for (const path of ["/manifest.webmanifest", "/brand/icon-192.png"]) {
    assert.equal((await world.raw("GET", world.host("acme"), path)).status, 403);
    assert.equal((await world.raw("GET", world.host("nosuchco"), path)).status, 404);
    assert.equal((await world.raw("GET", world.host(), path)).status, 404);
  }
});

Deno.test("the service worker is small, always fresh, and may fetch from its own host only", async () => {
  await using world = await World.open();
  await world.company("acme");
  const get = (headers = {}) => world.raw("GET", world.host("acme"), "/sw.js", headers);

  const { status, headers, bytes } = await get();
  const again = await get({ "If-None-Match": headers.etag as string });

  assert.equal(status, 200);
  assert.equal(again.status, 304);
  assert.ok(bytes.length <= MAX_WORKER_BYTES, `${bytes.length} bytes`);
  assert.equal(headers["content-type"], "text/javascript; charset=utf-8");
  assert.equal(headers["cache-control"], "no-cache");
  assert.equal(headers["content-security-policy"], "default-src 'self'; frame-ancestors 'none'");
  assert.equal((await world.raw("GET", world.host(), "/sw.js")).status, 404);
});

Deno.test("the service worker names files that exist, and stores them for good", async () => {
  await using world = await World.open();
  await world.company("acme");
  const { text } = await world.raw("GET", world.host("acme"), "/sw.js");

  const { files } = JSON.parse(/^const BUILD=(.*);$/m.exec(text)![1]!) as { files: string[] };

  assert.ok(files.some((file) => file.startsWith("/static/app.css?v=")), files.join());
  for (const file of files) {
    const { status, headers } = await world.raw("GET", world.host("acme"), file);
    assert.deepEqual([status, headers["cache-control"]], [200, "public, max-age=31536000, immutable"], file);
  }
});

Deno.test("the offline page is the same for everyone, signed in or not", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme Robotics");
  const browser = world.browser();
  await browser.post(`http://${world.host("acme")}/login`, { email: acme.owner.email, password: PASSWORD });

  const visitor = await world.raw("GET", world.host("acme"), "/offline");
  const member = await browser.get(`http://${world.host("acme")}/offline`);

  assert.equal(visitor.status, 200);
  assert.match(visitor.text, /<h1[^>]*>You(&#39;|')re offline<\/h1>/);
  for (const { text } of [visitor, member]) {
    for (const personal of [acme.owner.email, acme.owner.name, "offline-tag"]) {
      assert.ok(!text.includes(personal), personal);
    }
  }
});

Deno.test("S27 only a workspace's pages may register a service worker", async () => {
  await using world = await World.open();
  await world.company("acme");
  const trustedTypesOf = async (host: string, path: string) => {
    const { headers } = await world.raw("GET", host, path);
    return /; (trusted-types [^;]+)$/.exec(headers["content-security-policy"] as string)?.[1];
  };

  const policies = await Promise.all([
    trustedTypesOf(world.host("acme"), "/login"),
    trustedTypesOf(world.host("acme"), "/nowhere"),
    trustedTypesOf(world.host(), "/login"),
    trustedTypesOf(world.host(), "/nowhere"),
  ]);

  assert.deepEqual(policies, [
    "trusted-types htmx denizen",
    "trusted-types htmx denizen",
    "trusted-types htmx",
    "trusted-types htmx",
  ]);
});

type Icon = { src: string; sizes: string; purpose: string };

async function iconsOf(world: World): Promise<Icon[]> {
  const { text } = await world.raw("GET", world.host("acme"), "/manifest.webmanifest");
  return JSON.parse(text).icons;
}
