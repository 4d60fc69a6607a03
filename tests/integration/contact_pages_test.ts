// Protects: people without JavaScript add, import, select and export contacts on pages, and see why something is refused.
import assert from "node:assert/strict";
import { contactImports } from "../../db/tenant/schema/contacts.ts";
import { createContact } from "../../src/contacts/contacts.ts";
import { newContact } from "../../src/contacts/contact.ts";
import { MINUTE } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { runJobs } from "../support/notifications.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

const FILE =
  "Mail,Full name,City\nmira@example.com,Mira Sol,Lisbon\nnobody,,\nyusuf@example.com,Yusuf,İzmir\n";

Deno.test("a contact is added, changed and deleted, and mistakes stand beside their fields", async () => {
  await using world = await World.open();
  const { browser, base } = await signedIn(world);

  const wrong = await browser.post(`${base}/contacts`, {
    email: "mira",
    tags: "a|b",
    fields: "Two words: x",
  });
  const added = await browser.post(`${base}/contacts`, {
    email: "mira@example.com",
    tags: "VIP, customer",
    fields: "city: Lisbon\nplan: pro: yearly",
    consent: "yes",
  });
  const edit = await browser.get(`${added.url}/edit`);
  const saved = await browser.post(added.url, {
    version: "1",
    email: "mira@example.com",
    name: "Mira",
    fields: "city: Porto",
  });
  const stale = await browser.post(added.url, { version: "1", email: "mira@example.com", name: "Lost" });
  const deleted = await browser.post(`${added.url}/delete`);

  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /id="contact-email-error"[^]*id="contact-fields-error"/);
  assert.match(added.text, /Lisbon[^]*pro: yearly[^]*Gave consent \(stated by a member\)/);
  assert.match(edit.text, /customer, vip/);
  assert.match(saved.text, /Mira was saved/);
  assert.match(saved.text, />Unsubscribed</);
  assert.equal(stale.status, 422);
  assert.match(deleted.text, /was deleted/);
});

Deno.test("a file is uploaded, checked, planned and imported", async () => {
  await using world = await World.open();
  const { browser, base } = await signedIn(world);
  const list = await browser.post(`${base}/contacts/lists`, { name: "News", description: "" });
  const listId = list.url.split("/").at(-1)!;

  const nothing = await browser.upload(`${base}/contacts/imports`, { other: "x" });
  const checked = await browser.upload(`${base}/contacts/imports`, { file: new File([FILE], "fair.csv") });
  const plan = { column_0: "email", column_1: "name", column_2: "field:city", list_id: listId, tags: "fair" };
  const unchosen = await browser.post(checked.url, { ...plan, then: "start" });
  const unexplained = await browser.post(checked.url, { ...plan, consent: "given", then: "start" });
  const withoutEmail = await browser.post(checked.url, { ...plan, column_0: "ignore", consent: "none" });
  const started = await browser.post(checked.url, {
    ...plan,
    consent: "given",
    consent_given: "At the fair",
    then: "start",
  });
  await runJobs(world);
  const done = await browser.get(checked.url);
  const tagged = await browser.get(`${base}/contacts?tag=fair&list=${listId}&consent_status=given`);
  const csv = await browser.get(`${base}/contacts.csv?search=mira`);

  assert.match(nothing.text, /Choose a CSV file/);
  assert.match(checked.text, /Line 3[^]*nobody[^]*Enter a full email address/);
  assert.match(unchosen.text, /Choose whether these people agreed/);
  assert.match(unexplained.text, /Say how these people agreed/);
  assert.match(withoutEmail.text, /Choose the column with the email addresses/);
  assert.match(started.text, /The import has started/);
  assert.match(done.text, /Result[^]*Line 3/);
  assert.match(tagged.text, /1–2 of 2/);
  assert.match(csv.text, /^\ufeffEmail,Name[^]*mira@example.com,Mira Sol,,fair,Subscribed,[^]*city: Lisbon/);
  assert.doesNotMatch(csv.text, /yusuf/);
});

Deno.test("a file whose reading was cut off says so, and makes room for another upload", async () => {
  await using world = await World.open();
  const { ctx, ...company } = await world.company("acme");
  const now = world.clock.now();
  const cutOff = { id: newId(), fileName: "people.csv", createdAt: now, updatedAt: now };
  await ctx.tx((tx) => tx.insert(contactImports).values({ ...cutOff, status: "reading" }));
  const page = `http://${world.host("acme")}/contacts/imports`;
  const browser = world.browser();
  await browser.post(`http://${world.host("acme")}/login`, {
    email: company.owner.email,
    password: PASSWORD,
  });

  const early = await browser.get(`${page}/${cutOff.id}`);
  world.clock.advance(2 * MINUTE);
  const late = await browser.get(`${page}/${cutOff.id}`);
  const [, action] = /<form method="post" action="([^"]+\/delete)"/.exec(late.text)!;
  const discarded = await browser.post(`http://${world.host("acme")}${action}`);

  assert.match(early.text, /is still being read/);
  assert.doesNotMatch(early.text, /\/delete"/);
  assert.match(late.text, /or has stopped\. Discard it/);
  assert.match(discarded.text, /The file was discarded/);
  assert.equal(await ctx.tx((tx) => tx.$count(contactImports)), 0);
});

Deno.test("413 for a file of more than 25 MB, whether its size is announced or not", async () => {
  await using world = await World.open();
  const { browser, base } = await signedIn(world);
  const hundred = new File([new Uint8Array(100 * 1024 ** 2).fill(97)], "large.csv");
  const twentySix = new File([new Uint8Array(26 * 1024 ** 2).fill(97)], "large.csv");

  const refused = await browser.upload(`${base}/contacts/imports`, { file: twentySix });
  const announced = await browser.upload(`${base}/contacts/imports`, { file: hundred }).then(
    ({ status }) => status,
    () => "closed",
  );
  const after = await browser.get(`${base}/contacts/imports`);

  assert.equal(refused.status, 413);
  assert.ok(announced === 413 || announced === "closed", String(announced));
  assert.match(after.text, /Import a spreadsheet/);
});

Deno.test("a segment is built with buttons, counted as it grows, saved, changed and deleted", async () => {
  await using world = await World.open();
  const { browser, base, company } = await signedIn(world);
  for (
    const [email, tag, city] of [["a", "vip", "Lisbon"], ["b", "vip", "Porto"], [
      "c",
      "new",
      "Lisbon",
    ]] as const
  ) {
    const input = { email: `${email}@example.com`, tags: [tag], fields: { city }, consent: true };
    await createContact(company.ctx, newContact.parse(input));
  }
  const first = { condition: "0", kind_0: "tag", op_0: "has", value_0: "vip", match: "all", name: "VIPs" };

  const counted = await browser.post(`${base}/segments/builder`, first);
  const grown = await browser.post(`${base}/segments/builder`, { ...first, add: "group" });
  const grouped = new URLSearchParams([
    ...Object.entries(first),
    ["group", "1"],
    ["match_1", "any"],
    ["condition", "1.0"],
    ...Object.entries({ "kind_1.0": "field", "key_1.0": "City", "op_1.0": "is", "value_1.0": "Lisbon" }),
  ]);
  const narrowed = await browser.post(`${base}/segments/builder`, grouped);
  const saved = await browser.post(`${base}/segments`, grouped);
  const [, href] = /href="(\/segments\/[0-9a-f-]{36})"/.exec(saved.text)!;
  assert.match(saved.text, /<a href="\/contacts"[^>]* aria-current="page"/);
  const opened = await browser.get(base + href!);
  const removed = await browser.post(
    `${base}/segments/builder`,
    new URLSearchParams([...grouped, ["remove", "0"]]),
  );
  const wrong = await browser.post(`${base}/segments`, { ...first, value_0: "" });
  const deleted = await browser.post(`${base}${href}/delete`);

  assert.match(counted.text, />2 contacts</);
  assert.match(grown.text, /name="condition" value="1.0"/);
  assert.match(narrowed.text, />1 contact</);
  assert.match(saved.text, /VIPs was saved/);
  assert.match(opened.text, /value="city"[^]*value="Lisbon"/);
  assert.match(removed.text, />2 contacts</);
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /Enter a tag/);
  assert.match(deleted.text, /VIPs was deleted/);
});

Deno.test("on a plan without campaigns, the pages lead to the plans, and what is there can be read", async () => {
  await using world = await World.open();
  const { browser, base } = await signedIn(world, "starter");

  const contacts = await browser.get(`${base}/contacts`);
  const form = await browser.get(`${base}/contacts/new`);
  const upload = await browser.upload(`${base}/contacts/imports`, { file: new File([FILE], "fair.csv") });

  assert.match(contacts.text, /part of the Team plan[^]*href="\/billing\/plans"/);
  assert.doesNotMatch(contacts.text, /href="\/contacts\/new"/);
  assert.deepEqual([form.status, upload.status], [403, 403]);
});

async function signedIn(world: World, plan: "premium" | "starter" = "premium") {
  const company: Company = await world.company("acme", "Acme", undefined, plan);
  const browser = world.browser();
  const base = `http://${world.host("acme")}`;
  await browser.post(`${base}/login`, { email: company.owner.email, password: PASSWORD });
  return { browser, base, company };
}
