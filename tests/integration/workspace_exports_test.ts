import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { basename, join } from "node:path";
import { exportChunks, workspaceExports } from "../../db/control/schema/exports.ts";
import { outbox } from "../../db/control/schema/outbox.ts";
import { findLastExport, getOrRequestExport, MAKE_EXPORT, requestExport } from "../../src/exports/exports.ts";
import { deleteExpired } from "../../src/operations/retention.ts";
import { after, DAY, HOUR, MINUTE } from "../../src/platform/clock.ts";
import { sha256OfBytes } from "../../src/platform/crypto.ts";
import { newId } from "../../src/platform/ids.ts";
import { serverUrl } from "../support/database.ts";
import { importBytes, showWorkspace } from "../support/archives.ts";
import { jobOf, startWorker } from "../support/jobs.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: only owners get a workspace's archive, for one day, and they are told when it is ready. */

const PAGE = "/settings/data";

Deno.test("an owner has an archive made, is told, and downloads what can be imported", async () => {
  await using world = await World.open();
  const acme = await showWorkspace(world);
  const page = `http://${world.host("acme")}${PAGE}`;
  const owner = await signedIn(world, acme.owner.email);

  const empty = await owner.get(page);
  const started = await owner.post(page, {});
  const again = await owner.post(page, {});
  await work(world);
  const ready = await owner.get(page);
  const { id, sha256, size } = (await findLastExport(acme.ctx))!;
  const archive = await download(
    world,
    "acme",
    `${PAGE}/${id}/archive`,
    owner.cookieHeader(world.host("acme")),
  );

  assert.match(empty.text, /There is no archive yet/);
  assert.match(started.text, /is being created/);
  assert.match(again.text, /is being created/);
  assert.match(ready.text, /Download archive/);
  assert.equal(archive.status, 200);
  assert.match(archive.headers["content-disposition"]!, /filename="acme-\d{4}-\d\d-\d\d\.tar\.gz"/);
  assert.equal(archive.headers["cache-control"], "no-store");
  assert.deepEqual([archive.bytes.length, sha256OfBytes(archive.bytes)], [size, sha256]);
  const imported = await importBytes(world.system, archive.bytes, { subdomain: "copy" });
  assert.equal(imported.joined, 4);
  const emails = (await world.emails(acme.owner.email)).map(({ text }) => text).join("\n");
  assert.match(emails, /The data of Acme Robotics is ready to download/);
  const audit = await owner.get(`http://${world.host("acme")}/audit`);
  assert.match(audit.text, /downloaded all data of/);
  assert.match(audit.text, /started an export of all data of/);
});

Deno.test("200, 202: the API makes an archive, and its link works for an hour without credentials", async () => {
  await using world = await World.open();
  const acme = await showWorkspace(world);
  const globex = await world.company("globex");
  const token = await world.token(acme);

  const pending = await world.api("GET", "/export", { token });
  await work(world);
  const ready = await world.api("GET", "/export", { token });

  assert.deepEqual([pending.status, pending.json.status, pending.json.download_url], [202, "pending", null]);
  assert.deepEqual([ready.status, ready.json.status], [200, "ready"]);
  assert.equal(ready.json.id, pending.json.id);
  const { pathname, search, searchParams } = new URL(ready.json.download_url);
  const open = (host: string, path = pathname + search) => download(world, host, path);
  const archive = await open("acme");
  assert.equal(sha256OfBytes(archive.bytes), ready.json.sha256);
  assert.equal((await open(globex.tenant.subdomain)).status, 404);
  for (const name of ["expires", "signature"]) {
    const changed = new URLSearchParams(search);
    changed.set(name, searchParams.get(name)!.replace(/.$/, (last) => last === "0" ? "1" : "0"));
    assert.equal((await open("acme", `${pathname}?${changed}`)).status, 404, name);
  }
  assert.equal((await open("acme", pathname)).status, 404);
  world.clock.advance(HOUR + MINUTE);
  assert.equal((await open("acme")).status, 404);
});

Deno.test("403, 404: nobody but an owner gets an archive, not even by its address", async () => {
  await using world = await World.open();
  const acme = await showWorkspace(world);
  const globex = await world.company("globex");
  await requestExport(acme.ctx);
  await work(world);
  const { id } = (await findLastExport(acme.ctx))!;

  for (const role of ["admin", "viewer", "planner"]) {
    const email = `${role}@acme.example`;
    const browser = await signedIn(world, email);
    const cookie = browser.cookieHeader(world.host("acme"));
    const answer = await world.api("GET", "/export", { token: await world.token(acme, email) });

    assert.equal(answer.status, 403);
    assert.equal((await browser.get(`http://${world.host("acme")}${PAGE}`)).status, 403);
    assert.equal((await download(world, "acme", `${PAGE}/${id}/archive`, cookie)).status, 403);
  }
  const stranger = await signedIn(world, globex.owner.email, "globex");
  const cookie = stranger.cookieHeader(world.host("globex"));
  assert.equal((await download(world, "globex", `${PAGE}/${id}/archive`, cookie)).status, 404);
});

Deno.test("a download asks for the password again ten minutes after the sign-in", async () => {
  await using world = await World.open();
  const acme = await showWorkspace(world);
  const owner = await signedIn(world, acme.owner.email);
  await requestExport(acme.ctx);
  await work(world);
  const { id } = (await findLastExport(acme.ctx))!;
  world.clock.advance(11 * MINUTE);

  const answer = await owner.get(`http://${world.host("acme")}${PAGE}/${id}/archive`);

  assert.match(answer.text, /Confirm|password/i);
  assert.doesNotMatch(answer.headers["content-type"] ?? "", /gzip/);
});

Deno.test("an archive is deleted after a day, and a new one replaces it", async () => {
  await using world = await World.open();
  const acme = await showWorkspace(world);
  await requestExport(acme.ctx);
  await work(world);
  const first = (await findLastExport(acme.ctx))!;

  const second = await requestExport(acme.ctx);
  await work(world);
  const left = await world.system.control.select({ id: exportChunks.exportId }).from(exportChunks);
  world.clock.advance(DAY + MINUTE);
  const expired = await findLastExport(acme.ctx);
  const deleted = await deleteExpired(world.system);

  assert.notEqual(first.id, second.id);
  assert.deepEqual([...new Set(left.map(({ id }) => id))], [second.id]);
  assert.equal(expired, null);
  assert.equal(deleted.workspace_exports, 1);
  assert.equal(await world.system.control.$count(exportChunks), 0);
});

Deno.test("an export whose job is gone has failed, and a new one can be started", async () => {
  await using world = await World.open();
  const acme = await showWorkspace(world);
  const lost = await requestExport(acme.ctx);
  const repeated = await requestExport(acme.ctx);
  await world.system.control.update(outbox).set({ state: "failed" }).where(eq(outbox.name, MAKE_EXPORT.name));

  const found = await findLastExport(acme.ctx);
  const next = await getOrRequestExport(acme.ctx);

  assert.equal(repeated.id, lost.id);
  assert.deepEqual([found!.id, found!.status], [lost.id, "failed"]);
  assert.deepEqual([next.id === lost.id, next.status], [false, "pending"]);
});

Deno.test("the file of an archive whose process was killed is deleted after a day", async () => {
  const folder = await Deno.makeTempDir();
  await using world = await World.open({ DATA_DIR: folder });
  const now = world.clock.now();
  const [old, fresh] = [newId(), newId()].map((id) => join(folder, `export-${id}.tar.gz`)) as [
    string,
    string,
  ];
  for (const [file, age] of [[old, 2 * DAY], [fresh, HOUR]] as const) {
    await Deno.writeTextFile(file, "rows");
    await Deno.utime(file, now, after(now, -age));
  }

  await deleteExpired(world.system);

  assert.deepEqual((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name), [basename(fresh)]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("an export that can't be made is tried again, and then says so", async () => {
  await using world = await World.open();
  const acme = await showWorkspace(world);
  await world.breakTable(acme, "brand_logo");
  const { id } = await requestExport(acme.ctx);
  const [job] = await world.system.control.execute<{ id: string }>(
    `select id from control.outbox where name = '${MAKE_EXPORT.name}'`,
  );
  {
    await using worker = await startWorker(world, "kv");
    for (let attempt = 0; attempt < 5; attempt++) {
      await worker.idle();
      world.clock.advance(2 * HOUR);
    }
    await worker.idle();
  }

  const [row] = await world.system.control.select({ status: workspaceExports.status }).from(workspaceExports)
    .where(eq(workspaceExports.id, id));

  assert.equal((await jobOf(world, job!.id)).state, "failed");
  assert.equal(row!.status, "failed");
  assert.notEqual((await requestExport(acme.ctx)).id, id);
});

Deno.test({
  name: "on a server, the archive goes to the database while it is made",
  ignore: !serverUrl,
  fn: onServer,
});

async function onServer(): Promise<void> {
  await using world = await World.open();
  const acme = await showWorkspace(world);
  await requestExport(acme.ctx);
  {
    const services = {
      ...world.services,
      config: { ...world.config, databaseUrl: world.variables.DATABASE_URL! },
    };
    await using worker = await startWorker(world, "kv", { services });
    await worker.idle();
  }

  const link = await world.api("GET", "/export", { token: await world.token(acme) });

  const { pathname, search } = new URL(link.json.download_url);
  const archive = await download(world, "acme", pathname + search);
  assert.equal(sha256OfBytes(archive.bytes), link.json.sha256);
}

async function work(world: World): Promise<void> {
  await using worker = await startWorker(world, "kv");
  await worker.idle();
}

async function signedIn(world: World, email: string, subdomain = "acme") {
  const browser = world.browser();
  await browser.post(`http://${world.host(subdomain)}/login`, { email, password: PASSWORD });
  return browser;
}

async function download(world: World, subdomain: string, path: string, cookie?: string) {
  const headers = cookie ? { Cookie: cookie } : undefined;
  const answer = await world.raw("GET", world.host(subdomain), path, headers);
  return { ...answer, bytes: new Uint8Array(answer.bytes) };
}
