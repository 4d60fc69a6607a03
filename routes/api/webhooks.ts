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
import { EVENT_UNKNOWN, sendTestEvent, testEvent } from "../../src/webhooks/test_event.ts";
import { z } from "zod";
import { TEST_EVENT } from "../../src/webhooks/event_filter.ts";
import { webhookTypes } from "./webhook_document.ts";
import { tenantResource } from "./audiences.ts";
import {
  delivery,
  deliveryDetails,
  endpoint,
  endpointWithSecret,
  eventTypes,
  replayed,
} from "./webhook_models.ts";

const knownTestEvent = testEvent.extend({
  event: z.enum(webhookTypes(), EVENT_UNKNOWN.code).default(TEST_EVENT),
});

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
  description:
    `${NEEDS} For 24 hours, requests are signed with both the new and the current secret. Any earlier secret stops working immediately.`,
  answer: { description: "The endpoint and its new secret", schema: endpointWithSecret },
  run: (ctx, { id }) => rotateSecret(ctx, id),
  present: toSentWithSecret,
});

webhooks.operation("post", "/webhook-endpoints/{id}/test", {
  operationId: "testWebhookEndpoint",
  summary: "Send a test event",
  permission: WEBHOOKS_MANAGE,
  description: `${NEEDS} Sends \`webhook.test\`, or the sample of another event, to this endpoint only.`,
  body: knownTestEvent,
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
  storesAnswer: "afterward",
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
    schema: eventTypes,
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
