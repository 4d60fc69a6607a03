import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { runningReports } from "../../db/control/schema/saved_reports.ts";
import { setOverride } from "../../src/billing/overrides.ts";
import { DAY, HOUR } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { addEvents } from "../support/analytics.ts";
import type { Browser } from "../support/browser.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/** Protects: the pages of analytics show what happened, in the plan's bounds, to those who may see it. */

Deno.test("analytics", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme", undefined, "team");
  const host = `http://${world.host("acme")}`;
  const owner = await signIn(world, acme.owner.email);
  await addEvents(world, acme, [
    ...["ann", "bob", "cid", "dee"].map((userId) =>
      event(world, "signed_up", userId, 3 * DAY, "<b>free</b>")
    ),
    ...["ann", "bob"].map((userId) => event(world, "project_made", userId, 2 * DAY)),
    event(world, "project_made", "cid", 4 * DAY),
    event(world, "signed_up", "eve", 40 * DAY),
  ]);

  await t.step(
    "shows totals, the most frequent events, and the change against the period before",
    async () => {
      const { text } = await owner.get(`${host}/analytics`);
      const quarter = await owner.get(`${host}/analytics?days=90`);

      assert.match(plain(text), /Events 7 \+600% from the previous period/);
      assert.match(plain(text), /Active people 4 \+300% from the previous period/);
      assert.match(plain(text), /signed_up 4 project_made 3/);
      assert.match(plain(quarter.text), /Events 8 None in the previous period/);
      assert.match(quarter.text, /href="\/analytics\?days=90" aria-current="page"/);
      assert.match(text, /<a href="\/analytics"[^>]* aria-current="page"/);
    },
  );

  await t.step("shows the same days of the period before as a second line", async () => {
    const { text } = await owner.get(`${host}/analytics?days=30&compare=before`);
    const alone = await owner.get(`${host}/analytics`);

    assert.match(plain(text), /Day This period Previous period/);
    assert.match(plain(text), /Feb 20 0 1 /); // someone signed up 40 days ago, 30 days before this day
    assert.match(text, /hx-get="\/analytics\?compare=before"/);
    assert.match(plain(text), /Hide the previous period/);
    assert.doesNotMatch(plain(alone.text), /This period/);
  });

  await t.step("refreshes itself, as a part of the page", async () => {
    const { text } = await owner.get(`${host}/analytics`, { "HX-Request": "true", "HX-Target": "analytics" });

    assert.match(text, /^\s*<div id="analytics"/);
    assert.match(text, /hx-trigger="every 30s"/);
  });

  await t.step("leads to the plans where the plan doesn't include a report", async () => {
    for (const path of ["active-users", "funnel", "retention", "breakdown", "reports"]) {
      const { status, text } = await owner.get(`${host}/analytics/${path}`);
      assert.equal(status, 200, path);
      assert.match(plain(text), /are part of Premium\. +Compare plans/, path);
    }
  });

  await allowEverything(world, acme);

  await t.step("follows people through a funnel, in the order of their events", async () => {
    const funnel = `${host}/analytics/funnel?step1=signed_up&step2=project_made&step3=&window=168`;
    const { text } = await owner.get(funnel);
    const empty = await owner.get(`${host}/analytics/funnel`);
    const short = await owner.get(`${host}/analytics/funnel?step1=signed_up`);

    assert.match(plain(text), /signed_up 4 project_made 2 50% of the first step/);
    assert.match(plain(empty.text), /Choose two events/);
    assert.match(plain(short.text), /Name two to five events\./);
    assert.match(short.text, /value="signed_up"/);
  });

  await t.step("breaks an event down by a property, and shows what programs sent as text", async () => {
    const { text } = await owner.get(`${host}/analytics/breakdown?event=signed_up&property=plan&days=90`);
    const missing = await owner.get(`${host}/analytics/breakdown?event=signed_up&property=`);

    assert.match(text, /&lt;b&gt;free&lt;\/b&gt;/);
    assert.doesNotMatch(text, /<b>free/);
    assert.match(plain(text), /4 4 people Not set 1 1 person/);
    assert.match(plain(missing.text), /Enter the name of a property\./);
  });

  await t.step("shows who came back, and the people of a day, a week and four weeks", async () => {
    const retention = await owner.get(`${host}/analytics/retention?days=90`);
    const people = await owner.get(`${host}/analytics/active-users?days=7`);

    assert.match(plain(retention.text), /Jan 19 1 100% 0%/);
    assert.match(plain(people.text), /Day Daily 7 days 28 days/);
    assert.match(plain(people.text), /Feb 28 2 4 4/);
  });

  await t.step("saves a report, shares it by a link, and deletes it", async () => {
    const fields = {
      kind: "funnel",
      days: "30",
      window_hours: "1",
      step1: "signed_up",
      step2: "project_made",
    };
    const nameless = await owner.post(`${host}/analytics/reports`, { ...fields, name: " " });
    const saved = await owner.post(`${host}/analytics/reports`, { ...fields, name: "First <week>" });
    const link = await owner.post(`${saved.url}/link`, {});
    const url = /value="(http[^"]*shared-reports[^"]*)"/.exec(link.text)![1]!;
    const shared = await world.browser().get(url);
    const listed = await owner.get(`${host}/analytics/reports`);
    await owner.post(`${saved.url}/link/revoke`, {});
    const revoked = await owner.get(saved.url);
    await owner.post(`${saved.url}/delete`, {});
    const after = await owner.get(`${host}/analytics/reports`);

    assert.equal(nameless.status, 422);
    assert.match(plain(nameless.text), /Enter a name\./);
    assert.match(nameless.text, /name="step2" value="project_made"/);
    assert.match(plain(saved.text), /First &lt;week&gt;/);
    assert.match(plain(saved.text), /signed_up 4 project_made 0/);
    assert.match(plain(shared.text), /First &lt;week&gt; Last 30 days .* signed_up 4 project_made 0/);
    assert.match(
      plain(listed.text),
      /First &lt;week&gt; Funnel, Last 30 days Funnel Last 30 days Link expires Mar 9/,
    );
    assert.doesNotMatch(plain(revoked.text), /Link expires/);
    assert.match(plain(after.text), /No saved reports/);
  });

  await t.step("keeps the form while another report runs", async () => {
    await beginElsewhere(world, acme);
    const funnel = await owner.get(
      `${host}/analytics/funnel?step1=signed_up&step2=project_made&window=constructor`,
    );
    const breakdown = await owner.get(`${host}/analytics/breakdown?event=signed_up&property=plan`);
    await world.system.control.delete(runningReports);

    assert.deepEqual([funnel.status, breakdown.status], [200, 200]);
    assert.match(plain(funnel.text), /Another report of this workspace is being prepared\./);
    assert.match(funnel.text, /name="step2"[^>]* value="project_made"/);
    assert.match(plain(breakdown.text), /Another report of this workspace is being prepared\./);
    assert.match(breakdown.text, /value="plan"/);
  });

  await t.step(
    "deletes a report and revokes its link although it can't be made, or the plan lacks it",
    async () => {
      const fields = { kind: "breakdown", days: "30", event: "signed_up", property: "plan", name: "By plan" };
      const saved = await owner.post(`${host}/analytics/reports`, fields);
      await owner.post(`${saved.url}/link`, {});
      await beginElsewhere(world, acme);
      const [busy, asking] = [await owner.get(saved.url), await owner.get(`${saved.url}/delete`)];
      await world.system.control.delete(runningReports);
      await setOverride(await openTenant(world.system, acme.tenant.id), {
        key: "advanced_analytics",
        value: "no",
        until: null,
      });
      const listed = await owner.get(`${host}/analytics/reports`);
      const lacking = await owner.get(saved.url);
      const revoked = await owner.post(`${saved.url}/link/revoke`, {});
      const deleted = await owner.post(`${saved.url}/delete`, {});
      await allowEverything(world, acme);

      assert.match(plain(busy.text), /Another report .*Revoke link Delete report/);
      assert.match(plain(asking.text), /By plan and its link will be deleted/);
      assert.match(listed.text, /<bdi>By plan<\/bdi>/);
      assert.match(plain(lacking.text), /Revoke link Delete report/);
      assert.match(plain(revoked.text), /Link revoked\./);
      assert.match(plain(deleted.text), /Report deleted\./);
    },
  );

  await t.step("saves a form that is sent twice as one report", async () => {
    const { text } = await owner.get(`${host}/analytics/retention`);
    const form_key = /name="form_key" value="([^"]+)"/.exec(text)![1]!;
    const fields = { kind: "retention", days: "30", name: "Weekly", form_key };
    const [first, second] = [
      await owner.post(`${host}/analytics/reports`, fields),
      await owner.post(`${host}/analytics/reports`, fields),
    ];

    assert.equal(second.url, first.url);
    const listed = await owner.get(`${host}/analytics/reports`);
    assert.equal(listed.text.split("<bdi>Weekly</bdi>").length, 2);
  });

  await t.step("S03 S25 another workspace's report doesn't exist, and viewers save nothing", async () => {
    const globex = await world.company("globex");
    await allowEverything(world, globex);
    const stranger = await signIn(world, globex.owner.email);
    const viewerAccount = await world.member(acme, "val@acme.example", "viewer");
    const viewer = await signIn(world, viewerAccount.email);
    const fields = { kind: "retention", days: "30", name: "Ours" };
    const { url } = await owner.post(`${host}/analytics/reports`, fields);
    const id = url.split("/").at(-1);

    const foreign = `http://${world.host("globex")}/analytics/reports/${id}`;
    assert.equal((await stranger.get(foreign)).status, 404);
    assert.equal((await stranger.post(`${foreign}/delete`, {})).status, 404);
    assert.equal((await viewer.get(url)).status, 200);
    assert.equal((await viewer.post(`${host}/analytics/reports`, fields)).status, 403);
    assert.equal((await viewer.post(`${url}/link`, {})).status, 403);
    assert.doesNotMatch((await viewer.get(url)).text, /Create link/);
  });
});

/** As if another process had begun a report a moment ago. */
async function beginElsewhere({ system }: World, { tenant }: Company): Promise<void> {
  const row = { tenantId: tenant.id, run: newId(), startedAt: sql`now()` };
  await system.control.insert(runningReports).values(row);
}

function event(world: World, name: string, userId: string, age: number, plan?: string) {
  const at = new Date(world.clock.now().getTime() - age + HOUR);
  return { event: name, userId, at, properties: plan ? { plan } : {} };
}

async function allowEverything(world: World, { tenant }: Company): Promise<void> {
  const opened = await openTenant(world.system, tenant.id);
  await setOverride(opened, { key: "advanced_analytics", value: "yes", until: null });
}

async function signIn(world: World, email: string): Promise<Browser> {
  const browser = world.browser();
  const subdomain = email.split("@")[1]!.split(".")[0];
  await browser.post(`http://${world.host(subdomain)}/login`, { email, password: PASSWORD });
  return browser;
}

/** The text of a page, without markup. */
function plain(html: string): string {
  return html.replace(/<(style|script)[\s\S]*?<\/\1>/g, "").replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");
}
