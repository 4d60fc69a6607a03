// Protects: a link to a report opens a page and a CSV file for anyone, with that report and nothing else of the workspace.
import assert from "node:assert/strict";
import { shareReport, unshareReport } from "../../src/analytics/saved_reports/report_links.ts";
import { newSavedReport, saveReport } from "../../src/analytics/saved_reports/saved_reports.ts";
import { DAY } from "../../src/platform/clock.ts";
import { addEvents } from "../support/analytics.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

const KINDS = {
  usage: {},
  active_users: {},
  funnel: { steps: ["opened", "saved"] },
  retention: {},
  breakdown: { event: "opened", property: "device" },
};

async function share(world: World, company: Company, fields: Record<string, unknown>) {
  const report = await saveReport(company.ctx, newSavedReport.parse({ name: "Opening <1>", ...fields }));
  const { url } = await shareReport(company.ctx, report.id, { days: 7 });
  const path = new URL(url).pathname;
  const host = world.host(company.tenant.subdomain);
  return { report, path, read: (suffix = "") => world.raw("GET", host, `${path}${suffix}`) };
}

async function someEvents(world: World, company: Company): Promise<void> {
  await addEvents(world, company, [
    { event: "opened", userId: "mei", at: "2026-03-01T09:00:00Z", properties: { device: "phone" } },
    { event: "saved", userId: "mei", at: "2026-03-01T10:00:00Z" },
    { event: "opened", userId: "noa", at: "2026-03-01T11:00:00Z", properties: { device: "=1+1" } },
  ]);
}

Deno.test("every kind of report opens as a page that search engines don't list", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await someEvents(world, acme);

  for (const [kind, fields] of Object.entries(KINDS)) {
    const { read } = await share(world, acme, { kind, ...fields });
    const { status, headers, text } = await read();

    assert.equal(status, 200, kind);
    assert.match(text, /<h1[^>]*>Opening &lt;1&gt;<\/h1>/, kind);
    assert.match(text, /acme Ltd/, kind);
    assert.equal(headers["x-robots-tag"], "noindex, nofollow", kind);
    assert.equal(headers["cache-control"], "no-store", kind);
  }
});

Deno.test("the page shows neither people of the workspace nor its navigation, also to its owner", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await someEvents(world, acme);
  const { path, read } = await share(world, acme, { kind: "funnel", ...KINDS.funnel });
  const owner = world.browser();
  await owner.post(`http://${world.host("acme")}/login`, { email: acme.owner.email, password: PASSWORD });

  const visitors = (await read()).text;
  const owners = (await owner.get(`http://${world.host("acme")}${path}`)).text;

  for (const text of [visitors, owners]) {
    assert.match(text, /opened/);
    assert.doesNotMatch(text, /owner@acme\.example|Owner of acme|\/dashboard|\/analytics/);
  }
});

Deno.test("every kind of report is also CSV, without formulas", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await someEvents(world, acme);
  const heads: Record<string, string> = {};

  for (const [kind, fields] of Object.entries(KINDS)) {
    const { read } = await share(world, acme, { kind, ...fields });
    const { headers, text } = await read("/csv");
    heads[kind] = text.replace("\ufeff", "").split("\r\n")[0]!;
    assert.match(headers["content-type"]!, /^text\/csv/, kind);
    if (kind === "breakdown") assert.match(text, /\r\n'=1\+1,1,1\r\n/);
  }

  assert.deepEqual(heads, {
    usage: "date,events,active_users,api_calls",
    active_users: "date,daily,weekly,monthly",
    funnel: "event,people,share",
    retention: "week,people,active",
    breakdown: "value,events,people",
  });
});

Deno.test("a link that expired, was revoked, is made up or belongs to another workspace opens nothing", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.company("globex");
  const { path, report, read } = await share(world, acme, { kind: "usage" });
  const statuses = async () => [(await read()).status, (await read("/csv")).status];

  const current = await statuses();
  const elsewhere = await world.raw("GET", world.host("globex"), path);
  const madeUp = await world.raw("GET", world.host("acme"), `/shared-reports/${"a".repeat(43)}`);
  await unshareReport(acme.ctx, report.id);
  const revoked = await statuses();
  const next = await share(world, acme, { kind: "usage" });
  world.clock.advance(7 * DAY);
  const expired = [(await next.read()).status, (await next.read("/csv")).status];

  assert.deepEqual(current, [200, 200]);
  assert.deepEqual([elsewhere.status, madeUp.status], [404, 404]);
  assert.deepEqual([revoked, expired], [[404, 404], [404, 404]]);
});
