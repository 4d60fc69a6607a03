import assert from "node:assert/strict";
import { AUDIT_LIST, listAudit } from "../../src/audit/entries.ts";
import { MAX_ENDPOINTS } from "../../src/webhooks/endpoints.ts";
import { startWorker } from "../support/jobs.ts";
import { Receiver } from "../support/receiver.ts";
import { addProject, addWebhook, openWebhookWorld, usePublicAddresses } from "../support/webhooks.ts";
import { World } from "../support/world.ts";

/** Protects: /api/v1/webhook-endpoints and /webhook-deliveries keep their contract, status by status. */

const UNKNOWN_ID = "0198c0de-0000-7000-8000-000000000000";
const HOOK = { url: "https://hooks.acme.example/denizen", events: ["project.*", "member.joined"] };

Deno.test("endpoints are created with a secret that is shown once, changed, rotated and deleted, with lines in the log", async () => {
  await using world = await World.open();
  usePublicAddresses(world);
  const acme = await world.company("acme");
  const token = await world.token(acme);

  const created = await world.api("POST", "/webhook-endpoints", {
    token,
    body: {
      ...HOOK,
      events: ["project.created", ...HOOK.events],
      description: "Board",
      headers: { "X-Key": "k" },
    },
  });
  const path = `/webhook-endpoints/${created.json.id}`;
  const read = await world.api("GET", path, { token });
  const listed = await world.api("GET", "/webhook-endpoints", { token });
  const changed = await world.api("PATCH", path, {
    token,
    body: { events: ["*"], rate_limit: 5, headers: {} },
  });
  const off = await world.api("PATCH", path, { token, body: { status: "disabled" } });
  const test = await world.api("POST", `${path}/test`, { token });
  const on = await world.api("PATCH", path, { token, body: { status: "active" } });
  const rotated = await world.api("POST", `${path}/rotate-secret`, { token });
  const deleted = await world.api("DELETE", path, { token });
  const gone = await world.api("GET", path, { token });

  const { secret, ...endpoint } = created.json;
  assert.equal(created.status, 201);
  assert.equal(created.headers.location, `/api/v1${path}`);
  assert.match(secret, /^whsec_/);
  assert.deepEqual(endpoint, {
    id: created.json.id,
    ...HOOK,
    events: ["member.joined", "project.*"],
    description: "Board",
    header_names: ["X-Key"],
    rate_limit: null,
    status: "active",
    disabled_reason: null,
    disabled_at: null,
    failing_since: null,
    previous_secret_until: null,
    created_at: "2026-03-02T09:00:00.000Z",
    updated_at: "2026-03-02T09:00:00.000Z",
  });
  assert.deepEqual([read.json, listed.json], [endpoint, { data: [endpoint], next_cursor: null }]);
  assert.deepEqual([changed.json.events, changed.json.rate_limit, changed.json.header_names], [["*"], 5, []]);
  assert.deepEqual([off.json.status, off.json.disabled_reason, test.status], ["disabled", "manual", 409]);
  assert.deepEqual([on.json.status, on.json.disabled_reason], ["active", null]);
  assert.notEqual(rotated.json.secret, secret);
  assert.equal(rotated.json.previous_secret_until, "2026-03-03T09:00:00.000Z");
  assert.deepEqual([deleted.status, gone.status], [204, 404]);
  const { items } = await listAudit(acme.ctx, AUDIT_LIST.query.parse({}));
  assert.deepEqual(
    items.map(({ action }) => action).filter((each) => each.startsWith("webhook")).toSorted(),
    [
      "webhook_endpoint.created",
      "webhook_endpoint.deleted",
      "webhook_endpoint.disabled",
      "webhook_endpoint.enabled",
      "webhook_endpoint.secret_rotated",
      "webhook_endpoint.updated",
    ],
  );
});

Deno.test("deliveries are listed and filtered, shown with every attempt, and sent again", async () => {
  await using world = await openWebhookWorld();
  await using receiver = await Receiver.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  const { id } = await addWebhook(acme, receiver.url());
  receiver.answer(500, {}, "broken");
  await using worker = await startWorker(world, "kv");
  const since = world.clock.now().toISOString();

  await addProject(acme);
  await worker.idle();
  receiver.answer(200, {}, "ok");
  const tested = await world.api("POST", `/webhook-endpoints/${id}/test`, {
    token,
    body: { event: "member.invited" },
  });
  await worker.idle();
  const listed = await world.api("GET", "/webhook-deliveries", { token });
  const pending = await world.api("GET", `/webhook-deliveries?status=pending&endpoint_id=${id}`, { token });
  const [waiting] = pending.json.data;
  const details = await world.api("GET", `/webhook-deliveries/${waiting.id}`, { token });
  const early = await world.api("POST", `/webhook-deliveries/${waiting.id}/retry`, { token });
  const again = await world.api("POST", `/webhook-deliveries/${tested.json.id}/retry`, { token });
  await worker.idle();
  const replayed = await world.api("POST", `/webhook-endpoints/${id}/replay`, { token, body: { since } });

  assert.deepEqual([tested.status, tested.json.status, tested.json.event], [
    202,
    "pending",
    "member.invited",
  ]);
  assert.deepEqual(
    listed.json.data.map(({ event, status }: Record<string, string>) => `${event} ${status}`),
    [
      "member.invited delivered",
      "project.created pending",
    ],
  );
  assert.deepEqual([waiting.response_status, waiting.attempts, waiting.error], [500, 1, "refused"]);
  assert.equal(JSON.parse(details.json.request_body).type, "project.created");
  const [attempt] = details.json.attempt_list;
  assert.deepEqual([attempt.number, attempt.response_status, attempt.response_body], [1, 500, "broken"]);
  assert.equal(attempt.request_headers["webhook-id"], waiting.event_id);
  assert.deepEqual([early.status, again.status], [409, 202]);
  assert.equal(receiver.received.at(-1)!.headers["webhook-id"], tested.json.event_id);
  assert.deepEqual([replayed.status, replayed.json], [202, { queued: 1 }]);
});

Deno.test("the catalog has the schema and a sample of every event", async () => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));

  const { status, json } = await world.api("GET", "/webhook-event-types", { token });

  const created = json.data.find(({ id }: { id: string }) => id === "project.created");
  assert.equal(status, 200);
  assert.equal(created.schema.properties.owner_id.anyOf.length, 2);
  assert.equal(created.sample.name, "Website relaunch");
});

Deno.test("422 for what can't be an endpoint, a filter, a header, a rate, or a time", async (t) => {
  await using world = await openWebhookWorld();
  usePublicAddresses(world);
  const acme = await world.company("acme");
  const token = await world.token(acme);
  const { id } = await addWebhook(acme, HOOK.url);

  const wrong: [field: string, body: Record<string, unknown>][] = [
    ["url", { ...HOOK, url: "hooks.acme.example" }],
    ["url", { ...HOOK, url: "http://hooks.acme.example/" }],
    ["url", { ...HOOK, url: `https://hooks.acme.example/${"x".repeat(2_000)}` }],
    ["events", { ...HOOK, events: [] }],
    ["events", { ...HOOK, events: ["project.exploded", "moon.*"] }],
    ["headers", { ...HOOK, headers: { Host: "evil.example" } }],
    ["rate_limit", { ...HOOK, rate_limit: 0 }],
    ["rate_limit", { ...HOOK, rate_limit: 1.5 }],
    ["description", { ...HOOK, description: "x".repeat(201) }],
  ];
  for (const [field, body] of wrong) {
    await t.step(JSON.stringify(body).slice(0, 90), async () => {
      const { status, json } = await world.api("POST", "/webhook-endpoints", { token, body });

      assert.deepEqual([status, json.errors?.[0].field], [422, field]);
    });
  }
  await t.step("others", async () => {
    const answers = [
      await world.api("PATCH", `/webhook-endpoints/${id}`, {
        token,
        body: { url: "https://127.0.0.2/x", events: ["*"], status: "on" },
      }),
      await world.api("POST", `/webhook-endpoints/${id}/replay`, { token, body: { since: "yesterday" } }),
      await world.api("POST", `/webhook-endpoints/${id}/test`, { token, body: { event: "moon.landed" } }),
      await world.api("GET", "/webhook-deliveries?status=lost", { token }),
    ];
    assert.deepEqual(answers.map(({ status }) => status), [422, 422, 422, 422]);
  });
});

Deno.test("403 without the permission or the plan, 404 for unknown ids, 409 for too many", async () => {
  await using world = await World.open();
  usePublicAddresses(world);
  const acme = await world.company("acme");
  await world.member(acme, "mei@acme.example", "member");
  const starter = await world.company("starter", "Starter", undefined, "starter");
  const [token, mei] = [await world.token(acme), await world.token(acme, "mei@acme.example")];

  const unconfirmed = await world.company(
    "initech",
    "Initech",
    await world.unconfirmedUser("sam@initech.example"),
  );
  const refused = [
    await world.api("GET", "/webhook-endpoints", { token: mei }),
    await world.api("POST", "/webhook-endpoints", { token: mei, body: HOOK }),
    await world.api("GET", "/webhook-deliveries", { token: mei }),
    await world.api("POST", "/webhook-endpoints", { token: await world.token(unconfirmed), body: HOOK }),
    await world.api("POST", "/webhook-endpoints", { token: await world.token(starter), body: HOOK }),
  ];
  const unknown = [
    await world.api("GET", `/webhook-deliveries/${UNKNOWN_ID}`, { token }),
    await world.api("POST", `/webhook-deliveries/${UNKNOWN_ID}/retry`, { token }),
    await world.api("POST", `/webhook-endpoints/none/rotate-secret`, { token }),
  ];
  for (let number = 0; number < MAX_ENDPOINTS; number++) await addWebhook(acme, HOOK.url);
  const tooMany = await world.api("POST", "/webhook-endpoints", { token, body: HOOK });

  assert.deepEqual(refused.map(({ status }) => status), [403, 403, 403, 403, 403]);
  assert.match(refused.at(-1)!.json.type, /feature-not-in-plan$/);
  assert.deepEqual(unknown.map(({ status }) => status), [404, 404, 404]);
  assert.equal(tooMany.status, 409);
});
