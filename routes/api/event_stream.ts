import { streamEvents } from "./event_connection.ts";
import { tenantResource } from "./audiences.ts";

const events = tenantResource(
  "Events",
  "The tenant's events as they happen, without an endpoint of your own.",
);
export default events;

events.stream("/events/stream", {
  operationId: "streamEvents",
  summary: "Receive events as they happen",
  description:
    "Server-sent events: the same events that webhooks send, in order. `event` is the type, `data` the body of the webhook, and `id` " +
    "the event's ID. Send the last ID as `Last-Event-ID` to continue after it; events are kept for at least 24 hours. A first event " +
    "`reset` says that some are gone. You get only events whose data you may read. The stream ends within 5 seconds when you lose " +
    "access or your permissions change, and when the access token expires.",
  answer: "The stream, which stays open. A comment arrives every 15 seconds if nothing else does.",
  example: [
    "retry: 3000",
    "id: 0198c0de-9e4c-7053-8d6f-718293041526",
    "",
    "id: 0198c0de-9f5d-7164-9e70-829304152637",
    "event: project.deleted",
    'data: {"type":"project.deleted","timestamp":"2026-03-02T09:00:00.000Z","data":{"id":"0198c0de-5a7e-7b3c-9d10-3f2a8c6b4e01","name":"Warehouse move"}}',
    "",
    "",
  ].join("\n"),
  run: streamEvents,
});
