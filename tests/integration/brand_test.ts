import { eq } from "drizzle-orm";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { auditLog } from "../../db/tenant/schema/audit.ts";
import { brandLogo } from "../../db/tenant/schema/brand.ts";
import { createMember } from "../../src/identity/new_members.ts";
import { readImageHeader } from "../../src/platform/image_header.ts";
import { MAX_LOGO_BYTES } from "../../src/tenancy/brand.ts";
import { resumeTenant, suspendTenant } from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { blackPng, type Bytes, CAMERA, GIF, WEBP_FILES, whiteJpeg } from "../support/images.ts";
import { startWorker } from "../support/jobs.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/** Protects: a workspace's color and logo are shown wherever the workspace is, and an uploaded file can harm nobody. */

const PNG = blackPng(600, 300);
const SVG = Uint8Array.from(
  new TextEncoder().encode(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`),
);

Deno.test("owners and admins give the workspace a color and a logo", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme Robotics");
  const globex = await world.company("globex");
  await world.member(acme, "eve@acme.example", "viewer");
  const page = `http://${world.host("acme")}/settings/brand`;
  const owner = await signedIn(world, acme.owner.email);
  const save = (file: Bytes | null, brand_color = "", name = "logo.png") =>
    owner.upload(page, { brand_color, logo: new File(file ? [file] : [], file ? name : "") });
  const currentTenant = async () => (await world.services.use(TENANTS).findById(acme.tenant.id))!;
  const events = async () =>
    (await acme.ctx.read((tx) => [
      tx.select({ id: auditLog.id }).from(auditLog).where(eq(auditLog.action, "tenant.rebranded")),
    ]))[0].length;

  await t.step("a color is saved in lower case, and shown on the page without script", async () => {
    const answer = await save(null, " 1D59B3 ");

    assert.match(answer.text, /Brand saved/);
    assert.match(answer.text, /fill="#1d59b3"/);
    assert.match(answer.text, /<input[^>]*id="brand-color"[^>]*value="#1d59b3"/);
  });
  await t.step("anything else is no color, and what was typed comes back", async () => {
    for (const color of ["red", "#1d59b3; x", "#fff", `"><script>`]) {
      const answer = await save(null, color);
      assert.equal(answer.status, 422);
      assert.match(answer.text, /id="brand-color-error"/);
      assert.doesNotMatch(answer.text, /<script>/);
    }
  });

  const files: [string, Bytes][] = [
    ["PNG", PNG],
    ["JPEG", await whiteJpeg(80, 40, 6)],
    ["WebP", WEBP_FILES.extended!],
  ];
  for (const [name, file] of files) {
    await t.step(`a logo may be a ${name} file, whatever its name says`, async () => {
      const answer = await save(file, "#1d59b3", "photo.svg");

      assert.match(answer.text, /Brand saved/);
      const shown = await logoOn(world, answer.text);
      assert.equal(readImageHeader(shown)?.mediaType, "image/png");
      assert.ok(!Buffer.from(shown).toString("latin1").includes(CAMERA), "metadata are gone");
    });
  }
  await t.step("a file that is no such image is refused, whatever its name says", async () => {
    for (const file of [SVG, GIF, PNG.slice(0, 60), (await whiteJpeg(80, 40)).slice(0, 300)]) {
      const answer = await save(file, "#aa3300");
      assert.equal(answer.status, 422);
      assert.match(answer.text, /id="logo-error"/);
      assert.match(answer.text, /value="#aa3300"/);
    }
  });
  await t.step("an image with too many pixels is refused", async () => {
    const answer = await save(blackPng(8000, 8000));

    assert.equal(answer.status, 422);
    assert.match(answer.text, /at most 4 megapixels/);
  });
  await t.step("a file over 1 MB gets 413 and the form again, and a much larger one 413", async () => {
    const large = await save(new Uint8Array(MAX_LOGO_BYTES + 1), "#aa3300");
    const huge = await save(new Uint8Array(6 * MAX_LOGO_BYTES));

    assert.deepEqual([large.status, huge.status], [413, 413]);
    assert.match(large.text, /id="logo-error"[^]*1 MB/);
    assert.match(large.text, /value="#aa3300"/);
  });
  await t.step("none of these changed anything", async () => {
    assert.equal((await currentTenant()).brand.color, "#1d59b3");
  });

  await t.step("saving the same again is no change and no event", async () => {
    await save(PNG, "#1d59b3");
    const before = await events();
    const answer = await save(PNG, "#1d59b3");
    const kept = await save(null, "#1d59b3");

    assert.match(answer.text, /No changes to save/);
    assert.match(kept.text, /No changes to save/);
    assert.equal(await events(), before);
    assert.ok((await currentTenant()).brand.logo, "a form without a file keeps the logo");
  });

  await t.step("the logo is cached for good under its current URL, and named as what it is", async () => {
    const { brand } = await currentTenant();
    const current = await world.raw("GET", world.host("acme"), `/brand/logo?v=${brand.logo}`);
    const old = await world.raw("GET", world.host("acme"), "/brand/logo?v=0123456789abcdef");

    assert.equal(current.status, 200);
    assert.equal(current.headers["content-type"], "image/png");
    assert.equal(current.headers["x-content-type-options"], "nosniff");
    assert.equal(current.headers["cache-control"], "public, max-age=31536000, immutable");
    assert.match(String(current.headers["content-security-policy"]), /default-src 'none'/);
    assert.equal(old.headers["cache-control"], "public, max-age=300");
  });
  await t.step(
    "the apex serves it to other sites for emails, and each address serves its own tenant's only",
    async () => {
      const { id, brand } = await currentTenant();
      const path = `/brand/${id}/logo?v=${brand.logo}`;
      const emailed = await world.raw("GET", world.host(), path);
      const foreign = [
        await world.raw("GET", world.host(), `/brand/${globex.tenant.id}/logo?v=${brand.logo}`),
        await world.raw("GET", world.host("globex"), `/brand/logo?v=${brand.logo}`),
        await world.raw("GET", world.host("globex"), path),
        await world.raw("GET", world.host(), "/brand/acme/logo"),
        await world.raw("GET", world.host(), "/brand/logo"),
      ];

      assert.equal(emailed.status, 200);
      assert.equal(emailed.headers["cross-origin-resource-policy"], "cross-origin");
      assert.deepEqual(foreign.map(({ status }) => status), [404, 404, 404, 404, 404]);
    },
  );
  await t.step("the sign-in page and the workspace's mark show it", async () => {
    const { brand } = await currentTenant();
    const signIn = await world.browser().get(`http://${world.host("acme")}/login`);
    const dashboard = await owner.get(`http://${world.host("acme")}/dashboard`);

    for (const { text } of [signIn, dashboard]) assert.ok(text.includes(`/brand/logo?v=${brand.logo}`));
    const others = await world.browser().get(`http://${world.host("globex")}/login`);
    assert.doesNotMatch(others.text, /\/brand\/logo|#1d59b3/);
  });
  await t.step("emails in the workspace's name show it", async () => {
    await using worker = await startWorker(world, "kv");
    await invite(world, acme, globex);
    await worker.idle();
    const [email] = await world.emails(globex.owner.email);

    const { id, brand } = await currentTenant();
    assert.ok(email!.html.includes(`src="http://${world.host()}/brand/${id}/logo?v=${brand.logo}"`));
    assert.match(email!.html, /#1d59b3/);
  });

  await t.step("a viewer can neither see the form nor change anything", async () => {
    const viewer = await signedIn(world, "eve@acme.example");
    const answers = [
      await viewer.get(page),
      await viewer.upload(page, { brand_color: "#000000", logo: new File([PNG], "logo.png") }),
      await viewer.post(`${page}/logo/removal`),
    ];

    assert.deepEqual(answers.map(({ status }) => status), [403, 403, 403]);
    assert.equal((await currentTenant()).brand.color, "#1d59b3");
  });
  await t.step("a suspended workspace serves no logo", async () => {
    const { brand } = await currentTenant();
    const ctx = await openTenant(world.system, acme.tenant.id);
    await suspendTenant(ctx, { reason: "Unpaid." });
    const answers = [
      await world.raw("GET", world.host("acme"), `/brand/logo?v=${brand.logo}`),
      await world.raw("GET", world.host(), `/brand/${acme.tenant.id}/logo?v=${brand.logo}`),
    ];
    await resumeTenant(ctx);

    assert.deepEqual(answers.map(({ status }) => status), [403, 404]);
  });
  await t.step("removing it brings the initial back, and leaves no image", async () => {
    const { brand } = await currentTenant();
    const answer = await owner.post(`${page}/logo/removal`);
    const gone = await world.raw("GET", world.host("acme"), `/brand/logo?v=${brand.logo}`);
    const [rows] = await acme.ctx.read((tx) => [tx.select().from(brandLogo)]);

    assert.match(answer.text, /Logo removed/);
    assert.doesNotMatch(answer.text, /"\/brand\/logo\?/);
    assert.equal(gone.status, 404);
    assert.deepEqual(rows, []);
  });
});

async function signedIn(world: World, email: string) {
  const browser = world.browser();
  await browser.post(`http://${world.host("acme")}/login`, { email, password: PASSWORD });
  return browser;
}

async function invite(world: World, to: Company, { owner }: Company): Promise<void> {
  const person = { email: owner.email, name: owner.name, role: "member" } as const;
  await createMember(await openTenant(world.system, to.tenant.id), person, { invite: true });
}

/** The logo that a page of the workspace shows. */
async function logoOn(world: World, page: string): Promise<Uint8Array> {
  const [, path] = /src="(\/brand\/logo\?v=[0-9a-f]+)"/.exec(page) ?? [];
  const { status, bytes } = await world.raw("GET", world.host("acme"), path ?? "/no-logo");
  assert.equal(status, 200);
  return bytes;
}
