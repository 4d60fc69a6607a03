import { eq } from "drizzle-orm";
import assert from "node:assert/strict";
import { projects } from "../../db/tenant/schema/projects.ts";
import { MINUTE } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { browseProjects, createProject, PROJECT_LIST, updateProject } from "../../src/projects/projects.ts";
import type { Browser, Page } from "../support/browser.ts";
import { type Company, World } from "../support/world.ts";

/** Protects: people page through a list both ways without JavaScript, and see the list as it is after each of their changes. */

Deno.test("the links to the pages beside one show the same rows forward and back", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await addProjects(world, acme, 60);
  const { browser, host } = await signedIn(world, acme);
  const names = async (path: string) => {
    const page = await browser.get(host + path);
    return { page, names: namesIn(page.text) };
  };

  const first = await names("/projects?sort=name");
  const second = await names(linkIn(first.page, "next"));
  const third = await names(linkIn(second.page, "next"));
  const secondAgain = await names(linkIn(third.page, "previous"));
  const firstAgain = await names(linkIn(secondAgain.page, "previous"));

  assert.deepEqual([first, second, third].map(({ names }) => names.length), [25, 25, 10]);
  assert.equal(new Set([...first.names, ...second.names, ...third.names]).size, 60);
  assert.deepEqual(secondAgain.names, second.names);
  assert.deepEqual(firstAgain.names, first.names);
  assert.match(second.page.text, /26–50 of 60/);
  assert.match(secondAgain.page.text, /26–50 of 60/);
  assert.match(third.page.text, /51–60 of 60[^]*<a id="project-list-next" role="link" aria-disabled="true"/);
  assert.match(firstAgain.page.text, /<a id="project-list-previous" role="link" aria-disabled="true"/);
});

Deno.test("S66 rows that come and go between pages of one time neither move nor hide the others", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const ids = await addProjects(world, acme, 9);
  const read = (cursor?: string) =>
    browseProjects(
      acme.ctx,
      PROJECT_LIST.query.parse({ sort: "createdAt", limit: 3, status: "active", cursor }),
    );
  const page = async (cursor?: string) => {
    const { items, place, previousCursor, nextCursor } = await read(cursor);
    return { ids: items.map(({ id }) => id), place, previous: previousCursor!, next: nextCursor! };
  };
  const first = await page();
  const second = await page(first.next);

  const [early] = await addProjects(world, acme, 1, new Date("2026-01-01T00:00:00Z"));
  await acme.ctx.tx((tx) => tx.delete(projects).where(eq(projects.id, ids[4]!)));
  const back = await page(second.previous);
  const start = await page(back.previous);
  const forward = await page(back.next);

  assert.deepEqual(first.ids, ids.slice(0, 3));
  assert.deepEqual(back.ids, first.ids);
  assert.deepEqual([start.ids, start.previous], [[early], null]);
  assert.deepEqual(forward.ids, [ids[3], ids[5], ids[6]]);
  assert.deepEqual([second, back, start, forward].map(({ place }) => place), [
    { first: 4, last: 6, total: 9 },
    { first: 2, last: 4, total: 9 },
    { first: 1, last: 1, total: 9 },
    { first: 5, last: 7, total: 9 },
  ]);
});

Deno.test("a page whose rows are all gone becomes the first page", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const ids = await addProjects(world, acme, 4);
  const query = PROJECT_LIST.query.parse({ sort: "createdAt", limit: 3 });
  const { nextCursor } = await browseProjects(acme.ctx, query);

  await acme.ctx.tx((tx) => tx.delete(projects).where(eq(projects.id, ids[3]!)));
  const page = await browseProjects(acme.ctx, { ...query, cursor: nextCursor! });

  assert.deepEqual(page.items.map(({ id }) => id), ids.slice(0, 3));
  assert.deepEqual([page.previousCursor, page.nextCursor], [null, null]);
});

Deno.test("the list starts with active projects, and each tab counts what matches the search", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  for (
    const [name, status] of [["Pilot A", "active"], ["Pilot B", "archived"], ["Other", "active"]] as const
  ) {
    await createProject(acme.ctx, { name, description: "", status });
  }
  const { browser, host } = await signedIn(world, acme);

  const start = await browser.get(`${host}/projects`);
  const found = await browser.get(`${host}/projects?search=pilot&status=all`);

  assert.deepEqual(namesIn(start.text).toSorted(), ["Other", "Pilot A"]);
  assert.deepEqual(countsIn(start), { Active: 2, Archived: 1, All: 3 });
  assert.deepEqual(namesIn(found.text).toSorted(), ["Pilot A", "Pilot B"]);
  assert.deepEqual(countsIn(found), { Active: 1, Archived: 1, All: 2 });
});

Deno.test("a change in place answers with the list of the page it was made on, and can be undone", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const [gone, kept] = await addProjects(world, acme, 2);
  const { browser, host } = await signedIn(world, acme);
  const inPlace = { "HX-Request": "true", "HX-Current-URL": `${host}/projects?sort=name` };

  const archived = await browser.post(`${host}/projects/${gone}/archive`, {}, inPlace);
  const [, undo] = /<form[^>]*action="([^"]+)"[^>]*data-row=/.exec(archived.text)!;
  const undone = await browser.post(host + undo, {}, inPlace);
  const deleted = await browser.post(`${host}/projects/${kept}/delete`, {}, inPlace);

  assert.deepEqual(namesIn(archived.text), ["Project 01"]);
  assert.deepEqual(countsIn(archived), { Active: 1, Archived: 1, All: 2 });
  assert.match(archived.text, /aria-sort="ascending"[^]*Project 00 was archived\./);
  assert.deepEqual(namesIn(undone.text), ["Project 00", "Project 01"]);
  assert.deepEqual(namesIn(deleted.text), ["Project 00"]);
});

Deno.test("a new project that the list doesn't show comes as a link in the message", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const { browser, host } = await signedIn(world, acme);
  const inPlace = { "HX-Request": "true", "HX-Current-URL": `${host}/projects` };

  const hidden = await browser.post(`${host}/projects`, { name: "Old", status: "archived" }, inPlace);
  const shown = await browser.post(`${host}/projects`, { name: "New", status: "active" }, inPlace);

  assert.deepEqual(namesIn(hidden.text), []);
  assert.match(hidden.text, /Old was created\.[^]*<a[^>]*href="\/projects\/[^"]+"[^>]*>View project</);
  assert.deepEqual(namesIn(shown.text), ["New"]);
  assert.doesNotMatch(shown.text, /View project/);
});

Deno.test("without JavaScript, a change leads back to the list it was made on, with a message that undoes it", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const [id] = await addProjects(world, acme, 2);
  const { browser, host } = await signedIn(world, acme);

  const archived = await browser.post(`${host}/projects/${id}/archive`, {}, {
    Referer: `${host}/projects?sort=name`,
  });
  const fromItsPage = await browser.post(`${host}/projects/${id}/restore`, {}, {
    Referer: `${host}/projects/${id}`,
  });

  assert.equal(archived.url, `${host}/projects?sort=name`);
  assert.match(archived.text, new RegExp(`<form[^>]*action="/projects/${id}/restore"[^>]*data-row=`));
  assert.equal(fromItsPage.url, `${host}/projects/${id}`);
});

Deno.test("a project's page says who did what to it, the latest first, and nothing about other projects", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme", await world.user("ada@acme.example", "Ada Okafor"));
  const input = { description: "", status: "active" as const };
  const project = await createProject(acme.ctx, { ...input, name: "Spring collection" });
  await createProject(acme.ctx, { ...input, name: "Another" });
  world.clock.advance(MINUTE);
  await updateProject(acme.ctx, project.id, { name: "Spring", description: "Samples" });
  await updateProject(acme.ctx, project.id, { status: "archived" });
  const { browser, host } = await signedIn(world, acme);

  const { text } = await browser.get(`${host}/projects/${project.id}`);

  const history = text.slice(text.indexOf("<section", text.indexOf("Details")));
  assert.match(
    history,
    /Ada Okafor<[^]*archived this project[^]*changed the description and name[^]*created this project/,
  );
  assert.doesNotMatch(history, /Another/);
  assert.match(text, /<a[^>]*href="\/projects"[^>]*>Projects<\/a>[^]*<h1[^>]*>Spring<\/h1>/);
});

async function signedIn(world: World, company: Company): Promise<{ browser: Browser; host: string }> {
  const browser = await world.signedInBrowser(company.owner.email);
  await browser.get(await world.handoffLink(browser, company));
  return { browser, host: `http://${world.host(company.tenant.subdomain)}` };
}

/** Projects of one moment, in the order of their ids. */
async function addProjects(
  world: World,
  { ctx, owner }: Company,
  count: number,
  at = world.clock.now(),
): Promise<string[]> {
  const rows = Array.from({ length: count }, (_, index) => ({
    id: newId(),
    name: `Project ${String(index).padStart(2, "0")}`,
    ownerId: owner.id,
    createdAt: at,
    updatedAt: at,
  }));
  await ctx.tx((tx) => tx.insert(projects).values(rows));
  return rows.map(({ id }) => id);
}

/** The names in the list, from the top. */
function namesIn(html: string): string[] {
  return [...html.matchAll(/<tr id="project-[^]*?<bdi>([^<]*)<\/bdi>/g)].map(([, name]) => name!);
}

function linkIn({ text }: Page, which: "previous" | "next"): string {
  return new RegExp(`id="project-list-${which}" href="([^"]+)"`).exec(text)![1]!.replaceAll("&amp;", "&");
}

function countsIn({ text }: Page): Record<string, number> {
  return Object.fromEntries(
    [...text.matchAll(/id="project-list-tab-[^>]*>(\w+)<span[^>]*>(\d+)</g)]
      .map(([, label, count]) => [label, Number(count)]),
  );
}
