// Protects: a contact's link works without signing in and for nobody else, only a POST changes something (S40), a form says
// nothing about who is known, and neither names nor cells of contacts run anywhere (S27, S32, S34).
import assert from "node:assert/strict";
import { campaignRecipients } from "../../db/tenant/schema/campaigns.ts";
import { newContact } from "../../src/contacts/contact.ts";
import { createContact } from "../../src/contacts/contacts.ts";
import { contactUrl, unsubscribeUrl } from "../../src/contacts/links.ts";
import { createContactList } from "../../src/contacts/lists.ts";
import { stageImport } from "../../src/contacts/imports/staging.ts";
import { DAY } from "../../src/platform/clock.ts";
import { readyCampaign } from "../support/campaigns.ts";
import { runJobs } from "../support/notifications.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

const URLENCODED = { "Content-Type": "application/x-www-form-urlencoded" };
const ONE_CLICK = "List-Unsubscribe=One-Click";

Deno.test("S40 one click unsubscribes without cookie or origin, as often as asked; looking changes nothing", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const { id } = await add(acme, { email: "mira@example.com", consent: true });
  const url = new URL(unsubscribeUrl(acme.ctx, id, "0198c0de-0000-7000-8000-000000000000"));
  const ask = (method: string, headers: Record<string, string> = {}, body?: string) =>
    world.raw(method, url.host, url.pathname, headers, body);

  const looked = [await ask("GET"), await ask("HEAD")];
  const before = await consentOf(world, acme, id);
  const posted = await ask("POST", URLENCODED, ONE_CLICK);
  const after = await consentOf(world, acme, id);
  const again = await ask("POST", {
    ...URLENCODED,
    Origin: "https://mail.example",
    "Sec-Fetch-Site": "cross-site",
  }, ONE_CLICK);
  const boundary = "----b";
  const multipart = await ask(
    "POST",
    { "Content-Type": `multipart/form-data; boundary=${boundary}` },
    `--${boundary}\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--${boundary}--\r\n`,
  );

  assert.deepEqual(looked.map(({ status }) => status), [200, 200]);
  assert.deepEqual([before.consent_status, after.consent_status], ["given", "withdrawn"]);
  assert.deepEqual([posted.status, again.status, multipart.status], [200, 200, 200]);
  assert.equal((await recordsOf(acme, id)).length, 2);
});

Deno.test("S40 a link that was changed, or is another workspace's, is 404", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const { id } = await add(acme, { email: "mira@example.com", consent: true });
  const token = contactUrl(acme.ctx, id).split("/").at(-1)!;
  const changed = token.slice(0, -2) + (token.endsWith("AA") ? "BB" : "AA");

  for (const [host, used] of [["globex", token], ["acme", changed], ["acme", id], ["acme", "x"]] as const) {
    for (const path of ["", "/unsubscribe", "/data", "/erase"]) {
      const { status } = await world.raw("GET", world.host(host), `/contact/${used}${path}`);
      assert.equal(status, 404, `${host} ${path}`);
    }
    const { status } = await world.raw(
      "POST",
      world.host(host),
      `/contact/${used}/unsubscribe`,
      URLENCODED,
      ONE_CLICK,
    );
    assert.equal(status, 404);
  }
  assert.equal((await consentOf(world, acme, id)).consent_status, "given");
  assert.ok(globex.tenant.id !== acme.tenant.id);
});

Deno.test("a contact chooses lists, downloads their data, and erases it; only they bring it back", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const { ctx } = acme;
  const news = await createContactList(ctx, { name: "News", description: "" });
  const { id } = await add(acme, { email: "mira@example.com", consent: true, fields: { city: "Lisbon" } });
  const browser = world.browser();
  const url = contactUrl(ctx, id);

  const campaign = await readyCampaign(ctx);
  const bounced = { campaignId: campaign.id, contactId: id, reason: "<mira@example.com>: No such user" };
  await ctx.tx((tx) => tx.insert(campaignRecipients).values({ ...bounced, state: "failed" }));

  const chosen = await browser.post(url, { consent: "yes", lists: news.id });
  const lists = (await consentOf(world, acme, id)).lists;
  const asked = await browser.get(`${url}/data`);
  const guessed = await browser.post(`${url}/data`, { email: "someone@example.com" });
  const data = await browser.post(`${url}/data`, { email: "Mira@example.com" });
  const wrong = await browser.post(`${url}/erase`, { email: "someone@example.com" });
  const erased = await browser.post(`${url}/erase`, { email: "Mira@example.com" });
  const gone = await browser.get(url);
  const readded = await world.api("POST", "/contacts", {
    token: await world.token(acme),
    body: { email: "mira@example.com", consent: false },
  });
  const imported = await stageImport(ctx, {
    fileName: "a.csv",
    bytes: new TextEncoder().encode("Email\nmira@example.com\n"),
  });
  const [[row]] = await ctx.read((tx) => [
    tx.execute(`select outcome, problem from contact_import_rows where import_id = '${imported}'`),
  ]);
  const leftovers = await ctx.read((tx) => [
    tx.execute("select 1 from contacts union all select 1 from consent_records"),
    tx.execute("select used from limit_counters where \"limit\" = 'contacts'"),
    tx.execute("select reason from campaign_recipients"),
  ]);

  assert.equal(chosen.status, 200);
  assert.deepEqual(lists, [news.id]);
  assert.deepEqual([asked.status, guessed.status], [200, 422]);
  for (const { text } of [asked, guessed]) assert.doesNotMatch(text, /mira@|Lisbon/);
  assert.equal(data.headers["content-disposition"], 'attachment; filename="my-data.json"');
  assert.equal(JSON.parse(data.text).fields.city, "Lisbon");
  assert.equal(wrong.status, 422);
  assert.match(erased.text, /Your data was erased/);
  assert.equal(gone.status, 404);
  assert.equal(readded.status, 422);
  assert.deepEqual(row, { outcome: "refused", problem: "contact_erased_before" });
  assert.deepEqual(JSON.parse(data.text).campaigns.map(({ campaign }: { campaign: string }) => campaign), [
    "News",
  ]);
  assert.deepEqual(leftovers.map((rows) => [...rows]), [[], [{ used: "0" }], [{ reason: null }]]);

  await subscribe(world, acme, news.id, "mira@example.com");
  assert.equal(
    (await ctx.read((tx) => [tx.execute("select consent from contacts")]))[0][0]!.consent,
    "given",
  );
});

Deno.test("who holds a forwarded email can't try addresses until they get or erase the data", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const { id } = await add(acme, { email: "mira@example.com", consent: true });
  const browser = world.browser();
  const url = contactUrl(acme.ctx, id);
  const statuses: number[] = [];

  for (let guess = 0; guess < 10; guess++) {
    const path = guess % 2 === 0 ? "data" : "erase";
    statuses.push((await browser.post(`${url}/${path}`, { email: `m${guess}@example.com` })).status);
  }
  const right = [
    await browser.post(`${url}/data`, { email: "mira@example.com" }),
    await browser.post(`${url}/erase`, { email: "mira@example.com" }),
  ];
  const choice = await browser.post(`${url}/unsubscribe`, {});

  assert.deepEqual(statuses, Array(10).fill(422));
  for (const { status, text } of right) {
    assert.equal(status, 429);
    assert.match(text, /Too many attempts/);
  }
  assert.equal(choice.status, 200);
});

Deno.test("a form on any website asks for a confirmation, says the same for every address, and only the button subscribes", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const list = await createContactList(acme.ctx, { name: "News", description: "" });
  await add(acme, { email: "known@example.com", consent: true });
  const post = (email: string) =>
    world.raw("POST", world.host("acme"), `/subscribe/${list.id}`, {
      ...URLENCODED,
      Origin: "https://shop.example",
      "Sec-Fetch-Site": "cross-site",
    }, `email=${encodeURIComponent(email)}`);

  const [known, unknown, wrong] = [
    await post("known@example.com"),
    await post("other@example.com"),
    await post("x"),
  ];
  await runJobs(world);
  const link = await confirmationLink(world, "other@example.com");
  const opened = await world.browser().get(link);
  const [before] = await acme.ctx.read((tx) => [tx.execute("select email from contacts order by email")]);
  const confirmed = await world.browser().post(link, {});
  const repeated = await world.browser().post(link, {});
  const [after] = await acme.ctx.read((tx) => [
    tx.execute("select email, consent, list_ids::text from contacts where email = 'other@example.com'"),
  ]);
  const [records] = await acme.ctx.read((tx) => [
    tx.execute(`select kind, source from consent_records r join contacts c on c.id = r.contact_id
      where c.email = 'other@example.com' order by kind`),
  ]);
  world.clock.advance(8 * DAY);
  const expired = await world.browser().get(link);

  const withoutAddress = (text: string) =>
    text.replaceAll(/(known|other)@example.com/g, "").replaceAll(/nonce[^ >]+/g, "");
  assert.deepEqual([known.status, unknown.status, wrong.status, opened.status], [200, 200, 422, 200]);
  assert.equal(
    withoutAddress(known.text).match(/<main[^]*<\/main>/)![0],
    withoutAddress(unknown.text).match(/<main[^]*<\/main>/)![0],
  );
  assert.deepEqual(before.map(({ email }) => email), ["known@example.com"]);
  assert.match(confirmed.text, /You're subscribed|You&#39;re subscribed/);
  assert.equal(repeated.status, 200);
  assert.deepEqual([...after], [{ email: "other@example.com", consent: "given", list_ids: `{${list.id}}` }]);
  assert.deepEqual([...records], [{ kind: "given", source: "form" }, { kind: "requested", source: "form" }]);
  assert.equal(expired.status, 404);
});

Deno.test("sign-ups from one network are limited", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const list = await createContactList(acme.ctx, { name: "News", description: "" });
  const statuses: number[] = [];

  for (let index = 0; index < 21; index++) {
    const path = `/subscribe/${list.id}`;
    statuses.push(
      (await world.raw("POST", world.host("acme"), path, URLENCODED, `email=p${index}@example.com`)).status,
    );
  }

  assert.deepEqual([statuses.slice(0, 20).every((status) => status === 200), statuses[20]], [true, 429]);
});

Deno.test("S27 S32 S34 names, fields and tags are text on pages, cells in CSV, and never headers", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const evil = '<img src=x onerror=alert(1)><a hx-get="/x">';
  const { id } = await add(acme, {
    email: "mira@example.com",
    name: `=HYPERLINK("https://evil.example")\r\nBcc: x@y.z ${evil}`,
    fields: { city: `@SUM(1)${evil}` },
    tags: ["+1", "-2"],
    consent: true,
  });
  const browser = world.browser();
  const base = `http://${world.host("acme")}`;
  await browser.post(`${base}/login`, { email: acme.owner.email, password: PASSWORD });

  const pages = [
    await browser.get(`${base}/contacts`),
    await browser.get(`${base}/contacts/${id}`),
    await browser.get(`${base}/contacts/${id}/edit`),
    await browser.get(contactUrl(acme.ctx, id)),
  ];
  const csv = await browser.get(`${base}/contacts.csv`);

  for (const page of pages) {
    assert.equal(page.status, 200);
    assert.doesNotMatch(page.text, /<img src=x|<a hx-get="\/x"/);
  }
  const [, row] = csv.text.split(/\r\n(?=mira)/);
  assert.match(row!, /"'=HYPERLINK/);
  assert.match(row!, /'\+1/);
  assert.doesNotMatch(row!, /[,"](=|\+|@)/);
});

function add({ ctx }: Company, input: Partial<ReturnType<typeof newContact.parse>>) {
  return createContact(ctx, newContact.parse({ consent: false, ...input }));
}

async function consentOf(world: World, company: Company, id: string) {
  const { json } = await world.api("GET", `/contacts/${id}`, { token: await world.token(company) });
  return json;
}

async function recordsOf({ ctx }: Company, id: string) {
  const [rows] = await ctx.read((tx) => [
    tx.execute(`select kind from consent_records where contact_id = '${id}'`),
  ]);
  return rows;
}

async function subscribe(world: World, company: Company, listId: string, email: string): Promise<void> {
  const browser = world.browser();
  await browser.post(`http://${world.host(company.tenant.subdomain)}/subscribe/${listId}`, { email });
  await runJobs(world);
  await browser.post(await confirmationLink(world, email), {});
}

async function confirmationLink(world: World, email: string): Promise<string> {
  const [latest] = await world.emails(email);
  return /http\S+\/subscribe\/confirm\/[\w-]+/.exec(latest!.text)![0];
}
