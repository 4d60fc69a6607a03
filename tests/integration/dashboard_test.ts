import assert from "node:assert/strict";
import { recordGauges } from "../../src/analytics/daily_metrics.ts";
import { dayOf } from "../../src/analytics/days.ts";
import { after, DAY } from "../../src/platform/clock.ts";
import { createProject, deleteProject } from "../../src/projects/projects.ts";
import type { Browser } from "../support/browser.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/** Protects: the dashboard shows figures with their change, links every figure and name, and works for a viewer. */

const MONTH_LATER = 29 * DAY;

Deno.test("the dashboard of a working team", async (t) => {
  await using world = await World.open();
  const ada = await world.user("ada@acme.example", "Ada Okafor");
  const acme = await world.company("acme", "Acme", ada, "team");
  await world.member(acme, "mei@acme.example", "viewer");
  const old = await project(acme, "Old plan");
  const gone = await project(acme, "Given up");
  await recordGauges(acme.ctx);
  await world.apiCalls(acme, dayOf(world.clock.now()), 12_000);
  world.clock.advance(MONTH_LATER); // March 31
  await recordGauges(acme.ctx);
  world.clock.advance(DAY); // April 1
  await project(acme, "ترميم <بيت>");
  await deleteProject(acme.ctx, gone.id);
  await world.apiCalls(acme, dayOf(after(world.clock.now(), -5 * DAY)), 15_700);
  await world.apiCalls(acme, dayOf(world.clock.now()), 310);
  const { browser, host } = await signedIn(world, acme, "mei@acme.example");
  const { text } = await browser.get(`${host}/dashboard`);

  await t.step("each figure links to what it counts, with its plan's share and its change this month", () => {
    assert.deepEqual(figuresIn(text).slice(0, 3), [
      ["/projects", "Projects 2 No change this month"],
      ["/team", "Members 2 of 15 No change this month"],
      ["#api-calls", "API calls this month 310 of 500,000 included"],
    ]);
    assert.match(figuresIn(text)[3]!.join(" "), /^\/dashboard\/storage Storage used \d+ kB/);
    assert.match(text, /id="api-calls"/);
  });

  await t.step("the chart has 30 days of API calls in bars and in its table, with the plan's share", () => {
    const chart = sectionIn(text, "API calls");

    assert.match(chart, /aria-label="API calls per day, from Mar 3 to Apr 1\. Highest: 15,700 on Mar 27\."/);
    assert.match(chart, /Daily share of your plan: 16,667/);
    assert.equal(chart.match(/<rect/g)!.length, 30);
    assert.match(chart, /<th scope="row"[^>]*>Mar 27<\/th><td[^>]*>15,700<\/td>/);
    assert.match(chart, /fill-chart-quiet"><title>Apr 1: 310</);
  });

  await t.step("recent projects and activity link to each project and person that still exists", () => {
    const recent = sectionIn(text, "Recent projects");
    const activity = sectionIn(text, "Activity");

    assert.match(recent, new RegExp(`href="/projects/${old.id}"[^]*Old plan`));
    assert.match(recent, /<bdi>ترميم &lt;بيت&gt;<\/bdi>/);
    assert.match(activity, /href="\/team\?search=Ada%20Okafor"/);
    assert.match(activity, new RegExp(`href="/projects/${old.id}"`));
    assert.match(activity, /deleted the project [^/]*Given up/);
    assert.ok(!text.includes(gone.id));
  });

  await t.step("the links lead to pages", async () => {
    const links = [...text.matchAll(/href="(\/(?:team\?|projects\/|dashboard\/)[^"]*)"/g)].map(([, path]) =>
      path!
    );

    assert.ok(links.length >= 6);
    for (const path of new Set(links)) assert.equal((await browser.get(host + path)).status, 200, path);
  });

  await t.step("a viewer sees no action that they can't take", () => {
    assert.doesNotMatch(text, /New project|sample data|Invite|Finish setting up/);
  });

  await t.step("htmx gets the same panel alone", async () => {
    const panel = await browser.get(`${host}/dashboard/panel`);

    assert.match(panel.text, /^<div id="dashboard-panel"/);
    assert.deepEqual(figuresIn(panel.text), figuresIn(text));
  });

  await t.step("the storage page has a line of 90 days and its table", async () => {
    const page = await browser.get(`${host}/dashboard/storage`);

    assert.match(page.text, /aria-label="Storage used per day, from Jan 2 to Apr 1\. Now: \d+ kB\."/);
    assert.match(page.text, /<th scope="row"[^>]*>Mar 2<\/th><td[^>]*>\d+ kB</);
    assert.match(page.text, /<th scope="row"[^>]*>Mar 3<\/th><td[^>]*>Not measured</);
  });

  await t.step("a month later, API calls are compared with the same days of the month before", async () => {
    world.clock.advance(30 * DAY); // May 1
    await world.apiCalls(acme, dayOf(world.clock.now()), 155);
    const { browser, host } = await signedIn(world, acme, "mei@acme.example");

    const figures = figuresIn((await browser.get(`${host}/dashboard`)).text);

    assert.deepEqual(figures[2], ["#api-calls", "API calls this month 155 −50% vs. Apr 1"]);
  });
});

Deno.test("an empty workspace says what the API is good for instead of an empty chart", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const { browser, host } = await signedIn(world, acme, acme.owner.email);

  const { text } = await browser.get(`${host}/dashboard`);

  assert.match(
    sectionIn(text, "API calls"),
    /Connect your other tools[^]*curl http:\/\/acme\.localhost:\d+\/api\/v1\/projects/,
  );
  assert.doesNotMatch(text, /Show as table/);
  assert.match(sectionIn(text, "Recent projects"), /Create a project to start organizing work/);
});

function project({ ctx }: Company, name: string) {
  return createProject(ctx, { name, description: "", status: "active" });
}

async function signedIn(
  world: World,
  { tenant }: Company,
  email: string,
): Promise<{ browser: Browser; host: string }> {
  const browser = world.browser();
  const host = `http://${world.host(tenant.subdomain)}`;
  await browser.post(`${host}/login`, { email, password: PASSWORD });
  return { browser, host };
}

/** The address and the text of each figure. */
function figuresIn(html: string): [string, string][] {
  const list = /<ul id="dashboard-figures"[^]*?<\/ul>/.exec(html)![0];
  return [...list.matchAll(/<a href="([^"]*)"[^>]*>([^]*?)<\/a>/g)].map((
    [, href, text],
  ) => [href!, text!.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim()]);
}

/** The card with this title. */
function sectionIn(html: string, title: string): string {
  return new RegExp(`<section[^>]*aria-label="${title}"[^]*?</section>`).exec(html)![0];
}
