import type { Event } from "../events/event.ts";
import type { WebhookData } from "../events/webhook_data.ts";
import { type Problem, problem } from "../platform/problem.ts";
import type { Services } from "../ports.ts";

const EVENTS_MISSING = problem("webhook_events_missing", "Choose at least one event.");
const EVENTS_UNKNOWN = problem("webhook_events_unknown", "These events don't exist: {events}.");

export const ALL_EVENTS = "*";
/** The event that "Send test event" sends, whatever the endpoint's filter. */
export const TEST_EVENT = "webhook.test";

/** An event that webhooks send. */
export type EventType = { type: string } & WebhookData;

/** Every event that webhooks send, by type. */
export function eventTypes({ events }: Pick<Services, "events">): EventType[] {
  return [...events.values()]
    .flatMap(({ name, webhook }: Event) => webhook ? [{ type: name, ...webhook }] : [])
    .sort((one, other) => one.type.localeCompare(other.type));
}

/** The event type with this name. Null if webhooks don't send it. */
export function findEventType({ events }: Pick<Services, "events">, type: string): EventType | null {
  const webhook = events.get(type)?.webhook;
  return webhook ? { type, ...webhook } : null;
}

/** Whether a filter such as `project.created`, `project.*` or `*` includes the type. */
export function matches(filters: readonly string[], type: string): boolean {
  return filters.includes(ALL_EVENTS) || filters.includes(type) || filters.includes(`${nounOf(type)}.*`);
}

/** What is wrong with a filter, or null. */
export function filterProblem(
  services: Pick<Services, "events">,
  filters: readonly string[],
): Problem | null {
  if (filters.length === 0) return EVENTS_MISSING;
  const types = eventTypes(services).map(({ type }) => type);
  const known = new Set([ALL_EVENTS, ...types, ...types.map((type) => `${nounOf(type)}.*`)]);
  const unknown = filters.filter((filter) => !known.has(filter));
  return unknown.length > 0 ? EVENTS_UNKNOWN.with({ events: unknown }) : null;
}

/** The filter without what another part of it includes, in alphabetical order. */
export function normalizeFilter(filters: readonly string[]): string[] {
  if (filters.includes(ALL_EVENTS)) return [ALL_EVENTS];
  const isIncluded = (filter: string) => !filter.endsWith(".*") && filters.includes(`${nounOf(filter)}.*`);
  return [...new Set(filters)].filter((filter) => !isIncluded(filter)).sort();
}

/** The part of a type before its dot, such as `project`. */
export function nounOf(type: string): string {
  return type.split(".")[0]!;
}
