import assert from "node:assert/strict";
import { dailyMetrics } from "../../db/tenant/schema/analytics.ts";
import { enqueueDue, enqueueMissed, SCHEDULES } from "../../jobs/schedules.ts";
import { MONTHLY_REPORT } from "../../src/analytics/emails.ts";
import { emailCategory } from "../../src/email/category.ts";
import {
  changeEmailPreferences,
  getEmailPreferences,
  unsubscribeUrl,
  wantsEmail,
} from "../../src/email/preferences.ts";
import { DAY } from "../../src/platform/clock.ts";
import { createProject } from "../../src/projects/projects.ts";
import { EmailServer } from "../support/email_server.ts";
import { startWorker } from "../support/jobs.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/** Protects: each owner gets a monthly report once, unless they turned reports off (S40, RFC 8058). */

const evening = SCHEDULES.find(({ name }) => name === "daily gauges")!;
const monthly = SCHEDULES.find(({ name }) => name === "monthly reports")!;
const ONE_CLICK = "List-Unsubscribe=One-Click";
const REPORTS = MONTHLY_REPORT.category!;
const ALERTS = emailCategory("alerts", { label: "Alerts", hint: "When something breaks." });

Deno.test("at the start of a month, each owner gets one report of the previous month, with its figures", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme", "Acme Robotics"), await world.company("globex")];
  await world.member(acme, "second@acme.example", "owner");
  await world.member(acme, "admin@acme.example", "admin");
  await collected(acme, [
    ["2026-02-28", {
      members: 2,
      projects: 3,
      projects_created: 3,
      api_calls: 400,
      storage_bytes: 1_000_000,
    }],
    ["2026-03-14", {
      members: 3,
      projects: 4,
      projects_created: 1,
      api_calls: 350,
      storage_bytes: 2_000_000,
    }],
    ["2026-03-31", {
      members: 3,
      projects: 5,
      projects_created: 1,
      api_calls: 150,
      storage_bytes: 2_500_000,
    }],
    ["2026-04-01", { members: 9, projects: 9, projects_created: 9, api_calls: 900, storage_bytes: 9 }],
  ]);
  await collected(globex, [
    ["2026-03-31", { members: 1, projects: 0, projects_created: 0, api_calls: 0, storage_bytes: 0 }],
  ]);
  await using worker = await startWorker(world, "kv");
  await enqueueDue(world.services, monthly);
  world.clock.advance(31 * DAY);
  await world.company("younger");

  await enqueueDue(world.services, monthly);
  await enqueueDue(world.services, monthly);
  await worker.idle();

  const emails = await world.emails();
  assert.deepEqual(emails.map(({ to }) => to).sort(), [
    "owner@acme.example",
    globex.owner.email,
    "second@acme.example",
  ]);
  const report = emails.find(({ to }) => to === acme.owner.email)!;
  assert.deepEqual([report.subject, report.from_name, report.tenant_id], [
    "Acme Robotics in March 2026",
    "Acme Robotics via Denizen",
    acme.tenant.id,
  ]);
  const text = report.text.replaceAll(/\s+/g, " ");
  for (
    const figures of [
      "People 2 3 +50%",
      "Projects 3 5 +67%",
      "API calls 400 500 +25%",
      "Storage 1 MB 2.5 MB",
    ]
  ) {
    assert.ok(text.includes(figures), `${figures} in ${text}`);
  }
  assert.match(text, /highest on March 14 \(350\)/);
});

Deno.test("a report that was due while no server ran is sent with its figures when one starts", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await createProject(acme.ctx, { name: "One", description: "", status: "active" });
  await enqueueMissed(world.services);
  world.clock.advance(45 * DAY);

  await enqueueMissed(world.services);
  await using worker = await startWorker(world, "kv");
  await worker.idle();

  const [report, ...others] = await world.emails(acme.owner.email);
  const text = report!.text.replaceAll(/\s+/g, " ");
  assert.deepEqual([report!.subject, others], ["acme Ltd in March 2026", []]);
  const counted = ["New projects – 1 –", "API calls – 0 –"];
  const missing = ["People – – –", "Projects – – –", "Storage – – –"];
  for (
    const figures of [...counted, ...missing, "People, Projects, and Storage were not measured this month."]
  ) {
    assert.ok(text.includes(figures), `${figures} in ${text}`);
  }
});

Deno.test("a report counts days that weren't counted yet, and says which figures are older than the month's end", async () => {
  await using world = await World.open();
  const [acme, empty] = [await world.company("acme"), await world.company("empty")];
  const figures = { members: 3, projects: 4, projects_created: 1, api_calls: 7, storage_bytes: 1_000 };
  await collected(acme, [["2026-03-14", figures]]);
  await world.apiCalls(acme, "2026-03-31", 5);
  await enqueueDue(world.services, monthly);
  world.clock.advance(31 * DAY);
  await using worker = await startWorker(world, "kv");

  await enqueueDue(world.services, monthly);
  await worker.idle();

  const [report] = await world.emails(acme.owner.email);
  const text = report!.text.replaceAll(/\s+/g, " ");
  const gap = "People, Projects, and Storage were last measured on March 14. There are no later figures.";
  for (const part of ["Projects – 4 –", "API calls – 12 –", gap]) assert.ok(text.includes(part), text);
  assert.deepEqual(await world.emails(empty.owner.email), []);
});

Deno.test("S40 one click in an email client turns a category off, from any origin and without signing in", async () => {
  await using server = await EmailServer.start();
  await using world = await World.open({ SMTP_URL: server.url().href });
  const acme = await world.company("acme");
  await sendReports(world);
  const { parsed } = server.received[0]!;
  const header = parsed.headers.get("list") as {
    unsubscribe: { url: string };
    "unsubscribe-post": { name: string };
  };
  const url = new URL(header.unsubscribe.url);
  const wants = () => wantsEmail(world.system, acme.owner.id, REPORTS);
  const click = (headers: Record<string, string>) =>
    world.raw("POST", world.host(), url.pathname, {
      "Content-Type": "application/x-www-form-urlencoded",
      ...headers,
    }, ONE_CLICK);

  const looked = await world.browser().get(url.href);
  const afterLooking = await wants();
  const clicked = await click({ Origin: "https://mail.example", "Sec-Fetch-Site": "cross-site" });
  const again = await click({});
  await sendReports(world);

  assert.equal(header["unsubscribe-post"].name, ONE_CLICK);
  assert.deepEqual([looked.status, afterLooking], [200, true], "opening the page changes nothing");
  assert.deepEqual([clicked.status, again.status, await wants()], [200, 200, false]);
  assert.equal(server.received.length, 1);
});

Deno.test("S40 an email client may send the one click as multipart/form-data (RFC 8058)", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await sendReports(world);
  const [email] = await world.emails(acme.owner.email);
  const url = new URL(email!.links.find((link) => link.includes("/unsubscribe/"))!);
  const [name, value] = ONE_CLICK.split("=");
  const body = `--edge\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--edge--\r\n`;

  const clicked = await world.raw("POST", world.host(), url.pathname, {
    "Content-Type": "multipart/form-data; boundary=edge",
    Origin: "https://mail.example",
    "Sec-Fetch-Site": "cross-site",
  }, body);

  assert.equal(clicked.status, 200);
  assert.equal(await wantsEmail(world.system, acme.owner.id, REPORTS), false);
});

Deno.test("the page behind the link shows all preferences and can undo the click", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await sendReports(world);
  const [email] = await world.emails(acme.owner.email);
  const url = email!.links.find((link) => link.includes("/unsubscribe/"))!;
  const browser = world.browser();
  const choices = () => getEmailPreferences(world.system, acme.owner.id, [REPORTS]);

  const page = await browser.get(url);
  const unsubscribed = await browser.post(url, { unsubscribe: "yes" });
  const afterOne = await choices();
  await browser.post(url, { choices: "yes", reports: "on" });
  const afterAll = await choices();

  assert.match(page.text, /Unsubscribe from monthly reports\?/);
  assert.match(page.text, /o•••@acme\.example/);
  assert.ok(!page.text.includes(acme.owner.email), "a forwarded email doesn't reveal the address");
  assert.match(unsubscribed.text, /You&#39;re unsubscribed/);
  assert.deepEqual(afterOne, { reports: false });
  assert.deepEqual(afterAll, { reports: true });
});

Deno.test("a change of one category keeps the others, and repeating it changes nothing", async () => {
  await using world = await World.open();
  const { system } = world;
  const ada = await world.user("ada@acme.example");
  const change = async (changes: Record<string, boolean>) => {
    await changeEmailPreferences(system, ada.id, changes);
    return await getEmailPreferences(system, ada.id, [REPORTS, ALERTS]);
  };

  const before = await getEmailPreferences(system, ada.id, [REPORTS, ALERTS]);
  const without = await change({ reports: false });
  const again = await change({ reports: false });
  const neither = await change({ alerts: false });
  const alertsOnly = await change({ reports: false, alerts: true });

  assert.deepEqual(before, { reports: true, alerts: true });
  assert.deepEqual(without, { reports: false, alerts: true });
  assert.deepEqual(again, without);
  assert.deepEqual(neither, { reports: false, alerts: false });
  assert.deepEqual(alertsOnly, { reports: false, alerts: true });
});

Deno.test("S40 a link doesn't work if no email has its category anymore", async () => {
  await using world = await World.open();
  const ada = await world.user("ada@acme.example");
  const url = unsubscribeUrl(world.system, ada.id, ALERTS);

  const [opened, clicked] = [await world.browser().get(url), await world.browser().post(url, {})];

  assert.deepEqual([opened.status, clicked.status], [404, 404]);
  assert.equal(await wantsEmail(world.system, ada.id, ALERTS), true);
});

Deno.test("S40 a link that was guessed, changed or made with another secret doesn't work", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  await sendReports(world);
  const pathOf = async (company: Company) => {
    const [email] = await world.emails(company.owner.email);
    return new URL(email!.links.find((link) => link.includes("/unsubscribe/"))!).pathname;
  };
  const [own, other] = [await pathOf(acme), await pathOf(globex)];
  const token = own.split("/").at(-1)!;
  const flipped = token.slice(0, -4) + (token.endsWith("AAAA") ? "BBBB" : "AAAA");

  for (const guess of ["x", acme.owner.id, flipped, `${token}${other.split("/").at(-1)}`, "%00"]) {
    assert.equal(
      (await world.browser().get(`http://${world.host()}/unsubscribe/${guess}`)).status,
      404,
      guess,
    );
    assert.equal(
      (await world.browser().post(`http://${world.host()}/unsubscribe/${guess}`)).status,
      404,
      guess,
    );
  }
  assert.equal(
    (await world.browser().get(`http://${world.host("acme")}${own}`)).status,
    404,
    "on the apex only",
  );
  assert.notEqual(own, other);
});

Deno.test("a member changes only their own preferences, in the settings or through the API", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const eve = await world.member(acme, "eve@acme.example", "viewer");
  const browser = world.browser();
  const settings = `http://${world.host("acme")}/account/notifications`;
  await browser.post(`http://${world.host("acme")}/login`, { email: eve.email, password: PASSWORD });

  const before = await browser.get(settings);
  const saved = await browser.post(settings, {});
  const token = await world.accountToken(eve.email);
  const read = await world.api("GET", "/me/email-preferences", { token });
  const unchanged = await world.api("PATCH", "/me/email-preferences", { token, body: {} });
  const changed = await world.api("PATCH", "/me/email-preferences", { token, body: { reports: true } });
  const wrong = await world.api("PATCH", "/me/email-preferences", { token, body: { reports: "no" } });
  const foreign = await world.raw("POST", world.host("acme"), "/account/notifications", {
    Cookie: [...browser.cookies(world.host("acme"))].map(([name, value]) => `${name}=${value}`).join("; "),
    Origin: "https://evil.example",
  });

  assert.match(before.text, /Monthly reports/);
  assert.equal((before.text.match(/name="(?:notifications|reports)"[^>]* checked/g) ?? []).length, 2);
  assert.match(saved.text, /Preferences saved/);
  assert.equal((saved.text.match(/ checked/g) ?? []).length, 0);
  assert.deepEqual(read.json, { notifications: false, reports: false });
  assert.deepEqual(unchanged.json, { notifications: false, reports: false });
  assert.deepEqual(changed.json, { notifications: false, reports: true });
  assert.deepEqual([wrong.status, foreign.status], [422, 403]);
  assert.match((await world.browser().get(settings)).url, /\/login\?/);
  await assert.rejects(
    () => changeEmailPreferences(acme.ctx.system, eve.id, { reports: false }),
    /someone else/,
  );
  assert.equal(await wantsEmail(world.system, eve.id, REPORTS), true);
});

/** Advances the clock by a month, records the figures on its last evening, and sends its reports. */
async function sendReports(world: World): Promise<void> {
  await using worker = await startWorker(world, "kv");
  await enqueueDue(world.services, monthly);
  await enqueueDue(world.services, evening);
  world.clock.advance(29 * DAY);
  await enqueueDue(world.services, evening);
  await worker.idle();
  world.clock.advance(DAY);
  await enqueueDue(world.services, monthly);
  await worker.idle();
}

type Day = [day: string, values: Record<typeof dailyMetrics.$inferSelect["metric"], number>];

async function collected({ ctx }: Company, days: Day[]): Promise<void> {
  const rows = days.flatMap(([day, values]) =>
    Object.entries(values).map(([metric, value]) => ({
      day,
      metric: metric as typeof dailyMetrics.$inferSelect["metric"],
      value,
    }))
  );
  await ctx.tx((tx) => tx.insert(dailyMetrics).values(rows));
}
