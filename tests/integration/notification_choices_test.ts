import assert from "node:assert/strict";
import { publish } from "../../src/events/publish.ts";
import { INVOICE_PAYMENT_FAILED } from "../../src/billing/events.ts";
import { changeEmailPreferences } from "../../src/email/preferences.ts";
import { NOTIFICATION_EMAIL } from "../../src/notifications/emails.ts";
import { HOUR } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { feedOf, runJobs, tellJoined } from "../support/notifications.ts";
import { startWorker } from "../support/jobs.ts";
import { addPhone } from "../support/phones.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/** Protects: people are told where and when they chose to, and no email or text message goes out twice or to anyone else. */

const PATH = "/account/notifications";
const PHONE = "+15550100200";
const TOLD = ["notification", "notification_digest"];

Deno.test("the page keeps what someone chose for each kind, and shows their mistakes", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const browser = await signIn(world, acme);
  const page = `http://${world.host("acme")}${PATH}`;
  const before = await browser.get(page);

  const saved = await browser.post(page, {
    "joined.email": "on",
    "payment_failed.feed": "on",
    time_zone: "Europe/Berlin",
    quiet_from: "22:00",
    quiet_until: "07:30",
    notifications: "on",
  });
  const wrong = await browser.post(page, { time_zone: "Mars/Olympus", quiet_from: "22:00", quiet_until: "" });

  assert.match(before.text, /name="joined\.feed" checked/);
  assert.doesNotMatch(before.text, /name="joined\.email" checked|name="\w+\.text"/);
  assert.match(saved.text, /Preferences saved/);
  assert.match(saved.text, /name="joined\.email" checked/);
  assert.doesNotMatch(saved.text, /name="joined\.feed" checked/);
  assert.match(saved.text, /value="22:00"[^]*value="07:30"/);
  assert.match(saved.text, /value="Europe\/Berlin" selected/);
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /Choose a time zone from the list/);
});

Deno.test("a kind that is turned off in the feed isn't shown there, and one that is turned on is emailed once", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await choose(world, acme, { "joined.email": "on", notifications: "on" });

  await tellJoined(world, acme, ["Ben"]);
  await runJobs(world);
  await runJobs(world);
  const list = await world.api("GET", "/notifications", { token: await world.token(acme) });
  const emails = await toldByEmail(world, acme);

  assert.deepEqual(list.json.data, []);
  assert.deepEqual(emails.map(({ subject }) => subject), ["News from acme Ltd"]);
  assert.match(emails[0]!.text, /Ben joined the workspace as member/);
  assert.match(emails[0]!.headers["List-Unsubscribe"]!, /unsubscribe/);
});

Deno.test("someone who unsubscribed gets no notification by email, whatever the kinds say", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await choose(world, acme, { "joined.email": "on", notifications: "on" });
  await changeEmailPreferences(world.system, acme.owner.id, { [NOTIFICATION_EMAIL.category!.name]: false });

  await tellJoined(world, acme, ["Ben"]);
  await runJobs(world);

  assert.deepEqual(await toldByEmail(world, acme), []);
});

Deno.test("an email waits until the quiet hours are over", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const chosen = { "joined.email": "on", notifications: "on", quiet_from: "08:00", quiet_until: "10:00" };
  await choose(world, acme, chosen);

  await tellJoined(world, acme, ["Ben"]);
  await runJobs(world);
  const during = await toldByEmail(world, acme);
  world.clock.advance(HOUR);
  await runJobs(world);

  assert.equal(world.clock.now().toISOString(), "2026-03-02T10:00:00.000Z");
  assert.deepEqual(during, []);
  assert.equal((await toldByEmail(world, acme)).length, 1);
});

Deno.test("everything that waited for the end of quiet hours comes in one email", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await choose(world, acme, {
    "joined.email": "on",
    notifications: "on",
    quiet_from: "08:00",
    quiet_until: "10:00",
  });
  const names = Array.from({ length: 12 }, (_, index) => `Person${index}`);

  await tellJoined(world, acme, names);
  await runJobs(world);
  world.clock.advance(HOUR);
  await runJobs(world);
  const emails = await toldByEmail(world, acme);

  assert.equal(emails.length, 1);
  for (const name of names) assert.ok(emails[0]!.text.includes(`${name} joined`), name);
});

Deno.test("beyond five emails of a kind in an hour, the next full hour brings the rest, and other kinds go on", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const admin = await world.member(acme, "ann@acme.example", "admin");
  const ann = { ...acme, owner: admin };
  await choose(world, ann, { "joined.email": "on", "payment_failed.email": "on", notifications: "on" });
  const names = Array.from({ length: 7 }, (_, index) => `Person${index}`);
  const invoice = { id: newId(), name: "INV-0042", status: "open" as const, total: 2_900, currency: "usd" };

  await tellJoined(world, acme, names);
  await runJobs(world);
  const atOnce = await toldByEmail(world, ann);
  await world.system.tx((tx) =>
    publish(world.system, tx, INVOICE_PAYMENT_FAILED, { after: invoice, schema: acme.tenant.schemaName })
  );
  await runJobs(world);
  const urgent = await toldByEmail(world, ann);
  world.clock.advance(HOUR);
  await runJobs(world);
  const all = await toldByEmail(world, ann);

  assert.equal(atOnce.length, 5);
  assert.equal(urgent.length, 6);
  assert.match(urgent[0]!.text, /INV-0042/);
  assert.deepEqual(all.map(({ message }) => message).slice(0, 2), ["notification_digest", "notification"]);
  assert.equal(all.length, 7);
  for (const name of names) assert.ok(all.some(({ text }) => text.includes(`${name} joined`)), name);
});

Deno.test("one email a day has everything since the last one", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await choose(world, acme, { "joined.email": "on", notifications: "on", is_digest: "on" });

  await tellJoined(world, acme, ["Ada", "Ben"]);
  await runJobs(world);
  world.clock.advance(HOUR);
  await tellJoined(world, acme, ["Cleo"]);
  await runJobs(world);
  const before = await toldByEmail(world, acme);
  world.clock.advance(22 * HOUR);
  await runJobs(world);
  await runJobs(world);
  const emails = await toldByEmail(world, acme);

  assert.deepEqual(before, []);
  assert.deepEqual(emails.map(({ subject }) => subject), ["Today in acme Ltd"]);
  for (const name of ["Ada", "Ben", "Cleo"]) assert.match(emails[0]!.text, new RegExp(`${name} joined`));
});

Deno.test("a failed payment is texted at once, also in quiet hours, but never emailed twice to an owner", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const admin = await world.member(acme, "ann@acme.example", "admin");
  const [browser, host] = [await signIn(world, acme), `http://${world.host("acme")}`];
  await using worker = await startWorker(world, "kv");
  await addPhone(world, worker, browser, { host, number: PHONE });
  const chosen = {
    "payment_failed.email": "on",
    "payment_failed.text": "on",
    notifications: "on",
    quiet_from: "08:00",
    quiet_until: "10:00",
  };
  await browser.post(`${host}${PATH}`, chosen);
  await choose(world, { ...acme, owner: admin }, chosen);
  const invoice = { id: newId(), name: "INV-0042", status: "open" as const, total: 2_900, currency: "usd" };

  await world.system.tx((tx) =>
    publish(world.system, tx, INVOICE_PAYMENT_FAILED, { after: invoice, schema: acme.tenant.schemaName })
  );
  await worker.idle();
  const texts = (await world.emails(PHONE)).filter(({ text }) => text.includes("INV-0042"));

  assert.deepEqual(await toldByEmail(world, acme), []);
  assert.equal((await toldByEmail(world, { ...acme, owner: admin })).length, 1);
  assert.equal(texts.length, 1);
  assert.match(texts[0]!.text, /^Denizen: acme Ltd: The payment of invoice INV-0042 failed\. http/);
});

Deno.test("someone who has left is neither emailed nor texted what waits", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const admin = await world.member(acme, "ann@acme.example", "admin");
  const chosen = { "joined.email": "on", notifications: "on", quiet_from: "08:00", quiet_until: "10:00" };
  await choose(world, { ...acme, owner: admin }, chosen);
  await tellJoined(world, acme, ["Ben"]);
  await runJobs(world);

  await world.removeMember(acme, admin);
  world.clock.advance(HOUR);
  await runJobs(world);

  assert.deepEqual(await toldByEmail(world, { ...acme, owner: admin }), []);
  assert.equal((await feedOf(world, admin)).length, 1);
});

async function choose(
  world: World,
  company: Pick<Company, "tenant" | "owner">,
  fields: Record<string, string>,
) {
  const browser = await signIn(world, company);
  const saved = await browser.post(`http://${world.host(company.tenant.subdomain)}${PATH}`, fields);
  assert.match(saved.text, /Preferences saved/);
}

async function toldByEmail(world: World, { owner }: Pick<Company, "owner">) {
  return (await world.emails(owner.email)).filter(({ message }) => TOLD.includes(message));
}

async function signIn(world: World, { tenant, owner }: Pick<Company, "tenant" | "owner">) {
  const browser = world.browser();
  await browser.post(`http://${world.host(tenant.subdomain)}/login`, {
    email: owner.email,
    password: PASSWORD,
  });
  return browser;
}
