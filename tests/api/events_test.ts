import assert from "node:assert/strict";
import { analyticsEvents } from "../../db/stream/schema/analytics_events.ts";
import { createApiKey } from "../../src/api_access/api_keys.ts";
import { newApiKey } from "../../src/api_access/key_input.ts";
import { type Company, World } from "../support/world.ts";

/** Protects: /api/v1/events and /api/v1/events/batch keep their contract, status by status. */

const EVENT = { event: "order.completed", user_id: "user-4711", properties: { total: 4_900 }, id: "order-1" };

Deno.test("202: an event is recorded once, with a token or with an API key that may only do that", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  const key = await keyWith(acme, "analytics:write");

  const first = await world.api("POST", "/events", { token, body: EVENT });
  const again = await world.api("POST", "/events", { headers: { "X-API-Key": key }, body: EVENT });
  const plain = await world.api("POST", "/events", {
    headers: { "X-API-Key": key },
    body: { event: "order.completed", user_id: null, occurred_at: "2026-02-20T10:00:00+02:00" },
  });

  assert.deepEqual([first, again, plain].map(({ status, json }) => [status, json]), [
    [202, { recorded: 1 }],
    [202, { recorded: 0 }],
    [202, { recorded: 1 }],
  ]);
  const rows = await eventsOf(acme);
  assert.deepEqual(rows.map(({ userId, occurredAt }) => [userId, occurredAt.toISOString()]).sort(), [
    [null, "2026-02-20T08:00:00.000Z"],
    ["user-4711", "2026-03-02T09:00:00.000Z"],
  ]);
});

Deno.test("202: a batch of 1,000 events is recorded, and repeated with its Idempotency-Key or its ids, adds nothing", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  const events = Array.from({ length: 1_000 }, (_, index) => ({ event: "clicked", id: `click-${index}` }));
  const withoutIds = { events: [{ event: "clicked" }] };
  const headers = { "Idempotency-Key": "batch-1" };

  const first = await world.api("POST", "/events/batch", { token, body: { events } });
  const again = await world.api("POST", "/events/batch", { token, body: { events } });
  const keyed = await world.api("POST", "/events/batch", { token, headers, body: withoutIds });
  const replayed = await world.api("POST", "/events/batch", { token, headers, body: withoutIds });

  assert.deepEqual([first, again, keyed, replayed].map(({ status, json }) => [status, json.recorded]), [
    [202, 1_000],
    [202, 0],
    [202, 1],
    [202, 1],
  ]);
  assert.equal((await eventsOf(acme)).length, 1_001);
});

Deno.test("403: members, viewers and other API keys may not record events", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.member(acme, "ben@acme.example", "member");
  await world.member(acme, "vera@acme.example", "viewer");
  const key = await keyWith(acme, "analytics:read");

  const answers = [
    await world.api("POST", "/events", { token: await world.token(acme, "ben@acme.example"), body: EVENT }),
    await world.api("POST", "/events", { token: await world.token(acme, "vera@acme.example"), body: EVENT }),
    await world.api("POST", "/events", { headers: { "X-API-Key": key }, body: EVENT }),
    await world.api("POST", "/events/batch", {
      headers: { "X-API-Key": key },
      body: { events: [EVENT] },
    }),
  ];

  assert.deepEqual(answers.map(({ status }) => status), [403, 403, 403, 403]);
  assert.deepEqual(await eventsOf(acme), []);
});

Deno.test("422: a wrong event of a batch is named by its index, each one, and nothing is recorded", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  const good = { event: "clicked" };

  const { status, json } = await world.api("POST", "/events/batch", {
    token,
    body: {
      events: [
        good,
        { ...good, occurred_at: "2026-01-20T09:00:00Z" },
        good,
        { ...good, occurred_at: "2026-03-02T09:06:00Z" },
        { ...good, properties: { text: "x".repeat(9_000) } },
      ],
    },
  });
  const malformed = await world.api("POST", "/events/batch", {
    token,
    body: { events: [good, { event: "" }, { ...good, occurred_at: "yesterday" }] },
  });

  assert.equal(status, 422);
  assert.deepEqual(json.errors.map(({ field, code }: Record<string, string>) => [field, code]), [
    ["events.1.occurred_at", "event_too_old"],
    ["events.3.occurred_at", "event_in_future"],
    ["events.4.properties", "event_properties_too_large"],
  ]);
  assert.equal(malformed.status, 422);
  assert.deepEqual(malformed.json.errors.map(({ field }: { field: string }) => field), [
    "events.1.event",
    "events.2.occurred_at",
  ]);
  assert.deepEqual(await eventsOf(acme), []);
});

Deno.test("422: a batch has 1 to 1,000 events", async () => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));
  const batchOf = (length: number) => ({ events: Array.from({ length }, () => ({ event: "clicked" })) });

  const answers = [
    await world.api("POST", "/events/batch", { token, body: batchOf(0) }),
    await world.api("POST", "/events/batch", { token, body: batchOf(1_001) }),
  ];

  assert.deepEqual(answers.map(({ status, json }) => [status, json.errors[0].field]), [
    [422, "events"],
    [422, "events"],
  ]);
});

async function keyWith({ ctx }: Company, permission: string): Promise<string> {
  const input = newApiKey.parse({ name: "Events", permissions: [permission] });
  return (await createApiKey(ctx, input))!.apiKey;
}

async function eventsOf({ ctx }: Company) {
  const [rows] = await ctx.read((tx) => [tx.select().from(analyticsEvents)]);
  return rows;
}
