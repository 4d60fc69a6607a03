import assert from "node:assert/strict";
import { projects } from "../../db/tenant/schema/projects.ts";
import { newId } from "../../src/platform/ids.ts";
import type { Browser } from "../support/browser.ts";
import { type Company, World } from "../support/world.ts";

/** Protects: people can download all projects of a filtered list as a CSV file, in the list's order. */

Deno.test("Download CSV returns every project of the list, from all pages", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const names = Array.from({ length: 120 }, (_, index) => `Project ${String(index).padStart(3, "0")}`);
  await addProjects(world, acme, names);
  const browser = await signIn(world, acme);

  const page = await browser.get(`http://${world.host("acme")}/projects?sort=name`);
  const [, href] = /href="([^"]+)"[^>]*>Download CSV/.exec(page.text)!;
  const file = await browser.get(`http://${world.host("acme")}${href}`);

  const lines = file.text.trim().split("\r\n");
  assert.equal(href, "/projects.csv?sort=name");
  assert.equal(file.headers["content-type"], "text/csv; charset=utf-8");
  assert.equal(file.headers["content-disposition"], 'attachment; filename="projects.csv"');
  assert.equal(lines[0], "Name,Description,Status,Owner,Created,Updated");
  assert.equal(
    lines[1],
    "Project 000,,active,Owner of acme Ltd,2026-03-02T09:00:00.000Z,2026-03-02T09:00:00.000Z",
  );
  assert.deepEqual(lines.slice(1).map((line) => line.split(",")[0]), names);
});

Deno.test("S34 the file contains only filtered projects, and a name that looks like a formula stays text", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await addProjects(world, acme, ["=1+1 pilot", "Other"]);
  const browser = await signIn(world, acme);

  const file = await browser.get(`http://${world.host("acme")}/projects.csv?search=pilot&status=nonsense`);

  assert.deepEqual(file.text.trim().split("\r\n").slice(1).map((line) => line.split(",")[0]), [
    "'=1+1 pilot",
  ]);
});

Deno.test("only members can download the file", async () => {
  await using world = await World.open();
  await world.company("acme");

  const { text } = await world.browser().get(`http://${world.host("acme")}/projects.csv`);

  assert.doesNotMatch(text, /^Name/);
});

async function signIn(world: World, { owner, ...company }: Company): Promise<Browser> {
  const browser = await world.signedInBrowser(owner.email);
  await browser.get(await world.handoffLink(browser, company));
  return browser;
}

async function addProjects(world: World, { ctx, owner }: Company, names: string[]): Promise<void> {
  const now = world.clock.now();
  const rows = names.map((name) => ({
    id: newId(),
    name,
    ownerId: owner.id,
    createdAt: now,
    updatedAt: now,
  }));
  await ctx.tx((tx) => tx.insert(projects).values(rows));
}
