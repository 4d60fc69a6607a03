import { z } from "zod";
import { model } from "../operation_document.ts";

// What the API sends about webhooks.

const endpointFields = {
  id: z.uuid(),
  url: z.string(),
  events: z.array(z.string()),
  description: z.string(),
  headerNames: z.array(z.string()).openapi({ description: "The names of the additional request headers" }),
  rateLimit: z.int().nullable().openapi({ description: "The most attempts per second" }),
  status: z.enum(["active", "disabled"]),
  disabledReason: z.enum(["manual", "gone", "failing"]).nullable().openapi({
    description: "`gone`: the receiver answered 410. `failing`: every attempt failed for five days.",
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
export const endpoint = model("WebhookEndpoint", endpointFields, endpointExample);
export const endpointWithSecret = model("WebhookEndpointWithSecret", {
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
export const delivery = model("WebhookDelivery", deliveryFields, deliveryExample);
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
export const deliveryDetails = model("WebhookDeliveryDetails", {
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
export const replayed = model("WebhookReplay", { queued: z.int() }, { queued: 12 });

export const eventTypes = model("WebhookEventTypes", { data: z.array(eventType) }, {
  data: [eventTypeExample],
});
