import assert from "node:assert/strict";
import { HOUR } from "../../src/platform/clock.ts";
import { ENDPOINT_LIST, listEndpoints } from "../../src/webhooks/endpoints.ts";
import type { Browser } from "../support/browser.ts";
import { startWorker } from "../support/jobs.ts";
import { Receiver } from "../support/receiver.ts";
import { addWebhook, deliveriesOf, openWebhookWorld } from "../support/webhooks.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/** Protects: people add a webhook, see what was sent and what came back, and send it again, without JavaScript. */

Deno.test("an owner adds a webhook, tests it, sees the failed attempt and sends the event again", async () => {
  await using world = await openWebhookWorld();
  await using receiver = await Receiver.open();
  const acme = await world.company("acme");
  const { browser, path } = await signedIn(world, acme, acme.owner.email);
  await using worker = await startWorker(world, "kv");

  const empty = await browser.get(path);
  const form = await browser.get(`${path}/new`);
  const key = /name="form_key" value="([^"]+)"/.exec(form.text)![1]!;
  const fields = {
    form_key: key,
    url: receiver.url(),
    description: "Board",
    events: "project.created",
    rate_limit: "",
  };
  const refused = await browser.post(path, { ...fields, url: "nowhere", events: "", rate_limit: "a" });
  const sent = { ...fields, headers: "X-Key: receiver-secret" };
  const created = await browser.post(path, sent);
  const repeated = await browser.post(path, sent);
  const { items } = await listEndpoints(acme.ctx, ENDPOINT_LIST.query.parse({}));
  const endpoint = `${path}/${items[0]!.id}`;

  assert.match(empty.text, /Hear about changes as they happen/);
  assert.match(form.text, /All API key events.*All custom domain events.*All workspace events/s);
  assert.equal(refused.status, 422);
  assert.match(
    refused.text,
    /Enter a full address.*Choose at least one event\..*Use a whole number from 1 to 100\./s,
  );
  assert.match(refused.text, /value="nowhere"/);
  assert.ok(secretIn(created.text));
  assert.equal(secretIn(repeated.text), secretIn(created.text), "a form that is sent twice adds one webhook");
  assert.equal(items.length, 1);

  receiver.answer(500, {}, "<b>broken</b>");
  const tested = await browser.post(`${endpoint}/test`, {});
  await worker.idle();
  const page = await browser.get(endpoint);
  const [delivery] = await deliveriesOf(world, acme);
  const shown = await browser.get(`${path}/deliveries/${delivery!.id}`);

  assert.match(tested.text, /Test event queued\./);
  assert.doesNotMatch(page.text, /whsec_|receiver-secret/);
  assert.match(page.text, /webhook\.test.*Waiting.*500/s);
  assert.match(shown.text, /The receiver didn(&#39;|’|')t accept it.*&lt;b&gt;broken/s);
  assert.doesNotMatch(shown.text, /receiver-secret/);

  await browser.post(`${endpoint}/status`, { status: "disabled" });
  const off = await browser.get(endpoint);
  await browser.post(`${endpoint}/status`, { status: "active" });
  receiver.answer(204);
  const replayForm = await browser.get(`${endpoint}/replay`);
  const since = /name="since"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="since"/.exec(replayForm.text)!;
  const noTime = await browser.post(`${endpoint}/replay`, { since: "", only: "failed" });
  const replayed = await browser.post(`${endpoint}/replay`, { since: since[1] ?? since[2]!, only: "failed" });
  await worker.idle();
  const resent = await browser.post(`${path}/deliveries/${delivery!.id}/resend`, {});
  await worker.idle();

  assert.match(off.text, /Someone turned this webhook off/);
  assert.equal(noTime.status, 422);
  assert.match(noTime.text, /Enter a day and a time\./);
  assert.match(replayed.text, /1 event queued\./);
  assert.match(resent.text, /Event queued\./);
  assert.deepEqual(
    receiver.received.map(({ headers }) => headers["x-key"]),
    Array(3).fill("receiver-secret"),
  );
});

Deno.test("headers stay when a webhook is edited, unless someone replaces or clears them; then it is deleted", async () => {
  await using world = await openWebhookWorld();
  const acme = await world.company("acme");
  const { id } = await addWebhook(acme, "http://127.0.0.1:9/hooks", { headers: { "X-Key": "k" } });
  const { browser, path } = await signedIn(world, acme, acme.owner.email);
  const names = async () => {
    const { items } = await listEndpoints(acme.ctx, ENDPOINT_LIST.query.parse({}));
    return items.map(({ headers, rateLimit }) => [Object.keys(headers), rateLimit]);
  };
  const fields = {
    url: "http://127.0.0.1:9/hooks",
    description: "",
    events: "*",
    headers: "",
    rate_limit: "7",
  };

  await browser.post(`${path}/${id}`, fields);
  const kept = await names();
  await browser.post(`${path}/${id}`, { ...fields, headers: "X-Other: o" });
  const replaced = await names();
  await browser.post(`${path}/${id}`, { ...fields, clear_headers: "1", rate_limit: "" });
  const cleared = await names();
  const rotated = await browser.post(`${path}/${id}/secret`, {});
  const confirm = await browser.get(`${path}/${id}/delete`);
  const deleted = await browser.post(`${path}/${id}/delete`, {});

  assert.deepEqual([kept, replaced, cleared], [[[["X-Key"], 7]], [[["X-Other"], 7]], [[[], null]]]);
  assert.match(rotated.text, /whsec_.*For 24 hours/s);
  assert.match(confirm.text, /will be permanently deleted/);
  assert.match(deleted.text, /The webhook to 127\.0\.0\.1:9 was deleted\./);
  assert.deepEqual(await names(), []);
});

Deno.test("a form for a new secret that is sent twice makes one, and says when it would end the overlap", async () => {
  await using world = await openWebhookWorld();
  const acme = await world.company("acme");
  const { id } = await addWebhook(acme, "http://127.0.0.1:9/hooks");
  const { browser, path } = await signedIn(world, acme, acme.owner.email);
  const address = `${path}/${id}/secret`;

  const form = await browser.get(address);
  const fields = { form_key: /name="form_key" value="([^"]+)"/.exec(form.text)![1]! };
  const [rotated, repeated] = [await browser.post(address, fields), await browser.post(address, fields)];
  const during = await browser.get(address);
  const again = await browser.post(address, {
    form_key: /name="form_key" value="([^"]+)"/.exec(during.text)![1]!,
  });
  world.clock.advance(25 * HOUR);
  const later = await browser.get(address);

  assert.ok(secretIn(rotated.text));
  assert.equal(secretIn(repeated.text), secretIn(rotated.text));
  assert.notEqual(secretIn(again.text), secretIn(rotated.text));
  assert.doesNotMatch(form.text, /An earlier secret still works/);
  assert.match(
    during.text,
    /An earlier secret still works until .* UTC.*the earlier secret stops working immediately\./s,
  );
  assert.doesNotMatch(later.text, /An earlier secret still works/);
});

Deno.test("a plan without webhooks says which one has them, and existing ones can only be deleted", async () => {
  await using world = await World.open({ WEBHOOKS_ALLOW_PRIVATE: "1" });
  const starter = await world.company("starter", "Starter", undefined, "starter");
  const { browser, path } = await signedIn(world, starter, starter.owner.email);

  const page = await browser.get(path);
  const form = await browser.get(`${path}/new`);
  const events = await browser.get(`${path}/events`);

  assert.match(page.text, /Webhooks are part of the Team plan and above\./);
  assert.equal(form.status, 403);
  assert.match(events.text, /project\.created.*owner_id.*uuid or null/s);
});

function secretIn(text: string): string | undefined {
  return /whsec_[A-Za-z0-9+/=]+/.exec(text.replaceAll("&#43;", "+"))?.[0];
}

async function signedIn(
  world: World,
  { tenant }: Company,
  email: string,
): Promise<{ browser: Browser; path: string }> {
  const host = `http://${world.host(tenant.subdomain)}`;
  const browser = world.browser();
  await browser.post(`${host}/login`, { email, password: PASSWORD });
  return { browser, path: `${host}/developers/webhooks` };
}
