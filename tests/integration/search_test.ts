import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { projects } from "../../db/tenant/schema/projects.ts";
import { memberActor } from "../../src/access/actor.ts";
import type { Permission } from "../../src/access/permissions.ts";
import { tenantContext } from "../../src/context.ts";
import { newId } from "../../src/platform/ids.ts";
import { createProject, PROJECTS_READ } from "../../src/projects/projects.ts";
import { search } from "../../src/search/search.ts";
import type { Page } from "../support/browser.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/** Protects: the search finds what a person may see in their own workspace, best matches first. */

Deno.test("the search finds pages, projects and members, with the best matches of each first", async () => {
  await using world = await World.open();
  const company = await openCompany(world, ["Membrane", "A new membership", "Member survey", "Zeppelin"]);
  await world.user("toni@acme.example", "Toni Membert");
  await world.member(company, "toni@acme.example", "viewer");

  const { text } = await (await signIn(world))("/search?q=MEMB");

  assert.deepEqual(linksIn(text), [
    ["Members", "/team"],
    ["Member survey", `/projects/${await idOf(company, "Member survey")}`],
    ["Membrane", `/projects/${await idOf(company, "Membrane")}`],
    ["A new membership", `/projects/${await idOf(company, "A new membership")}`],
    ["Toni Membert", "/team?search=toni%40acme.example"],
  ]);
});

Deno.test("a match in the description counts less than one in the name, and a group has at most five", async () => {
  await using world = await World.open();
  const { ctx } = await openCompany(world, []);
  await createProject(ctx, { name: "Alpha", description: "Like the tender", status: "active" });
  await createProject(ctx, { name: "Carrier tender", description: "", status: "active" });
  await world.manyProjects("acme", 7);

  const [tenders] = await search(ctx, "tender");
  const numbered = await search(ctx, "project");

  assert.deepEqual(tenders!.hits.map(({ title }) => title), ["Carrier tender", "Alpha"]);
  assert.deepEqual(numbered.map(({ label, hits }) => [label.english, hits.length]), [["Projects", 5]]);
});

Deno.test("without a term the page lists the workspace's pages, and without a match it says so", async () => {
  await using world = await World.open();
  await openCompany(world, ["Website relaunch"]);
  const visit = await signIn(world);

  const start = await visit("/search");
  const nothing = await visit("/search?q=zeppelin");

  assert.ok(linksIn(start.text).some(([name]) => name === "Dashboard"));
  assert.ok(!start.text.includes("Website relaunch"));
  assert.match(nothing.text, /No results for “zeppelin”/);
  assert.match(nothing.text, /name="q" value="zeppelin"/);
});

Deno.test("a source that the actor may not read isn't searched", async () => {
  await using world = await World.open();
  const { tenant, owner, ctx } = await openCompany(world, ["Roadmap"]);
  const actor = memberActor(owner, tenant.id, "owner");
  const permissions = { has: (permission: Permission) => permission !== PROJECTS_READ };
  const restricted = tenantContext(world.services, tenant, { ...actor, permissions }, newId());

  assert.deepEqual((await search(ctx, "roadmap")).map(({ label }) => label.english), ["Projects"]);
  assert.deepEqual(await search(restricted, "roadmap"), []);
});

Deno.test("the search shows nothing of another workspace", async () => {
  await using world = await World.open();
  await openCompany(world, ["Ours"]);
  const globex = await world.company(
    "globex",
    "Globex",
    await world.user("hank@globex.example", "Hank Secret"),
  );
  await createProject(globex.ctx, { name: "Secret plan", description: "", status: "active" });

  const { text } = await (await signIn(world))("/search?q=secret");

  assert.deepEqual(linksIn(text), []);
});

Deno.test("htmx gets the results only, and the dialog gets them as options", async () => {
  await using world = await World.open();
  await openCompany(world, ["Website relaunch"]);
  const visit = await signIn(world);

  const partial = await visit("/search?q=relaunch", { "HX-Request": "true" });
  const palette = await visit("/search/palette?q=relaunch", { "HX-Request": "true" });

  assert.match(partial.text, /^<div id="search-results"/);
  assert.match(partial.text, /<hx-partial hx-target="#search-found"[^>]*>1 result</);
  assert.match(palette.text, /^<div id="palette-list" role="listbox"[^>]* data-found="1 result"/);
  assert.match(palette.text, /role="option"[^>]*href="\/projects\//);
});

Deno.test("S27 S28 markup, quotes and wildcards in a term or a name are only text", async () => {
  await using world = await World.open();
  await openCompany(world, [`<img src=x onerror="alert(1)">`, "100% wool", "A_B", "It's"]);
  const visit = await signIn(world);

  const cases = { "<img": 1, "100%": 1, "%": 1, "_": 1, "it's": 1, "' or 1=1--": 0, "\\": 0 };
  for (const [term, matches] of Object.entries(cases)) {
    const { status, text } = await visit(`/search?${new URLSearchParams({ q: term })}`);
    assert.equal(status, 200, term);
    assert.equal(linksIn(text).length, matches, term);
    assert.ok(!text.includes("<img src=x"), term);
  }
  assert.equal((await visit("/search?q=%00")).status, 422);
  assert.equal((await visit(`/search?q=${"a".repeat(101)}`)).status, 422);
});

Deno.test("a visitor is asked to sign in, and comes back to the search", async () => {
  await using world = await World.open();
  await world.company("acme");

  const { url } = await world.browser().get(`http://${world.host("acme")}/search?q=plan`);

  assert.match(url, /\/login\?next=%2Fsearch%3Fq%3Dplan$/);
});

async function openCompany(world: World, names: string[]): Promise<Company> {
  const company = await world.company("acme", "Acme", await world.user("ada@acme.example", "Ada Okafor"));
  for (const name of names) await createProject(company.ctx, { name, description: "", status: "active" });
  return company;
}

/** Signs Ada in. Returns a function that opens a page as her. */
async function signIn(
  world: World,
): Promise<(path: string, headers?: Record<string, string>) => Promise<Page>> {
  const browser = world.browser();
  const host = `http://${world.host("acme")}`;
  await browser.post(`${host}/login`, { email: "ada@acme.example", password: PASSWORD });
  return (path, headers) => browser.get(host + path, headers);
}

async function idOf({ ctx }: Company, name: string): Promise<string> {
  const [[row]] = await ctx.read((tx) => [
    tx.select({ id: projects.id }).from(projects).where(sql`${projects.name} = ${name}`),
  ]);
  return row!.id;
}

/** The names and addresses of the results, from the top. */
function linksIn(html: string): [name: string, address: string][] {
  const results = html.slice(html.indexOf('id="search-results"'), html.indexOf("</main>"));
  return [...results.matchAll(/<a href="([^"]+)"[^>]*>\s*<span[^>]*>(.*?)<\/span>/gs)].map((
    [, address, name],
  ) => [name!.replaceAll("&#39;", "'"), address!]);
}
