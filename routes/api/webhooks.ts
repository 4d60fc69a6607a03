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
} from "../../src/webhooks/endpoints.ts";
import { listEventTypes } from "../../src/webhooks/event_catalog.ts";
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
const endpoint = model("WebhookEndpoint", endpointFields);
const endpointWithSecret = model("WebhookEndpointWithSecret", {
  ...endpointFields,
  secret: z.string().openapi({ description: "Signs every request. It is shown only here." }),
});
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
const delivery = model("WebhookDelivery", deliveryFields);
const attempt = model("WebhookAttempt", {
  number: z.int(),
  at: z.iso.datetime(),
  durationMs: z.int(),
  requestHeaders: z.record(z.string(), z.string()),
  responseStatus: z.int().nullable(),
  responseHeaders: z.record(z.string(), z.string()).nullable(),
  responseBody: z.string().nullable(),
  error: z.string().nullable(),
});
const deliveryDetails = model("WebhookDeliveryDetails", {
  ...deliveryFields,
  requestBody: z.string().openapi({ description: "The exact body that is signed and sent" }),
  attemptList: z.array(attempt),
});
const eventType = model("WebhookEventType", {
  id: z.string().openapi({ description: "The `type` in the body" }),
  description: z.string(),
  schema: z.record(z.string(), z.unknown()).openapi({ description: "The JSON Schema of `data`" }),
  sample: z.record(z.string(), z.unknown()),
});
const replayed = model("WebhookReplay", { queued: z.int() });

const NEEDS = "Needs `webhooks:manage` and a plan with `webhooks`.";

const webhooks = tenantResource("Webhooks");
export default webhooks;

webhooks.list("/webhook-endpoints", {
  operationId: "listWebhookEndpoints",
  summary: "List webhook endpoints",
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
  description:
    `${NEEDS} \`events\` are types such as \`project.created\`, all of a noun such as \`project.*\`, or \`*\`. The URL must lead to the public internet.`,
  body: newEndpoint,
  answer: { status: 201, description: "The new endpoint and its secret", schema: endpointWithSecret },
  refusals: [409],
  run: async (ctx, { body }) => toSent(await createEndpoint(ctx, body)),
});

webhooks.operation("get", "/webhook-endpoints/{id}", {
  operationId: "getWebhookEndpoint",
  summary: "Get a webhook endpoint",
  answer: { description: "The endpoint", schema: endpoint },
  run: async (ctx, { id }) => toSent(await getEndpoint(ctx, id)),
});

webhooks.operation("patch", "/webhook-endpoints/{id}", {
  operationId: "updateWebhookEndpoint",
  summary: "Change a webhook endpoint, or turn it off and on",
  description: `${NEEDS} \`headers\` replaces all additional headers.`,
  body: endpointChanges,
  answer: { description: "The changed endpoint", schema: endpoint },
  run: async (ctx, { id, body }) => toSent(await updateEndpoint(ctx, id, body)),
});

webhooks.operation("delete", "/webhook-endpoints/{id}", {
  operationId: "deleteWebhookEndpoint",
  summary: "Delete a webhook endpoint and its deliveries",
  answer: { status: 204, description: "The endpoint was deleted" },
  run: async (ctx, { id }) => toSent(await deleteEndpoint(ctx, id)),
});

webhooks.operation("post", "/webhook-endpoints/{id}/rotate-secret", {
  operationId: "rotateWebhookSecret",
  summary: "Give an endpoint a new secret",
  description: `${NEEDS} For 24 hours, requests are signed with both secrets.`,
  answer: { description: "The endpoint and its new secret", schema: endpointWithSecret },
  run: async (ctx, { id }) => toSent(await rotateSecret(ctx, id)),
});

webhooks.operation("post", "/webhook-endpoints/{id}/test", {
  operationId: "testWebhookEndpoint",
  summary: "Send a test event",
  description: `${NEEDS} Sends \`webhook.test\`, or the sample of another event, to this endpoint only.`,
  body: testEvent,
  answer: { status: 202, description: "The delivery of the test event", schema: delivery },
  refusals: [409],
  run: (ctx, { id, body }) => sendTestEvent(ctx, id, body),
});

webhooks.operation("post", "/webhook-endpoints/{id}/replay", {
  operationId: "replayWebhookEndpoint",
  summary: "Send the events since a time again",
  description:
    `${NEEDS} To this endpoint only. \`only: failed\` sends those that failed or were skipped. Requests keep their \`webhook-id\`.`,
  body: replay,
  answer: { status: 202, description: "How many deliveries were queued", schema: replayed },
  refusals: [409],
  run: async (ctx, { id, body }) => ({ queued: await replayEndpoint(ctx, id, body) }),
});

webhooks.list("/webhook-deliveries", {
  operationId: "listWebhookDeliveries",
  summary: "List webhook deliveries",
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
  answer: { description: "The delivery", schema: deliveryDetails },
  run: async (ctx, { id }) => {
    const { delivery, body, attempts } = await getDelivery(ctx, id);
    return { ...delivery, requestBody: body, attemptList: attempts };
  },
});

webhooks.operation("post", "/webhook-deliveries/{id}/retry", {
  operationId: "retryWebhookDelivery",
  summary: "Send an event again",
  description: `${NEEDS} With the same \`webhook-id\`.`,
  answer: { status: 202, description: "The queued delivery", schema: delivery },
  refusals: [409],
  run: (ctx, { id }): Promise<Delivery> => resend(ctx, id),
});

webhooks.operation("get", "/webhook-event-types", {
  operationId: "listWebhookEventTypes",
  summary: "List the events that webhooks send",
  answer: {
    description: "Every event type, with the schema and a sample of its data",
    schema: model("WebhookEventTypes", { data: z.array(eventType) }),
  },
  run: (ctx) => Promise.resolve({ data: listEventTypes(ctx) }),
});

/** The values of headers may be credentials, so only their names are sent. */
function toSent<Row extends Endpoint>({ headers, ...row }: Row) {
  return { ...row, headerNames: Object.keys(headers) };
}
