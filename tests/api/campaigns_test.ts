// Protects: the contract of campaigns in the API, and that their links count people and lead nowhere else.
import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { users } from "../../db/control/schema/users.ts";
import { campaignRecipients, campaigns } from "../../db/tenant/schema/campaigns.ts";
import { setArchive } from "../../src/campaigns/campaigns.ts";
import { changePostalAddress } from "../../src/campaigns/settings.ts";
import { SECOND } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { addContacts, POSTAL_ADDRESS, readyCampaign } from "../support/campaigns.ts";
import { startWorker } from "../support/jobs.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

const DRAFT = { name: "News", subject: "Our news", body: "Hello {{ name | there }}" };
const BROWSER = { "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" };

async function ready(world: World, company: Company) {
  await changePostalAddress(company.ctx, { postalAddress: POSTAL_ADDRESS });
  await addContacts(company.ctx, [{ email: "ada@example.com", name: "Ada" }]);
  return await world.token(company);
}

async function ownPage(world: World, { owner }: Company, path: string): Promise<string> {
  const browser = world.browser();
  await browser.post(`http://${world.host("acme")}/login`, { email: owner.email, password: PASSWORD });
  return (await browser.get(`http://${world.host("acme")}${path}`)).text;
}

async function sendAll(world: World): Promise<void> {
  await using worker = await startWorker(world, "kv");
  await worker.idle();
}

Deno.test("201, 200, 204: a campaign is created, read, changed, listed and deleted", async () => {
  await using world = await World.open();
  const token = await ready(world, await world.company("acme"));

  const created = await world.api("POST", "/campaigns", { token, body: DRAFT });
  const path = `/campaigns/${created.json.id}`;
  const changed = await world.api("PATCH", path, { token, body: { subject: "New" } });
  const read = await world.api("GET", path, { token });
  const { json: list } = await world.api("GET", "/campaigns?status=draft", { token });
  const deleted = await world.api("DELETE", path, { token });
  const gone = await world.api("GET", path, { token });

  assert.equal(created.status, 201);
  assert.deepEqual([created.json.status, created.json.segment_id, created.json.stats.recipients], [
    "draft",
    null,
    0,
  ]);
  assert.equal(created.json.archive_token, undefined);
  assert.deepEqual([changed.status, changed.json.subject, read.json.subject], [200, "New", "New"]);
  assert.deepEqual(list.data.map(({ id }: { id: string }) => id), [created.json.id]);
  assert.deepEqual([deleted.status, gone.status], [204, 404]);
});

Deno.test("200: a campaign is sent, paused, resumed and canceled", async () => {
  await using world = await World.open();
  const token = await ready(world, await world.company("acme"));
  const { json: { id } } = await world.api("POST", "/campaigns", { token, body: DRAFT });
  const post = (action: string, body?: object) =>
    world.api("POST", `/campaigns/${id}/${action}`, { token, body });

  const sent = await post("send", {});
  const paused = await post("pause");
  const resumed = await post("resume");
  await sendAll(world);
  const ended = await world.api("GET", `/campaigns/${id}`, { token });
  const canceled = await post("cancel");

  assert.deepEqual([sent, paused, resumed].map(({ status, json }) => [status, json.status]), [
    [200, "sending"],
    [200, "paused"],
    [200, "sending"],
  ]);
  assert.deepEqual([ended.json.status, ended.json.stats.sent, ended.json.stats.recipients], ["sent", 1, 1]);
  assert.equal(canceled.status, 409);
});

Deno.test("401, 403, 404: only members who manage campaigns may see and send them", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await ready(world, acme);
  const other = await world.token(await world.company("other"));
  const viewer = await world.member(acme, "viewer@acme.example", "viewer");
  const { json: { id } } = await world.api("POST", "/campaigns", { token, body: DRAFT });

  const statuses = await Promise.all([
    world.api("GET", `/campaigns/${id}`),
    world.api("GET", `/campaigns/${id}`, { token: await world.token({ ...acme, owner: viewer }) }),
    world.api("GET", `/campaigns/${id}`, { token: other }),
    world.api("POST", `/campaigns/${id}/send`, { token: other, body: {} }),
  ]);

  assert.deepEqual(statuses.map(({ status }) => status), [401, 403, 404, 404]);
});

Deno.test("403: a plan without campaigns, and an unconfirmed address, send nothing", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await ready(world, acme);
  const starter = await world.token(await world.company("small", "Small", undefined, "starter"));
  const { json: { id } } = await world.api("POST", "/campaigns", { token, body: DRAFT });
  await world.system.control.update(users).set({ emailVerifiedAt: null }).where(eq(users.id, acme.owner.id));

  const unconfirmed = await world.api("POST", `/campaigns/${id}/send`, { token, body: {} });
  const notIncluded = await world.api("POST", "/campaigns", { token: starter, body: DRAFT });

  assert.match(unconfirmed.json.detail, /^Confirm your email address/);
  assert.deepEqual([unconfirmed.status, notIncluded.status], [403, 403]);
});

Deno.test("409: a campaign that isn't ready says why", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  await addContacts(acme.ctx, [{ email: "ada@example.com" }]);
  const body =
    "{{ name }} {{ nmae | x }} {{ fields.City | x }} {{ fields.a\n\n[x](javascript:{{ name }})\n\n![x](http://example.com/a.png)";
  const { json: { id } } = await world.api("POST", "/campaigns", { token, body: { ...DRAFT, body } });

  const { status, json } = await world.api("POST", `/campaigns/${id}/send`, { token, body: {} });

  assert.equal(status, 409);
  for (
    const reason of [
      "postal address",
      "{{ nmae | x }} isn't a field",
      "{{ fields.City | x }} isn't a field",
      "{{ fields.a needs }}",
      "Recipients without a value for {{ name }}: 1.",
      "The link to javascript:{{ name }} must start",
      "The image at http://example.com/a.png must start",
    ]
  ) assert.ok(json.detail.includes(reason), `${reason}: ${json.detail}`);
});

Deno.test("409: only drafts change, and a campaign is sent once", async () => {
  await using world = await World.open();
  const token = await ready(world, await world.company("acme"));
  const { json: { id } } = await world.api("POST", "/campaigns", { token, body: DRAFT });
  await world.api("POST", `/campaigns/${id}/send`, { token, body: {} });

  const answers = await Promise.all([
    world.api("PATCH", `/campaigns/${id}`, { token, body: { subject: "Late" } }),
    world.api("DELETE", `/campaigns/${id}`, { token }),
    world.api("POST", `/campaigns/${id}/send`, { token, body: {} }),
    world.api("POST", `/campaigns/${id}/resume`, { token }),
  ]);

  assert.deepEqual(answers.map(({ status }) => status), [409, 409, 409, 409]);
});

Deno.test("412, 422: versions and values are checked", async () => {
  await using world = await World.open();
  const token = await ready(world, await world.company("acme"));
  const { json: { id }, headers } = await world.api("POST", "/campaigns", { token, body: DRAFT });
  const path = `/campaigns/${id}`;
  await world.api("PATCH", path, { token, body: { subject: "Two" }, headers: { "If-Match": headers.etag! } });

  const stale = await world.api("PATCH", path, {
    token,
    body: { subject: "Three" },
    headers: { "If-Match": headers.etag! },
  });
  const invalid = await Promise.all([
    { subject: "a\r\nBcc: x@example.com" },
    { name: "" },
    { window_from: 9 },
    { window_from: 25, window_until: 3 },
    { test_share: 50 },
    { rate_per_hour: 0 },
  ].map((body) => world.api("PATCH", path, { token, body })));
  const past = await world.api("POST", `${path}/send`, {
    token,
    body: { scheduled_at: "2020-01-01T00:00:00Z" },
  });

  assert.equal(stale.status, 412);
  assert.deepEqual(invalid.map(({ status }) => status), [422, 422, 422, 422, 422, 422]);
  assert.equal(past.status, 422);
});

Deno.test("S40: a link leads to the campaign's own target, and counts a person once", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await addContacts(acme.ctx, [{ email: "ada@example.com", name: "Ada & Bob" }]);
  const { id } = await readyCampaign(acme.ctx, {
    body: "[Shop](https://shop.example/a?who={{ name | x }}&b=1#top)",
    tracksOpens: true,
  });
  const token = await world.token(acme);
  await world.api("POST", `/campaigns/${id}/send`, { token, body: {} });
  await sendAll(world);
  const [email] = await world.emails("ada@example.com");
  const link = new URL(email!.links.find((url) => url.includes("/c/"))!);
  const pixel = new URL(/src="([^"]+\.gif)"/.exec(email!.html)![1]!);
  const follow = (method: string, headers: Record<string, string>, url = link) =>
    world.raw(method, world.host("acme"), url.pathname, headers);
  const clicked = async () => (await world.api("GET", `/campaigns/${id}`, { token })).json.stats;

  const tooSoon = await follow("GET", BROWSER);
  world.clock.advance(3 * SECOND);
  await follow("HEAD", BROWSER);
  await follow("GET", { "User-Agent": "Barracuda Sentinel" });
  await follow("GET", {});
  const byPrograms = await clicked();
  await follow("GET", BROWSER);
  await follow("GET", BROWSER);
  await follow("GET", BROWSER, pixel);
  const byPeople = await clicked();
  const page = await ownPage(world, acme, `/campaigns/${id}`);
  const forged = await follow("GET", BROWSER, new URL(`${link.href.slice(0, -4)}aaaa`));
  const other = await world.company("other");
  const elsewhere = await world.raw("GET", world.host(other.tenant.subdomain), link.pathname, BROWSER);

  assert.equal(tooSoon.status, 302);
  assert.equal(tooSoon.headers.location, "https://shop.example/a?who=Ada%20%26%20Bob&b=1#top");
  assert.deepEqual([byPrograms.clicked, byPrograms.opened], [0, 0]);
  assert.deepEqual([byPeople.clicked, byPeople.opened], [1, 1]);
  assert.deepEqual([forged.status, elsewhere.status], [404, 404]);
  assert.ok(
    page.includes("https://shop.example/a?who={{ name | x }}&amp;b=1#top"),
    "the link as it was written",
  );
});

Deno.test("a campaign that missed its time can become a draft again", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const { id } = await readyCampaign(acme.ctx);
  const at = world.clock.now();
  await acme.ctx.tx((tx) => tx.update(campaigns).set({ status: "missed", scheduledAt: at }));

  const page = await ownPage(world, acme, `/campaigns/${id}`);
  const { json } = await world.api("POST", `/campaigns/${id}/cancel`, { token: await world.token(acme) });

  assert.match(page, /action="\/campaigns\/[\w-]+\/cancel"[^]*Back to draft/);
  assert.equal(json.status, "draft");
});

Deno.test("a public page opens with its token only, and shows fallbacks", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await addContacts(acme.ctx, [{ email: "ada@example.com", name: "Ada" }]);
  const { id } = await readyCampaign(acme.ctx, { body: "Hello {{ name | friend }}" });
  const { archiveToken } = await setArchive(acme.ctx, id, true);
  const open = (token: string) => world.raw("GET", world.host("acme"), `/campaigns/${id}/archive/${token}`);

  const before = await open(archiveToken!);
  await world.api("POST", `/campaigns/${id}/send`, { token: await world.token(acme), body: {} });
  await sendAll(world);
  const shown = await open(archiveToken!);
  const wrong = await open("wrong");
  await setArchive(acme.ctx, id, false);
  const off = await open(archiveToken!);

  assert.deepEqual([before.status, shown.status, wrong.status, off.status], [404, 200, 404, 404]);
  assert.match(shown.text, /Hello friend/);
  assert.doesNotMatch(shown.text, /Ada|ada@example/);
  assert.match(String(shown.headers["content-security-policy"]), /default-src 'none'.*sandbox/);
});

Deno.test("S40: the link in the email unsubscribes by one click, and the campaign counts it once", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await addContacts(acme.ctx, [{ email: "ada@example.com" }]);
  const { id } = await readyCampaign(acme.ctx);
  const token = await world.token(acme);
  await world.api("POST", `/campaigns/${id}/send`, { token, body: {} });
  await sendAll(world);
  const [email] = await world.emails("ada@example.com");
  const { pathname } = new URL(email!.headers["List-Unsubscribe"]!.slice(1, -1));
  const form = { "Content-Type": "application/x-www-form-urlencoded" };
  const unsubscribed = async () =>
    (await world.api("GET", `/campaigns/${id}`, { token })).json.stats.unsubscribed;

  await world.raw("GET", world.host("acme"), pathname, BROWSER);
  const afterGet = await unsubscribed();
  const post = () => world.raw("POST", world.host("acme"), pathname, form, "List-Unsubscribe=One-Click");
  const statuses = [(await post()).status, (await post()).status];
  const next = await readyCampaign(acme.ctx);
  const refused = await world.api("POST", `/campaigns/${next.id}/send`, { token, body: {} });

  assert.deepEqual([afterGet, statuses, await unsubscribed()], [0, [200, 200], 1]);
  assert.match(refused.json.detail, /Nobody who gave consent/);
});

Deno.test("a provider's notice about a campaign's email counts once", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await addContacts(acme.ctx, [{ email: "ada@example.com" }]);
  const { id } = await readyCampaign(acme.ctx);
  const token = await world.token(acme);
  await world.api("POST", `/campaigns/${id}/send`, { token, body: {} });
  await sendAll(world);
  const [recipient] = await acme.ctx.tx((tx) => tx.select().from(campaignRecipients));
  const tags = { tenant: acme.tenant.id, recipient: recipient!.id };
  const { recordNotice } = await import("../../src/campaigns/engagement.ts");

  await recordNotice(world.system, { kind: "complained", tags });
  await recordNotice(world.system, { kind: "complained", tags });
  await recordNotice(world.system, { kind: "bounced", tags: { tenant: "x" } });
  await recordNotice(world.system, { kind: "bounced", tags: { ...tags, tenant: newId() } });

  const { stats } = (await world.api("GET", `/campaigns/${id}`, { token })).json;
  assert.deepEqual([stats.complained, stats.bounced], [1, 0]);
  const { json: contact } = await world.api("GET", `/contacts/${recipient!.contactId}`, { token });
  assert.equal(contact.consent, false, "a complaint withdraws the consent");
});
