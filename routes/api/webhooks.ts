import { z } from "zod";
import {
  DELIVERY_LIST,
  getDelivery,
  listDeliveries,
  replay,
  replayEndpoint,
  resend,
} from "../../src/webhooks/deliveries.ts";
import type { Delivery } from "../../src/webhooks/delivery_rows.ts";
import type { Endpoint } from "../../src/webhooks/endpoint_rows.ts";
import {
  createEndpoint,
  deleteEndpoint,
  ENDPOINT_LIST,
  endpointChanges,
  getEndpoint,
  listEndpoints,
  newEndpoint,
  rotateSecret,
  updateEndpoint,
  type WithSecret,
} from "../../src/webhooks/endpoints.ts";
import { listEventTypes } from "../../src/webhooks/event_catalog.ts";
import {
  WEBHOOK_CREATED,
  WEBHOOK_DELETED,
  WEBHOOK_DISABLED,
  WEBHOOK_ENABLED,
  WEBHOOK_REPLAYED,
  WEBHOOK_SECRET_ROTATED,
  WEBHOOK_UPDATED,
} from "../../src/webhooks/events.ts";
import { WEBHOOKS_MANAGE } from "../../src/webhooks/permissions.ts";
import { sendTestEvent, testEvent } from "../../src/webhooks/test_event.ts";
import { model } from "../operation_document.ts";
import { tenantResource } from "./audiences.ts";

const endpointFields = {
  id: z.uuid(),
  url: z.string(),
  events: z.array(z.string()),
  description: z.string(),
  headerNames: z.array(z.string()).openapi({ description: "The names of the additional request headers" }),
  rateLimit: z.int().nullable().openapi({ description: "The most attempts per second" }),
  status: z.enum(["active", "disabled"]),
  disabledReason: z.enum(["manual", "gone", "failing"]).nullable().openapi({
    description: "`gone`: the receiver answered 410. `failing`: every attempt of five days failed.",
  }),
  disabledAt: z.iso.datetime().nullable(),
  failingSince: z.iso.datetime().nullable(),
  previousSecretUntil: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
};
const endpointExample = {
  id: "0198c0de-7c2a-7e31-8b4d-5f6071829304",
  url: "https://acme.example/webhooks",
  events: ["project.*"],
  description: "Warehouse system",
  headerNames: ["X-Warehouse"],
  rateLimit: null,
  status: "active" as const,
  disabledReason: null,
  disabledAt: null,
  failingSince: null,
  previousSecretUntil: null,
  createdAt: "2026-03-02T09:00:00.000Z",
  updatedAt: "2026-03-02T09:00:00.000Z",
};
const endpoint = model("WebhookEndpoint", endpointFields, endpointExample);
const endpointWithSecret = model("WebhookEndpointWithSecret", {
  ...endpointFields,
  secret: z.string().openapi({ description: "Signs every request. It is shown only here." }),
}, { ...endpointExample, secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD" });
const deliveryFields = {
  id: z.uuid(),
  endpointId: z.uuid(),
  eventId: z.uuid().openapi({ description: "The `webhook-id` of every attempt" }),
  event: z.string(),
  status: z.enum(["pending", "delivered", "failed", "skipped"]),
  attempts: z.int(),
  responseStatus: z.int().nullable(),
  error: z.string().nullable(),
  nextAttemptAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
};
const deliveryExample = {
  id: "0198c0de-8d3b-7f42-9c5e-607182930415",
  endpointId: endpointExample.id,
  eventId: "0198c0de-9e4c-7053-8d6f-718293041526",
  event: "project.created",
  status: "delivered" as const,
  attempts: 1,
  responseStatus: 200,
  error: null,
  nextAttemptAt: null,
  createdAt: "2026-03-02T09:00:00.000Z",
  endedAt: "2026-03-02T09:00:00.240Z",
};
const eventBody = {
  type: "project.created",
  timestamp: "2026-03-02T09:00:00.000Z",
  data: { name: "Warehouse move" },
};
const delivery = model("WebhookDelivery", deliveryFields, deliveryExample);
const attemptExample = {
  number: 1,
  at: "2026-03-02T09:00:00.100Z",
  durationMs: 140,
  requestHeaders: { "webhook-id": deliveryExample.eventId },
  responseStatus: 200,
  responseHeaders: { "content-type": "text/plain" },
  responseBody: "ok",
  error: null,
};
const attempt = model("WebhookAttempt", {
  number: z.int(),
  at: z.iso.datetime(),
  durationMs: z.int(),
  requestHeaders: z.record(z.string(), z.string()),
  responseStatus: z.int().nullable(),
  responseHeaders: z.record(z.string(), z.string()).nullable(),
  responseBody: z.string().nullable(),
  error: z.string().nullable(),
}, attemptExample);
const deliveryDetails = model("WebhookDeliveryDetails", {
  ...deliveryFields,
  requestBody: z.string().openapi({ description: "The exact body that is signed and sent" }),
  attemptList: z.array(attempt),
}, { ...deliveryExample, requestBody: JSON.stringify(eventBody), attemptList: [attemptExample] });
const eventTypeExample = {
  id: "project.created",
  description: "Someone created a project.",
  schema: { type: "object", properties: { name: { type: "string" } } },
  sample: eventBody.data,
};
const eventType = model("WebhookEventType", {
  id: z.string().openapi({ description: "The `type` in the body" }),
  description: z.string(),
  schema: z.record(z.string(), z.unknown()).openapi({ description: "The JSON Schema of `data`" }),
  sample: z.record(z.string(), z.unknown()),
}, eventTypeExample);
const replayed = model("WebhookReplay", { queued: z.int() }, { queued: 12 });

const NEEDS = "Needs a plan with `webhooks`.";

const webhooks = tenantResource(
  "Webhooks",
  "Where the tenant's events are sent, and every attempt to send one.",
);
export default webhooks;

webhooks.list("/webhook-endpoints", {
  operationId: "listWebhookEndpoints",
  summary: "List webhook endpoints",
  permission: WEBHOOKS_MANAGE,
  list: ENDPOINT_LIST,
  name: "WebhookEndpointList",
  item: endpoint,
  answer: "A page of endpoints",
  run: async (ctx, query) => {
    const { items, nextCursor } = await listEndpoints(ctx, query);
    return { items: items.map(toSent), nextCursor };
  },
});

webhooks.operation("post", "/webhook-endpoints", {
  operationId: "createWebhookEndpoint",
  summary: "Create a webhook endpoint",
  permission: WEBHOOKS_MANAGE,
  events: [WEBHOOK_CREATED],
  description:
    `${NEEDS} \`events\` are types such as \`project.created\`, all of a noun such as \`project.*\`, or \`*\`. The URL must lead to the public internet.`,
  body: newEndpoint,
  example: { url: "https://acme.example/webhooks", events: ["project.*"] },
  answer: { status: 201, description: "The new endpoint and its secret", schema: endpointWithSecret },
  refusals: [409],
  run: (ctx, { body }) => createEndpoint(ctx, body),
  present: toSentWithSecret,
});

webhooks.operation("get", "/webhook-endpoints/{id}", {
  operationId: "getWebhookEndpoint",
  summary: "Get a webhook endpoint",
  permission: WEBHOOKS_MANAGE,
  answer: { description: "The endpoint", schema: endpoint },
  run: (ctx, { id }) => getEndpoint(ctx, id),
  present: toSent,
});

webhooks.operation("patch", "/webhook-endpoints/{id}", {
  operationId: "updateWebhookEndpoint",
  summary: "Change a webhook endpoint, or turn it off and on",
  permission: WEBHOOKS_MANAGE,
  events: [WEBHOOK_UPDATED, WEBHOOK_ENABLED, WEBHOOK_DISABLED],
  description: `${NEEDS} \`headers\` replaces all additional headers.`,
  body: endpointChanges,
  example: { status: "disabled" },
  answer: { description: "The changed endpoint", schema: endpoint },
  run: (ctx, { id, body }) => updateEndpoint(ctx, id, body),
  present: toSent,
});

webhooks.operation("delete", "/webhook-endpoints/{id}", {
  operationId: "deleteWebhookEndpoint",
  summary: "Delete a webhook endpoint and its deliveries",
  permission: WEBHOOKS_MANAGE,
  events: [WEBHOOK_DELETED],
  answer: { status: 204, description: "The endpoint was deleted" },
  run: (ctx, { id }) => deleteEndpoint(ctx, id),
  present: toSent,
});

webhooks.operation("post", "/webhook-endpoints/{id}/rotate-secret", {
  operationId: "rotateWebhookSecret",
  summary: "Give an endpoint a new secret",
  permission: WEBHOOKS_MANAGE,
  events: [WEBHOOK_SECRET_ROTATED],
  description: `${NEEDS} For 24 hours, requests are signed with both secrets.`,
  answer: { description: "The endpoint and its new secret", schema: endpointWithSecret },
  run: (ctx, { id }) => rotateSecret(ctx, id),
  present: toSentWithSecret,
});

webhooks.operation("post", "/webhook-endpoints/{id}/test", {
  operationId: "testWebhookEndpoint",
  summary: "Send a test event",
  permission: WEBHOOKS_MANAGE,
  description: `${NEEDS} Sends \`webhook.test\`, or the sample of another event, to this endpoint only.`,
  body: testEvent,
  example: { event: "project.created" },
  answer: { status: 202, description: "The delivery of the test event", schema: delivery },
  refusals: [409],
  run: (ctx, { id, body }) => sendTestEvent(ctx, id, body),
});

webhooks.operation("post", "/webhook-endpoints/{id}/replay", {
  operationId: "replayWebhookEndpoint",
  summary: "Send the events since a time again",
  permission: WEBHOOKS_MANAGE,
  events: [WEBHOOK_REPLAYED],
  description:
    `${NEEDS} To this endpoint only. \`only: failed\` sends those that failed or were skipped. Requests keep their \`webhook-id\`.`,
  idempotent: false,
  body: replay,
  example: { since: "2026-03-02T09:00:00Z", only: "failed" },
  answer: { status: 202, description: "How many deliveries were queued", schema: replayed },
  refusals: [409],
  run: async (ctx, { id, body }) => ({ queued: await replayEndpoint(ctx, id, body) }),
});

webhooks.list("/webhook-deliveries", {
  operationId: "listWebhookDeliveries",
  summary: "List webhook deliveries",
  permission: WEBHOOKS_MANAGE,
  description: "Newest first. Deliveries are kept for 30 days.",
  list: DELIVERY_LIST,
  name: "WebhookDeliveryList",
  item: delivery,
  answer: "A page of deliveries",
  run: listDeliveries,
});

webhooks.operation("get", "/webhook-deliveries/{id}", {
  operationId: "getWebhookDelivery",
  summary: "Get a delivery with all its attempts",
  permission: WEBHOOKS_MANAGE,
  answer: { description: "The delivery", schema: deliveryDetails },
  run: async (ctx, { id }) => {
    const { delivery, body, attempts } = await getDelivery(ctx, id);
    return { ...delivery, requestBody: body, attemptList: attempts };
  },
});

webhooks.operation("post", "/webhook-deliveries/{id}/retry", {
  operationId: "retryWebhookDelivery",
  summary: "Send an event again",
  permission: WEBHOOKS_MANAGE,
  description: `${NEEDS} With the same \`webhook-id\`.`,
  answer: { status: 202, description: "The queued delivery", schema: delivery },
  refusals: [409],
  run: (ctx, { id }): Promise<Delivery> => resend(ctx, id),
});

webhooks.operation("get", "/webhook-event-types", {
  operationId: "listWebhookEventTypes",
  summary: "List the events that webhooks send",
  permission: WEBHOOKS_MANAGE,
  answer: {
    description: "Every event type, with the schema and a sample of its data",
    schema: model("WebhookEventTypes", { data: z.array(eventType) }, { data: [eventTypeExample] }),
  },
  run: (ctx) => Promise.resolve({ data: listEventTypes(ctx) }),
});

/** The values of headers may be credentials, so only their names are sent. */
function toSent({ headers, ...row }: Endpoint) {
  return { ...row, headerNames: Object.keys(headers) };
}

function toSentWithSecret({ secret, ...row }: WithSecret) {
  return { ...toSent(row), secret };
}
