// Protects: people without JavaScript write, test and send campaigns and sequences on pages, and see why something is refused.
import assert from "node:assert/strict";
import { HOUR } from "../../src/platform/clock.ts";
import { runJobs } from "../support/notifications.ts";
import { addContacts } from "../support/campaigns.ts";
import { PASSWORD, World } from "../support/world.ts";

Deno.test("a campaign is written, tested, scheduled and sent on its pages", async () => {
  await using world = await World.open();
  const { browser, base, ctx } = await signedIn(world);
  await addContacts(ctx, [{ email: "mira@example.com", name: "Mira" }]);

  const address = await browser.post(`${base}/campaigns/settings`, { postal_address: "Acme, 1 Main Street" });
  const form = await browser.get(`${base}/campaigns/new`);
  const wrong = await browser.post(`${base}/campaigns`, { name: "", subject: "", rate_per_hour: "many" });
  const draft = await browser.post(`${base}/campaigns`, { name: "May", subject: "News", body: "Hello" });
  const edit = await browser.get(`${draft.url}/edit`);
  const change = { name: "June", subject: "Our news", body: "Hello {{name}}", window_from: "", version: "1" };
  const saved = await browser.post(draft.url, change);
  const stale = await browser.post(draft.url, { ...change, name: "Lost" });
  const tested = await browser.post(`${draft.url}/test`);
  const copy = await browser.post(`${draft.url}/duplicate`);
  const noTime = await browser.post(`${draft.url}/schedule`, { scheduled_at: "soon" });
  const past = await browser.post(`${draft.url}/schedule`, { scheduled_at: "2020-01-01T09:00" });
  const tomorrow = world.clock.now().getTime() + 24 * HOUR;
  const scheduled_at = new Date(tomorrow).toISOString().slice(0, "2026-11-30T09:00".length);
  const scheduled = await browser.post(`${draft.url}/schedule`, { scheduled_at });
  const unscheduled = await browser.post(`${draft.url}/cancel`);
  const sent = await browser.post(`${draft.url}/send`);
  await runJobs(world);
  const recipients = await browser.get(`${draft.url}/recipients`);
  const twice = await browser.post(`${draft.url}/send`);
  const deleted = await browser.post(`${copy.url.replace(/\/edit$/, "")}/delete`);

  assert.match(address.text, /The postal address was saved/);
  assert.match(form.text, /name="subject"/);
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /Enter a name[^]*Enter a subject/);
  assert.match(draft.text, /May was created/);
  assert.match(edit.text, /value="May"/);
  assert.match(saved.text, /June was saved/);
  assert.equal(stale.status, 422);
  assert.match(tested.text, /The test is on its way/);
  assert.match(copy.text, /Copy of June was created/);
  for (const refused of [noTime, past]) assert.equal(refused.status, 422);
  assert.match(noTime.text, /Enter a date and a time in the future/);
  assert.match(scheduled.text, /The campaign is scheduled/);
  assert.match(unscheduled.text, /The schedule was canceled/);
  assert.match(sent.text, /Sending has started/);
  assert.match(recipients.text, /mira@example\.com[^]*Sent/);
  assert.notEqual(twice.status, 200);
  assert.match(deleted.text, /Copy of June was deleted/);
});

Deno.test("a sequence gets its steps, in their order, and starts and stops on its pages", async () => {
  await using world = await World.open();
  const { browser, base } = await signedIn(world);
  const step = { delay_hours: "0", condition_type: "all", subject: "Welcome", body: "Hi" };

  const wrong = await browser.post(`${base}/sequences`, { name: "", trigger_type: "tag", trigger_value: "" });
  const trigger = { trigger_type: "tag", trigger_value: "customer", goal_type: "none" };
  const created = await browser.post(`${base}/sequences`, { name: "Welcome", ...trigger });
  const edit = await browser.get(`${created.url}/edit`);
  const noHours = await browser.post(`${created.url}/steps`, { ...step, delay_hours: "soon", version: "1" });
  const first = await browser.post(`${created.url}/steps`, { ...step, version: "1" });
  const second = await browser.post(`${created.url}/steps`, {
    ...step,
    delay_hours: "72",
    condition_type: "clicked",
    subject: "Three tips",
    version: "2",
  });
  const [, tips] = stepsOf(second.text);
  const moved = await browser.post(`${created.url}/steps/${tips}/up`);
  const preview = await browser.get(`${created.url}/steps/${tips}`);
  const tested = await browser.post(`${created.url}/steps/${tips}/test`);
  const stepForm = await browser.get(`${created.url}/steps/${tips}/edit`);
  const missing = await browser.get(`${created.url}/steps/${crypto.randomUUID()}/edit`);
  const renamed = await browser.post(`${created.url}/steps/${tips}`, {
    ...step,
    subject: "Four tips",
    version: /name="version" value="(\d+)"/.exec(stepForm.text)![1]!,
  });
  const unready = await browser.post(`${created.url}/start`);
  await browser.post(`${base}/campaigns/settings`, { postal_address: "Acme, 1 Main Street" });
  const started = await browser.post(`${created.url}/start`);
  const stopped = await browser.post(`${created.url}/stop`);
  const removed = await browser.post(`${created.url}/steps/${tips}/remove`);
  const deleted = await browser.post(`${created.url}/delete`);

  assert.equal(wrong.status, 422);
  assert.match(created.text, /Welcome created\. Now add steps/);
  assert.match(edit.text, /value="customer"/);
  assert.equal(noHours.status, 422);
  assert.match(noHours.text, /Use a whole number of hours/);
  assert.match(first.text, /Step added/);
  assert.match(second.text, /After 3 days, only after a click/);
  assert.deepEqual(stepsOf(moved.text), stepsOf(second.text).toReversed());
  assert.match(preview.text, /Three tips/);
  assert.match(tested.text, /The test is on its way/);
  assert.match(stepForm.text, /value="72"/);
  assert.equal(missing.status, 404);
  assert.match(renamed.text, /Four tips[^]*Step saved/);
  assert.equal(unready.status, 422);
  assert.match(unready.text, /postal address/);
  assert.match(started.text, /Sequence started/);
  assert.match(stopped.text, /Sequence stopped/);
  assert.match(removed.text, /Step removed/);
  assert.deepEqual(stepsOf(removed.text).length, 1);
  assert.match(deleted.text, /Welcome deleted/);
});

/** The ids of the steps on a sequence's page. */
function stepsOf(html: string): string[] {
  return [...html.matchAll(/\/steps\/([\w-]+)\/edit"/g)].map(([, id]) => id!);
}

async function signedIn(world: World) {
  const { ctx, owner } = await world.company("acme", "Acme");
  const browser = world.browser();
  const base = `http://${world.host("acme")}`;
  await browser.post(`${base}/login`, { email: owner.email, password: PASSWORD });
  return { browser, base, ctx };
}
