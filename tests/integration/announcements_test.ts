import assert from "node:assert/strict";
import { announcements } from "../../db/control/schema/announcements.ts";
import { listPlatformEntries } from "../../src/audit/entries.ts";
import { DAY } from "../../src/platform/clock.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: members see what staff announce until it ends or they dismiss it, as text and nothing else. */

Deno.test("an announcement reaches the members it is meant for, until they dismiss it or it ends", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme", undefined, "team");
  const globex = await world.company("globex", "Globex", undefined, "starter");
  const mei = await world.member(acme, "mei@acme.example", "member");
  await world.staff("grace@denizen.example");
  const staff = await world.signedInBrowser("grace@denizen.example");
  const admin = `http://${world.host()}/admin/announcements`;
  const signIn = async (name: string, email: string) => {
    const browser = world.browser();
    await browser.post(`http://${world.host(name)}/login`, { email, password: PASSWORD });
    return { browser, sees: async () => (await browser.get(`http://${world.host(name)}/projects`)).text };
  };
  const [owner, member, other] = [
    await signIn("acme", acme.owner.email),
    await signIn("acme", mei.email),
    await signIn("globex", globex.owner.email),
  ];
  const fields = { text: "Maintenance on <b>Sunday</b>", kind: "warning", days: "3", plan_team: "on" };

  const wrong = await staff.post(admin, { ...fields, text: " ", link_url: "javascript:alert(1)", days: "" });
  const listed = await staff.post(admin, { ...fields, link_url: "https://status.example.com/sunday" });
  const [seen, notMeant] = [await owner.sees(), await other.sees()];
  const id = /action="\/announcements\/([^/]+)\/dismissal"/.exec(seen)![1]!;
  await owner.browser.post(`http://${world.host("acme")}/announcements/${id}/dismissal`);
  const [dismissed, still] = [await owner.sees(), await member.sees()];
  const unknown = await member.browser.post(
    `http://${world.host("acme")}/announcements/${acme.tenant.id}/dismissal`,
  );
  world.clock.advance(3 * DAY + 1);
  const over = await (await signIn("acme", mei.email)).sees();
  await staff.post(`http://${world.host()}/login`, { email: "grace@denizen.example", password: PASSWORD });
  const gone = await staff.post(`${admin}/${id}/end`);

  assert.equal(wrong.status, 422);
  for (const message of [/Enter the text/, /starts with https/, /from 1 to 365/]) {
    assert.match(wrong.text, message);
  }
  assert.match(listed.text, /Maintenance on &lt;b&gt;Sunday&lt;\/b&gt;[^]*Team/);
  assert.match(seen, /Maintenance on &lt;b&gt;Sunday[^]*href="https:\/\/status\.example\.com\/sunday"/);
  assert.doesNotMatch(notMeant, /Maintenance/);
  assert.doesNotMatch(dismissed, /Maintenance/);
  assert.match(still, /Maintenance/);
  assert.equal(unknown.status, 404);
  assert.doesNotMatch(over, /Maintenance/);
  assert.equal(gone.status, 404);
});

Deno.test("staff end an announcement at once, and the audit log has both", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.staff("grace@denizen.example");
  const staff = await world.signedInBrowser("grace@denizen.example");
  const admin = `http://${world.host()}/admin/announcements`;
  await staff.post(admin, { text: "New: roles", kind: "info", days: "7" });
  const browser = world.browser();
  await browser.post(`http://${world.host("acme")}/login`, { email: acme.owner.email, password: PASSWORD });
  const before = await browser.get(`http://${world.host("acme")}/projects`);
  const id = /announcements\/([^/]+)\/dismissal/.exec(before.text)![1]!;
  await staff.post(`${admin}/${id}/end`);
  const after = await browser.get(`http://${world.host("acme")}/projects`);
  const log = await staff.get(`http://${world.host()}/admin/audit`);

  assert.match(before.text, /New: roles/);
  assert.doesNotMatch(after.text, /New: roles/);
  assert.match(log.text, /ended the announcement “New: roles”[^]*published the announcement “New: roles”/);
});

Deno.test("staff change and delete an announcement, and see it first as members do", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme", undefined, "team");
  await world.staff("grace@denizen.example");
  const staff = await world.signedInBrowser("grace@denizen.example");
  const admin = `http://${world.host()}/admin/announcements`;
  const browser = world.browser();
  await browser.post(`http://${world.host("acme")}/login`, { email: acme.owner.email, password: PASSWORD });
  const seen = async () => (await browser.get(`http://${world.host("acme")}/projects`)).text;
  const fields = { text: "Maintenance on <b>Sunday</b>", kind: "warning", days: "3", plan_team: "on" };

  await t.step("the form shows what members see, and publishes nothing", async () => {
    const empty = await staff.get(`${admin}/new`);
    const query = new URLSearchParams({
      text: fields.text,
      kind: "warning",
      link_url: "javascript:alert(1)",
    });
    const inPlace = await staff.get(`${admin}/preview?${query}`, { "HX-Request": "true" });
    const whole = await staff.post(admin, {
      ...fields,
      preview: "on",
      link_url: "https://status.example.com",
    });

    assert.match(empty.text, /Enter a text to see what members will see/);
    assert.match(inPlace.text, /^<div id="announcement-preview">[^]*Maintenance on &lt;b&gt;Sunday/);
    assert.doesNotMatch(inPlace.text, /href=/);
    assert.match(whole.text, /id="announcement-preview"[^]*href="https:\/\/status\.example\.com"[^]*Dismiss/);
    assert.match(whole.text, /<textarea id="text"[^>]*>Maintenance/);
    assert.doesNotMatch(await seen(), /Maintenance/);
  });

  await staff.post(admin, fields);
  const id = /announcements\/([^/]+)\/dismissal/.exec(await seen())![1]!;

  await t.step("a change reaches members at once, and keeps the end unless it sets another one", async () => {
    const form = await staff.get(`${admin}/${id}/edit`);
    const wrong = await staff.post(`${admin}/${id}`, { ...fields, text: " ", days: "0" });
    const same = await staff.post(`${admin}/${id}`, { ...fields, days: "" });
    const saved = await staff.post(`${admin}/${id}`, { text: "Moved to Monday", kind: "info", days: "" });
    const [row] = await world.system.control.select().from(announcements);
    const other = await browser.post(`http://${world.host("acme")}/announcements/${id}/dismissal`);

    assert.match(form.text, /<textarea id="text"[^>]*>Maintenance on &lt;b&gt;Sunday/);
    assert.match(form.text, /id="plan-team"[^>]*checked/);
    assert.match(form.text, /id="announcement-preview"[^]*Maintenance/);
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /Enter the text/);
    assert.match(wrong.text, /from 1 to 365/);
    for (const { text } of [same, saved]) assert.match(text, /Announcement saved/);
    assert.deepEqual([row!.text, row!.kind, row!.plans], ["Moved to Monday", "info", []]);
    assert.equal(row!.endsAt.getTime(), world.clock.now().getTime() + 3 * DAY);
    assert.equal(other.status, 200);
    assert.doesNotMatch(await seen(), /Maintenance|Monday/, "dismissed stays dismissed");
  });

  await t.step("deleting asks first, and takes it from the list", async () => {
    const asked = await staff.get(`${admin}/${id}/delete`);
    const deleted = await staff.post(`${admin}/${id}/delete`);
    const gone = await Promise.all([
      staff.get(`${admin}/${id}/edit`),
      staff.post(`${admin}/${id}`, { ...fields, days: "" }),
      staff.post(`${admin}/${id}/delete`),
    ]);

    assert.match(asked.text, /Moved to Monday[^]*The audit log keeps its text/);
    assert.match(deleted.text, /Announcement deleted/);
    assert.deepEqual(gone.map(({ status }) => status), [404, 404, 404]);
  });

  await t.step("an announcement that is over can't be changed, but deleted", async () => {
    await staff.post(admin, { ...fields, text: "Over soon", days: "1" });
    const [row] = await world.system.control.select().from(announcements);
    await staff.post(`${admin}/${row!.id}/end`);
    const edit = await staff.get(`${admin}/${row!.id}/edit`);
    const changed = await staff.post(`${admin}/${row!.id}`, { ...fields, days: "5" });
    await staff.post(`${admin}/${row!.id}/delete`);

    assert.equal(edit.url, admin);
    assert.doesNotMatch(edit.text, new RegExp(`${row!.id}/edit`));
    assert.equal(changed.status, 404);
    assert.equal(await world.system.control.$count(announcements), 0);
  });

  await t.step("the log has each change once, with the values before and after", async () => {
    const { items } = await listPlatformEntries(world.system, { limit: 50, sort: "-at" });
    const lines = items.filter(({ action }) => action.startsWith("announcement."));
    const change = lines.find(({ action }) => action === "announcement.changed")!;

    assert.deepEqual(lines.map(({ action }) => action.split(".")[1]), [
      ...["deleted", "ended", "published"],
      ...["deleted", "changed", "published"],
    ]);
    assert.match(JSON.stringify(change.changes), /Maintenance on <b>Sunday<\/b>[^]*Moved to Monday/);
  });
});
