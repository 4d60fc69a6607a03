import type { Permission } from "../access/permissions.ts";
import { publishedEvent } from "../events/fan_out.ts";
import type { Services } from "../ports.ts";
import { findEventType } from "../webhooks/event_filter.ts";
import type { StoredEvent } from "./published_events.ts";

/** An event as a stream sends it. */
export type StreamedEvent = {
  id: string;
  type: string;
  /** The same text as the body of a webhook. */
  body: string;
  /** What a reader needs. Null: every member may read it. */
  permission: Permission | null;
};

/** Returns null for what no feature publishes. The same check protects webhooks (src/webhooks/fan_out.ts). */
export function readEvent(
  services: Pick<Services, "events">,
  { id, event }: StoredEvent,
): StreamedEvent | null {
  const published = publishedEvent.safeParse(event).data;
  const type = published && findEventType(services, published.type);
  const data = type && type.schema.safeParse(published.data).data;
  if (!data) return null;
  const body = JSON.stringify({ type: type.type, timestamp: published.at, data });
  return { id, type: type.type, body, permission: type.permission };
}
