import { z } from "zod";
import { ANALYTICS_WRITE } from "../../src/analytics/permissions.ts";
import { eventBatch, eventInput } from "../../src/analytics/track/event_input.ts";
import { recordEvent, recordEvents } from "../../src/analytics/track/track.ts";
import { model } from "../operation_document.ts";
import { tenantResource } from "./audiences.ts";

const recorded = model("RecordedEvents", {
  recorded: z.int().openapi({ description: "How many events are new. Repeated ones count once." }),
}, { recorded: 1 });

const answer = { status: 202, description: "The events are recorded", schema: recorded } as const;

const LIMITS =
  "Up to 50 properties and 8 KB of JSON. Events may be up to 34 days late, and 5 minutes ahead. The same `id` counts " +
  "once within 35 days.";

const events = tenantResource("Analytics", "What people do in your product.");
export default events;

events.operation("post", "/events", {
  operationId: "recordEvent",
  summary: "Record an event",
  description: `Something that happened, such as a finished order. ${LIMITS}`,
  permission: ANALYTICS_WRITE,
  body: eventInput,
  example: {
    event: "order.completed",
    userId: "user-4711",
    properties: { total: 4_900, currency: "usd" },
    id: "order-1042",
  },
  answer,
  run: (ctx, { body }) => recordEvent(ctx, body),
});

events.operation("post", "/events/batch", {
  operationId: "recordEvents",
  summary: "Record up to 1,000 events",
  description: `Records all of them, or none if one is wrong. The body has 1 MB at most. ${LIMITS}`,
  permission: ANALYTICS_WRITE,
  body: eventBatch,
  example: {
    events: [
      { event: "order.started", userId: "user-4711", occurredAt: "2026-03-02T08:58:12Z" },
      { event: "order.completed", userId: "user-4711", id: "order-1042" },
    ],
  },
  answer,
  run: (ctx, { body }) => recordEvents(ctx, body),
});
