import assert from "node:assert/strict";
import { DAY } from "../../src/platform/clock.ts";
import { PUBLIC_PATHS } from "../../routes/site/public_paths.ts";
import { PRODUCTION } from "../support/production.ts";
import { World } from "../support/world.ts";

/** Protects: search engines, shared links, password managers and security researchers find what they look for. */

const MAX_SOCIAL_BYTES = 60_000;

Deno.test("the addresses that programs know are answered on every host", async (t) => {
  await using world = await World.open();
  await world.company("acme");
  const get = (path: string, host = world.host()) => world.raw("GET", host, path);
  const origin = `http://${world.host()}`;

  await t.step("robots.txt allows the public pages only", async () => {
    const { headers, text } = await get("/robots.txt");

    assert.match(headers["content-type"]!, /^text\/plain/);
    assert.deepEqual(text.match(/^Allow: .*$/gm), [
      ...PUBLIC_PATHS.map((path) => `Allow: ${path}$`),
      "Allow: /static/",
    ]);
    assert.match(text, /^Disallow: \/$/m);
    assert.ok(text.includes(`Sitemap: ${origin}/sitemap.xml`));
  });

  await t.step("robots.txt of a workspace, or of an unknown host, allows nothing", async () => {
    for (const host of [world.host("acme"), world.host("nosuchco")]) {
      assert.equal((await get("/robots.txt", host)).text, "User-agent: *\nDisallow: /\n");
    }
  });

  await t.step(
    "sitemap.xml lists the public pages, and each has a title, a description and a picture",
    async () => {
      const { headers, text } = await get("/sitemap.xml");
      const addresses = [...text.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, address]) => address!);

      assert.match(headers["content-type"]!, /^application\/xml/);
      assert.deepEqual(addresses, PUBLIC_PATHS.map((path) => origin + path));
      for (const address of addresses) {
        const page = await get(new URL(address).pathname);
        assert.equal(page.status, 200);
        assert.match(page.text, /<title>[^<]+ · Denizen<\/title>/);
        assert.match(page.text, /<meta name="description" content="[^"]{50,160}"/);
        assert.ok(page.text.includes(`<link rel="canonical" href="${address}"`), address);
        assert.match(page.text, /<meta property="og:title" content="[^"]+"/);
      }
    },
  );

  await t.step("the picture of shared links is small and has an absolute address", async () => {
    const { text } = await get("/");
    const address = new URL(/property="og:image" content="([^"]+)"/.exec(text)![1]!);
    const { headers, bytes } = await get(address.pathname + address.search);
    const size = new DataView(bytes.buffer, bytes.byteOffset);

    assert.equal(address.origin, origin);
    assert.equal(headers["content-type"], "image/png");
    assert.deepEqual([size.getUint32(16), size.getUint32(20)], [1200, 630]);
    assert.ok(bytes.length < MAX_SOCIAL_BYTES, `${bytes.length} bytes`);
  });

  await t.step("every page names its icons, and browsers find them at the root as well", async () => {
    const { text } = await get("/", world.host("nosuchco"));
    const icons = [...text.matchAll(/<link rel="(?:icon|apple-touch-icon)"[^>]* href="([^"]+)"/g)];
    const types = await Promise.all(
      [...icons.map(([, path]) => path!), "/favicon.ico", "/apple-touch-icon.png"].map(async (path) => {
        const { status, headers } = await get(path, world.host("nosuchco"));
        return [status, headers["content-type"]];
      }),
    );

    assert.deepEqual(types, [
      [200, "image/x-icon"],
      [200, "image/svg+xml"],
      [200, "image/png"],
      [200, "image/x-icon"],
      [200, "image/png"],
    ]);
  });

  await t.step("security.txt names the contact and expires in less than a year (RFC 9116)", async () => {
    for (const host of [world.host(), world.host("acme")]) {
      const { headers, text } = await get("/.well-known/security.txt", host);
      const fields = Object.fromEntries(text.trim().split("\n").map((line) => line.split(/: (.*)/s)));

      assert.equal(headers["content-type"], "text/plain; charset=UTF-8");
      assert.equal(fields.Contact, "mailto:no-reply@localhost");
      assert.equal(fields.Canonical, `${origin}/.well-known/security.txt`);
      const left = Date.parse(fields.Expires) - world.clock.now().getTime();
      assert.ok(left > 100 * DAY && left < 365 * DAY, fields.Expires);
    }
  });

  await t.step("change-password leads to the page for it", async () => {
    const locations = await Promise.all([world.host(), world.host("acme")].map(async (host) => {
      const { status, headers } = await get("/.well-known/change-password", host);
      return [status, headers.location];
    }));

    assert.deepEqual(locations, [[302, "/forgot-password"], [302, "/account/security"]]);
  });

  await t.step("any other well-known address is not found", async () => {
    for (const host of [world.host(), world.host("acme")]) {
      const path = "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200";
      assert.equal((await get(path, host)).status, 404);
    }
  });
});

Deno.test("SECURITY_CONTACT replaces the sender of email in security.txt", async () => {
  await using world = await World.open({ ...PRODUCTION, SECURITY_CONTACT: "security@app.example" });

  const { text } = await world.raw("GET", "app.example", "/.well-known/security.txt");

  assert.match(text, /^Contact: mailto:security@app\.example$/m);
  assert.match(text, /^Canonical: https:\/\/app\.example\/\.well-known\/security\.txt$/m);
});
