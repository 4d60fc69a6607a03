import { type OpenAPIHono, z } from "@hono/zod-openapi";
import { FEATURES } from "../../src/feature_list.ts";
import { type EventType, eventTypes, TEST_EVENT } from "../../src/webhooks/event_filter.ts";
import { TEST_DATA } from "../../src/webhooks/test_event.ts";
import type { HttpEnv } from "../http.ts";

const TAG = "Webhooks";
const SAMPLE_TIME = "2026-03-02T09:00:00.000Z";

/** The signature's headers, by https://www.standardwebhooks.com. */
const SIGNATURE = z.object({
  "webhook-id": z.uuid().openapi({ description: "The event's ID, the same at every attempt" }),
  "webhook-timestamp": z.string().regex(/^\d+$/).openapi({
    description: "The time of the attempt, in seconds since 1970",
    example: "1772442000",
  }),
  "webhook-signature": z.string().openapi({
    description:
      "One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body",
    example: "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
  }),
});

/** The types of all events that webhooks send. */
export function webhookTypes(): string[] {
  return sentTypes().map(({ type }) => type);
}

/** Adds what webhooks send to the document, one entry for each type of event. */
export function documentWebhooks({ openAPIRegistry }: OpenAPIHono<HttpEnv>): void {
  for (const type of sentTypes()) openAPIRegistry.registerWebhook(describeWebhook(type));
}

function sentTypes(): SentType[] {
  const events = new Map(FEATURES.flatMap(({ events }) => events.map((event) => [event.name, event])));
  const testEvent = {
    type: TEST_EVENT,
    description: "A test, sent to one endpoint when someone asks for it.",
    schema: z.object({ message: z.string() }),
    sample: TEST_DATA,
  };
  return [...eventTypes({ events }), testEvent];
}

type SentType = Pick<EventType, "type" | "description" | "schema" | "sample">;

function describeWebhook(
  { type, description, schema, sample }: SentType,
) {
  const body = z.object({
    type: z.literal(type),
    timestamp: z.iso.datetime().openapi({ description: "When it happened" }),
    data: schema,
  });
  return {
    method: "post" as const,
    path: type,
    tags: [TAG],
    operationId: `on.${type}`,
    summary: type,
    description,
    security: [],
    request: {
      headers: SIGNATURE,
      body: {
        required: true,
        content: {
          "application/json": { schema: body, example: { type, timestamp: SAMPLE_TIME, data: sample } },
        },
      },
    },
    responses: {
      "2XX": { description: "Received. Any other status means that we try again." },
      410: { description: "The receiver wants no more events. We turn the endpoint off." },
    },
  };
}
