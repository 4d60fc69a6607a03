import assert from "node:assert/strict";
import { DAY, SECOND } from "../../src/platform/clock.ts";
import { browseInvitations, INVITATION_LIST } from "../../src/access/invitations.ts";
import { listSavedReports, SAVED_REPORT_LIST } from "../../src/analytics/saved_reports/saved_reports.ts";
import { listProjects, PROJECT_LIST } from "../../src/projects/projects.ts";
import type { Browser } from "../support/browser.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/**
 * Protects: a form that a browser has kept while it was offline is saved once, in the sign-in in which it was filled in, and in no
 * other. The browser's part is tested in tests/e2e/offline_forms_test.ts.
 */

Deno.test("a kept form is saved, and the response says so; sent again, it creates nothing more", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const browser = await signedIn(world, acme.owner.email);
  const form = await fillIn(world, browser, "Typed offline");

  const [first, again] = [await sendKept(world, browser, form), await sendKept(world, browser, form)];

  assert.deepEqual([first, again].map(({ headers }) => headers["offline-form"]), ["saved", "saved"]);
  assert.deepEqual(await projectsOf(acme), ["Typed offline"]);
});

Deno.test("a kept form is refused after a sign-out, and in someone else's sign-in", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.member(acme, "eve@acme.example", "member");
  const browser = await signedIn(world, acme.owner.email);
  const form = await fillIn(world, browser, "Typed offline");
  const [again, other] = [await signedIn(world, acme.owner.email), await signedIn(world, "eve@acme.example")];
  await browser.post(`http://${world.host("acme")}/logout`);

  const answers = [
    await sendKept(world, browser, form),
    await sendKept(world, again, form),
    await sendKept(world, other, form),
    await sendKept(world, other, { ...form, tag: "" }),
  ];

  assert.deepEqual(answers.map(({ status }) => status), [401, 401, 401, 401]);
  assert.deepEqual(answers.map(({ headers }) => headers["offline-form"]), Array(4).fill(undefined));
  assert.deepEqual(await projectsOf(acme), []);
});

Deno.test("a kept form that is refused comes back with its errors, and isn't confirmed", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const browser = await signedIn(world, acme.owner.email);

  const answer = await sendKept(world, browser, await fillIn(world, browser, ""));

  assert.equal(answer.status, 422);
  assert.equal(answer.headers["offline-form"], undefined);
});

Deno.test("a kept form whose key is too old to work only once waits for a person", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const browser = await signedIn(world, acme.owner.email);
  const form = await fillIn(world, browser, "Typed long ago");
  world.clock.advance(DAY + SECOND);

  const old = await sendKept(world, browser, form);
  const keyless = await sendKept(world, browser, { ...form, key: "" });

  assert.deepEqual([old.status, keyless.status], [409, 409]);
  assert.deepEqual(await projectsOf(acme), []);
});

Deno.test("an invitation and a saved report that are kept are saved once, however often they are sent", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const browser = await signedIn(world, acme.owner.email);
  const forms = {
    "/team/invitations/new": { email: "ada@acme.example", role: "member" },
    "/analytics/retention": { kind: "retention", days: "30", name: "Weekly" },
  };

  for (const [path, fields] of Object.entries(forms)) {
    const { text } = await browser.get(`http://${world.host("acme")}${path}`);
    const [, action = ""] = /<form[^>]* action="([^"]+)"[^>]* data-offline/.exec(text) ?? [];
    const [, key = ""] = /name="form_key" value="([^"]+)"/.exec(text) ?? [];
    const send = () => sendForm(world, browser, action, tagIn(text), { form_key: key, ...fields });
    const answers = [await send(), await send()];
    assert.deepEqual(answers.map(({ headers }) => headers["offline-form"]), ["saved", "saved"], path);
  }

  const invitations = await browseInvitations(acme.ctx, INVITATION_LIST.query.parse({}));
  const reports = await listSavedReports(acme.ctx, SAVED_REPORT_LIST.query.parse({}));
  assert.deepEqual([invitations.items.length, reports.items.length], [1, 1]);
});

Deno.test("a page's tag stands for its sign-in alone: it differs by person, sign-in and workspace", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.company("globex", "Globex", acme.owner);
  await world.member(acme, "eve@acme.example", "member");
  const browser = await signedIn(world, acme.owner.email);

  const tags = [
    await tagOf(world, browser),
    await tagOf(world, await signedIn(world, acme.owner.email)),
    await tagOf(world, await signedIn(world, "eve@acme.example")),
    await tagOf(world, await signedIn(world, acme.owner.email, "globex"), "globex"),
  ];

  assert.equal(new Set(tags).size, 4);
  assert.ok(tags.every((tag) => /^[\w-]{43}$/.test(tag)), tags.join());
  assert.equal(await tagOf(world, browser), tags[0]);
});

Deno.test("every way to sign out deletes what pages have stored in the browser", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.member(acme, "eve@acme.example", "member");
  const signOut = async (path: string, fields: Record<string, string>, email: string) => {
    const browser = await signedIn(world, email);
    const host = world.host("acme");
    const headers = {
      Cookie: browser.cookieHeader(host),
      Origin: `http://${host}`,
      "Content-Type": "application/x-www-form-urlencoded",
    };
    return await world.raw("POST", host, path, headers, new URLSearchParams(fields).toString());
  };

  await t.step("here", async () => {
    const { status, headers } = await signOut("/logout", {}, acme.owner.email);

    assert.equal(status, 303);
    assert.equal(headers["clear-site-data"], '"storage"');
    assert.match(headers["set-cookie"]!.join(), /denizen_session=;/);
  });

  await t.step("everywhere", async () => {
    const { headers } = await signOut("/logout", { everywhere: "on" }, acme.owner.email);

    assert.equal(headers["clear-site-data"], '"storage"');
  });
});

type KeptForm = { key: string; tag: string; name: string };

async function signedIn(world: World, email: string, subdomain = "acme"): Promise<Browser> {
  const browser = world.browser();
  const fields = { email, password: PASSWORD, remember: "on" };
  await browser.post(`http://${world.host(subdomain)}/login`, fields);
  return browser;
}

/** What a browser keeps of the form for a new project. */
async function fillIn(world: World, browser: Browser, name: string): Promise<KeptForm> {
  const { text } = await browser.get(`http://${world.host("acme")}/projects/new`);
  assert.match(text, /<form id="project-form"[^>]* data-offline/);
  const [, key = ""] = /name="form_key" value="([^"]+)"/.exec(text) ?? [];
  return { key, name, tag: tagIn(text) };
}

function sendKept(world: World, browser: Browser, { key, tag, name }: KeptForm) {
  const fields = { form_key: key, name, description: "", status: "active" };
  return sendForm(world, browser, "/projects", tag, fields);
}

function sendForm(
  world: World,
  browser: Browser,
  action: string,
  tag: string,
  fields: Record<string, string>,
) {
  const host = world.host("acme");
  const headers = {
    Cookie: browser.cookieHeader(host),
    Origin: `http://${host}`,
    "Content-Type": "application/x-www-form-urlencoded",
    "HX-Request": "true",
    "Offline-Form": tag,
  };
  return world.raw("POST", host, action, headers, new URLSearchParams(fields).toString());
}

async function tagOf(world: World, browser: Browser, subdomain = "acme"): Promise<string> {
  return tagIn((await browser.get(`http://${world.host(subdomain)}/dashboard`)).text);
}

function tagIn(text: string): string {
  return /<meta name="offline-tag" content="([^"]+)"/.exec(text)?.[1] ?? "";
}

async function projectsOf({ ctx }: Company): Promise<string[]> {
  const { items } = await listProjects(ctx, PROJECT_LIST.query.parse({}));
  return items.map(({ name }) => name);
}
