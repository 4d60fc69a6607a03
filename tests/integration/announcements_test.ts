import assert from "node:assert/strict";
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
