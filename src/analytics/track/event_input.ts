import { z } from "zod";
import { type FieldProblems, invalid } from "../../errors.ts";
import { after, DAY, MINUTE } from "../../platform/clock.ts";
import { idOfText, newId } from "../../platform/ids.ts";
import { type Problem, problem } from "../../platform/problem.ts";
import { singleLine } from "../../platform/text.ts";

const EVENT_MISSING = problem("event_missing", "Name the event.");
const USER_ID_EMPTY = problem("event_user_id_empty", "Send the user's ID, or leave it out.");
const ID_EMPTY = problem("event_id_empty", "Send an ID, or leave it out.");
const TOO_OLD = problem("event_too_old", "Events are accepted for 34 days.");
const IN_FUTURE = problem("event_in_future", "The time is in the future.");
const TOO_MANY_PROPERTIES = problem("event_properties_too_many", "Send {maximum} properties at most.");
const PROPERTIES_TOO_LARGE = problem("event_properties_too_large", "The properties are larger than 8 KB.");
const PROPERTIES_TOO_DEEP = problem(
  "event_properties_too_deep",
  "The properties are nested more than {maximum} levels deep.",
);
const PROPERTIES_NOT_TEXT = problem(
  "event_properties_not_text",
  "The properties contain the character NUL or half a surrogate pair.",
);

export const MAX_EVENTS = 1_000;
const MAX_NAME_LENGTH = 100;
const MAX_USER_ID_LENGTH = 200;
const MAX_ID_LENGTH = 64;
const MAX_PROPERTIES = 50;
const MAX_PROPERTY_BYTES = 8 * 1024;
const MAX_DEPTH = 5;
/** The table of ids remembers an event for a day longer, so that a late one can't come twice. */
const MAX_AGE = 34 * DAY;
/** Clocks of programs may be ahead by this. */
const MAX_SKEW = 5 * MINUTE;

/** NUL or half a surrogate pair in the JSON that `JSON.stringify` writes: an escape whose backslash isn't itself escaped. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/;

/** Something that happened. A repeated `id` counts once. */
export const eventInput = z.object({
  event: singleLine(MAX_NAME_LENGTH, EVENT_MISSING),
  userId: singleLine(MAX_USER_ID_LENGTH, USER_ID_EMPTY).nullable().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  occurredAt: z.iso.datetime({ offset: true }).optional(),
  id: singleLine(MAX_ID_LENGTH, ID_EMPTY).optional(),
});
export type EventInput = z.output<typeof eventInput>;

/** All of the events are recorded, or none. */
export const eventBatch = z.object({ events: z.array(eventInput).min(1).max(MAX_EVENTS) });

/** An event as the database takes it. `isGiven` says whether the sender chose the id. */
export type CheckedEvent = {
  id: string;
  isGiven: boolean;
  event: string;
  userId: string | null;
  /** JSON. */
  properties: string;
  occurredAt: string;
};

/**
 * Checks what a schema can't. `fieldOf` names a field of the event at an index. Of events with the same id, the first one counts.
 * Throws `invalid` with every problem.
 */
export function checkEvents(
  events: readonly EventInput[],
  now: Date,
  fieldOf: (index: number, name: keyof EventInput) => string,
): CheckedEvent[] {
  const problems: FieldProblems = {};
  const [oldest, newest] = [after(now, -MAX_AGE), after(now, MAX_SKEW)];
  const checked = new Map<string, CheckedEvent>();
  events.forEach(({ event, userId = null, properties = {}, occurredAt, id }, index) => {
    const at = occurredAt === undefined ? now : new Date(occurredAt);
    if (at < oldest) problems[fieldOf(index, "occurredAt")] = TOO_OLD;
    if (at > newest) problems[fieldOf(index, "occurredAt")] = IN_FUTURE;
    const json = toJson(properties);
    if (typeof json !== "string") problems[fieldOf(index, "properties")] = json;
    const key = id === undefined ? newId() : idOfText(id);
    if (checked.has(key)) return;
    checked.set(key, {
      id: key,
      isGiven: id !== undefined,
      event,
      userId,
      properties: json as string,
      occurredAt: at.toISOString(),
    });
  });
  if (Object.keys(problems).length > 0) throw invalid(problems);
  return [...checked.values()];
}

/** The properties as JSON, or what is wrong with them. */
function toJson(properties: Record<string, unknown>): string | Problem {
  if (Object.keys(properties).length > MAX_PROPERTIES) {
    return TOO_MANY_PROPERTIES.with({ maximum: MAX_PROPERTIES });
  }
  if (isDeeper(properties, MAX_DEPTH)) return PROPERTIES_TOO_DEEP.with({ maximum: MAX_DEPTH });
  const json = JSON.stringify(properties);
  if (byteLength(json) > MAX_PROPERTY_BYTES) return PROPERTIES_TOO_LARGE;
  return json.includes("\\u") && UNSTORABLE.test(json) ? PROPERTIES_NOT_TEXT : json;
}

/** Encodes only text that may be too long. */
function byteLength(text: string): number {
  return text.length * 3 <= MAX_PROPERTY_BYTES ? text.length : new TextEncoder().encode(text).byteLength;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
