import assert from "node:assert/strict";
import { sql } from "drizzle-orm";
import { runningReports } from "../../db/control/schema/saved_reports.ts";
import { newId } from "../../src/platform/ids.ts";
import { primaryDomain } from "../support/custom_domains.ts";
import { blocksOf } from "../support/guide_blocks.ts";
import { startWorker } from "../support/jobs.ts";
import { runJobs, tellJoined } from "../support/notifications.ts";
import { PushService, samplePushSubscription } from "../support/push_service.ts";
import { Receiver } from "../support/receiver.ts";
import { Zone } from "../support/sending_domains.ts";
import { openPushWorld, push, signedIn, turnOn } from "../support/web_push.ts";
import { addProject, addWebhook, openWebhookWorld, usePublicAddresses } from "../support/webhooks.ts";
import { World } from "../support/world.ts";

/** Protects: the answers, requests and scripts that the guides show are those of the product. */

const ELIDED = "…";
const TIME_OR_ID = /^(?:[\da-f]{8}-[\da-f-]{27}|\d{4}-\d\d-\d\dT[\d:.]+Z)$/;

Deno.test("the errors, the headers and the key in the guide to the API are real", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme", undefined, "team");
  const globex = await world.company("globex", "Globex", undefined, "premium");
  const token = await world.token(acme);
  const [error] = await blocksOf("docs/api/README.md", "json");
  const [pattern, ...headers] = await blocksOf("docs/api/README.md", "text");
  const [refused] = await blocksOf("docs/api/events.md", "json");

  const first = await world.api("GET", "/projects", { token });
  await world.system.control.insert(runningReports)
    .values({ tenantId: globex.tenant.id, run: newId(), startedAt: sql`now()` });
  const secondReport = await world.api("GET", "/analytics/funnel?steps=opened,saved", {
    token: await world.token(globex),
  });
  const invalid = await world.api("GET", "/projects?limit=1000", { token });
  const events = Array.from({ length: 4 }, (_, index) => ({
    event: "order.completed",
    ...(index === 3 ? { occurred_at: "2026-01-01T00:00:00Z" } : {}),
  }));
  const batch = await world.api("POST", "/events/batch", { token, body: { events } });

  assertShows(error!, { ...invalid.json, request_id: newId() });
  assertShows(refused!, { errors: batch.json.errors });
  assert.deepEqual(
    headers,
    [first, secondReport].map(({ headers }) =>
      `RateLimit-Policy: ${headers["ratelimit-policy"]}\nRateLimit: ${headers.ratelimit}\n`
    ),
  );
  const { json: key } = await world.api("POST", "/api-keys", {
    token,
    body: { name: "CI", permissions: ["projects:read"] },
  });
  assert.match(key.api_key, new RegExp(`^${pattern!.trim()}$`));
});

Deno.test("a notification is as its guide shows it", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const [list] = await blocksOf("docs/api/notifications.md", "json");
  await tellJoined(world, acme, ["Ben Alvarez"]);
  await runJobs(world);

  const { json } = await world.api("GET", "/notifications", { token: await world.token(acme) });

  const link = (address: string) => new URL(address).pathname.replace(/[^/]+$/, "ID");
  const documented = JSON.parse(list!);
  assert.equal(link(documented.data[0].link), link(json.data[0].link));
  documented.data[0].link = json.data[0].link;
  assertShows(JSON.stringify(documented), json);
});

Deno.test("the health of the product is as its guide shows it", async () => {
  await using world = await World.open();
  const [health] = await blocksOf("docs/admin/monitoring.md", "json");
  const documented = JSON.parse(health!);

  const { text } = await world.raw("GET", world.host(), "/health");
  const { checks, ...rest } = JSON.parse(text);
  const check = checks.find(({ name }: { name: string }) => name === documented.checks[0].name);

  const { duration_ms, ...shown } = documented.checks[0];
  assert.equal(typeof duration_ms, typeof check.duration_ms);
  assert.deepEqual(shown, { name: check.name, status: check.status });
  assertShows(JSON.stringify({ ...documented, checks: [] }), { ...rest, checks: [] });
});

Deno.test("a webhook has the headers and the body that its guide shows", async () => {
  await using world = await openWebhookWorld();
  await using receiver = await Receiver.open();
  const acme = await world.company("acme");
  await addWebhook(acme, receiver.url("/webhooks"));
  await using worker = await startWorker(world, "kv");
  const [request] = await blocksOf("docs/api/webhooks.md", "http");
  const [head = "", body = ""] = request!.split("\n\n");
  const [start, ...headers] = head.split("\n");

  await addProject(acme, "Website relaunch");
  await worker.idle();

  const [sent] = receiver.received;
  assert.equal(start, `POST ${sent!.path} HTTP/1.1`);
  for (const [name, value] of headers.map((each) => each.split(": ") as [string, string])) {
    const real = sent!.headers[name.toLowerCase()];
    assert.equal(formOf(real!), formOf(value), name);
  }
  assertShows(body, JSON.parse(sent!.body));
});

Deno.test("the event stream sends the blocks that its guide shows", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const [shown, reset] = (await blocksOf("docs/api/event-stream.md", "text")).map((each) => each.trim());
  const address = `http://${world.host()}/api/v1/events/stream`;
  const headers = { Authorization: `Bearer ${await world.token(acme)}` };
  const streaming = new AbortController();
  const { signal } = streaming;

  const stream = (await fetch(address, { headers, signal })).body!.pipeThrough(new TextDecoderStream());
  const resumed = (await fetch(address, { headers: { ...headers, "Last-Event-ID": newId() }, signal })).body!
    .pipeThrough(new TextDecoderStream());
  await addProject(acme, "Website relaunch");
  const real = await readBlocks(stream, 2);
  const afterReset = await readBlocks(resumed, 2);
  streaming.abort();

  const [first, event, comment] = shown!.split("\n\n").map(fieldsOf);
  assert.deepEqual(Object.keys(first!), Object.keys(fieldsOf(real[0]!)));
  assert.equal(first!.retry, fieldsOf(real[0]!).retry);
  const realEvent = fieldsOf(real[1]!);
  assert.deepEqual([Object.keys(event!), event!.event], [Object.keys(realEvent), realEvent.event]);
  assertShows(event!.data!, JSON.parse(realEvent.data!));
  assert.deepEqual(Object.keys(comment!), ["", "id"]);
  const [source] = /`: still here\\n(\w+): /.exec(
    await Deno.readTextFile(new URL("../../routes/api/event_connection.ts", import.meta.url)),
  )!;
  assert.equal(source, `\`: ${comment![""]}\\nid: `);
  const realReset = fieldsOf(afterReset.find((block) => block.includes("reset"))!);
  const { id: _, retry: __, ...rest } = realReset;
  const { id: ___, ...documented } = fieldsOf(reset!);
  assert.deepEqual(documented, rest);
});

Deno.test("the script for websites is the one on the page, and its call records an event", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const origin = "https://shop.example";
  const [tag] = await blocksOf("docs/api/events.md", "html");
  const [call] = await blocksOf("docs/api/events.md", "js");
  const browser = await signedIn(world, acme, acme.owner.email);
  const page = await browser.post(`http://${world.host("acme")}/settings/analytics`, { origins: origin });
  const [key] = /dnz_pub_\w+/.exec(page.text)!;
  const script = tag!.trim().replace("https://acme.example.com", `http://${world.host("acme")}`).replace(
    "dnz_pub_…",
    key,
  );
  const posted: string[] = [];
  const waiting: (() => void)[] = [];

  const code = await world.raw("GET", world.host("acme"), "/collect.js");
  const window: Record<string, (...args: unknown[]) => void> = {};
  const scope = {
    document: {
      currentScript: { src: "https://acme.example.com/collect.js", dataset: { key } },
      addEventListener: () => {},
    },
    navigator: {},
    fetch: (_: URL, { body }: { body: string }) => (posted.push(body), Promise.resolve({ status: 202 })),
    setTimeout: (run: () => void) => waiting.push(run),
    globalThis: window,
    collect: (...args: unknown[]) => window.collect!(...args),
    location: new URL(`${origin}/`),
  };
  new Function(...Object.keys(scope), code.text)(...Object.values(scope));
  new Function("collect", call!)(scope.collect);
  for (const run of waiting) run();

  assert.ok(
    page.text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').includes(script),
  );
  const sent = posted.map((body) => JSON.parse(body)).flatMap(({ events }) => events);
  assert.deepEqual(sent.find(({ event }) => event === "order.completed").properties, { total: 4900 });
});

Deno.test("the scripts for web push subscribe a browser, and show what it gets", async () => {
  await using world = await openPushWorld();
  await using service = await PushService.open();
  usePublicAddresses(world);
  const acme = await world.company("acme");
  const token = await world.token(acme);
  const [subscribe, show] = await blocksOf("docs/api/web-push.md", "js");
  const statuses: number[] = [];
  const keys: unknown[] = [];
  const api = async (method: string, path: string, body?: object) => {
    const { status, json } = await world.api(method, path, { token, body });
    statuses.push(status);
    return json;
  };
  const subscription = samplePushSubscription("https://push.example.net/send/abc");
  const pushManager = {
    subscribe: ({ applicationServerKey }: { applicationServerKey: string }) => {
      keys.push(applicationServerKey);
      return { toJSON: () => ({ ...subscription, expirationTime: null }) };
    },
  };
  const registration = { pushManager };
  const laptop = service.browser();
  await turnOn(world, acme, await signedIn(world, acme, acme.owner.email), laptop);
  await using worker = await startWorker(world, "kv");
  const shown: unknown[][] = [];
  const listeners: Record<string, (event: unknown) => void> = {};
  const worker_ = {
    addEventListener: (name: string, listener: (event: unknown) => void) => listeners[name] = listener,
    registration: { showNotification: (...args: unknown[]) => shown.push(args) },
  };

  await new Function("api", "navigator", `return (async () => {${subscribe}})();`)(api, {
    serviceWorker: { ready: Promise.resolve(registration) },
  });
  await push(acme, acme.owner);
  await worker.idle();
  const [message] = service.contentsOf(laptop);
  new Function("self", show!)(worker_);
  listeners.push!({ data: { json: () => message }, waitUntil: () => {} });

  assert.deepEqual(statuses, [200, 201]);
  assert.match(String(keys[0]), /^[\w-]{80,}$/);
  const { title, body, tag, url } = message as Record<string, string>;
  assert.deepEqual(shown, [[title, { body, tag, data: url }]]);
  assert.ok(title && body && tag && url);
});

Deno.test("Caddy is asked for certificates as the guide to domains shows", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await primaryDomain(Zone.of(world), acme, "app.acme.example");
  const blocks = await blocksOf("docs/admin/domains.md", "text");
  const [, path, ...statuses] = /^GET (\S+) +(\d+): a live domain +(\d+): any other name\n$/.exec(
    blocks[0]!,
  )!;

  const live = await world.raw("GET", "localhost", path!);
  const other = await world.raw("GET", "localhost", path!.replace("acme", "globex"));

  assert.deepEqual(statuses.map(Number), [live.status, other.status]);
});

/** Fails unless the JSON in a guide has the fields of a real one, and its values, apart from times, ids and `…`. */
function assertShows(documented: string, real: unknown): void {
  assert.deepEqual(maskedAs(JSON.parse(documented)), maskedAs(real, JSON.parse(documented)));
}

/** A value without times and ids. Where `example` says `…`, so does the result, and further fields are left out. */
function maskedAs(value: unknown, example: unknown = value): unknown {
  if (example === ELIDED) return ELIDED;
  if (typeof value === "string") return TIME_OR_ID.test(value) ? "…" : value;
  if (Array.isArray(value)) {
    return value.map((each, index) => maskedAs(each, (example as unknown[])?.[index]));
  }
  if (typeof value !== "object" || value === null) return value;
  const fields = example as Record<string, unknown>;
  const isPart = Object.values(fields ?? {}).includes(ELIDED);
  return Object.fromEntries(
    Object.entries(value).filter(([name]) => !isPart || name in fields)
      .map(([name, each]) => [name, maskedAs(each, fields?.[name])]),
  );
}

/** What kind of value a header has. */
function formOf(value: string): string {
  return value.replace(/[\da-f]{8}-[\da-f-]{27}/, "ID").replace(/^\d{10}$/, "SECONDS").replace(
    /^v1,[\w+/]{43}=$/,
    "SIGNATURE",
  ).toLowerCase();
}

/** The fields of a block of an event stream. A comment has no name. */
function fieldsOf(block: string): Record<string, string> {
  return Object.fromEntries(
    block.split("\n").map((line) => /^([^:]*): ?(.*)$/.exec(line)!.slice(1) as [string, string]),
  );
}

async function readBlocks(stream: ReadableStream<string>, count: number): Promise<string[]> {
  let text = "";
  const reader = stream.getReader();
  while (text.split("\n\n").length <= count) text += (await reader.read()).value;
  return text.split("\n\n").slice(0, count);
}
