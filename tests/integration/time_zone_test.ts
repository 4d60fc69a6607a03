// Protects: a workspace's days are in the time zone that it has chosen, from the next midnight on.
import assert from "node:assert/strict";
import { addEvents } from "../support/analytics.ts";
import { PASSWORD, World } from "../support/world.ts";

Deno.test("an owner chooses the time zone, and days begin at its midnight from the next one on", async () => {
  await using world = await World.open(); // 2 March, 09:00 UTC
  const acme = await world.company("acme");
  const host = `http://${world.host("acme")}`;
  const browser = world.browser();
  await browser.post(`${host}/login`, { email: acme.owner.email, password: PASSWORD });

  const saved = await browser.post(`${host}/settings/time-zone`, { time_zone: "Asia/Tokyo" });
  await addEvents(world, acme, [
    { event: "opened", at: "2026-03-01T23:00:00Z" },
    { event: "opened", at: "2026-03-02T14:59:59Z" },
    { event: "opened", at: "2026-03-02T15:00:00Z" },
  ]);
  const token = await world.token(acme);
  const report = await world.api("GET", "/analytics/report?start=2026-03-01&end=2026-03-03", { token });
  const log = await world.api("GET", "/audit-log?action=tenant.time_zone_changed", { token });
  const page = await browser.get(`${host}/settings`);

  assert.match(saved.text, /Time zone saved\. It takes effect at the next midnight\./);
  assert.deepEqual(report.json.series.map(({ events }: { events: number }) => events), [1, 1, 1]);
  assert.equal(log.json.data.length, 1);
  assert.match(page.text, /<option value="Asia\/Tokyo" selected/);
});

Deno.test("the API changes the time zone, and refuses unknown ones", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const path = `/tenants/${acme.tenant.id}`;
  const token = await world.token(acme);

  const changed = await world.api("PATCH", path, { token, body: { time_zone: "America/Havana" } });
  const refused = await world.api("PATCH", path, { token, body: { time_zone: "+02:00" } });
  const { json } = await world.api("GET", path, { token });

  assert.deepEqual([changed.status, changed.json.time_zone], [200, "America/Havana"]);
  assert.deepEqual([refused.status, refused.json.errors[0].field], [422, "time_zone"]);
  assert.equal(json.time_zone, "America/Havana");
});

Deno.test("a member without the permission sees the time zone, and can't change it", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.member(acme, "mei@acme.example", "member");
  const host = `http://${world.host("acme")}`;
  const browser = world.browser();
  await browser.post(`${host}/login`, { email: "mei@acme.example", password: PASSWORD });

  const page = await browser.get(`${host}/settings`);
  const refused = await browser.post(`${host}/settings/time-zone`, { time_zone: "Asia/Tokyo" });

  assert.match(page.text, /Time zone/);
  assert.doesNotMatch(page.text, /<select/);
  assert.equal(refused.status, 403);
});
