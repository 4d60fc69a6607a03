import { and, type Column, eq, gte, lt, ne, not, or, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { analyticsEvents } from "../../db/stream/schema/analytics_events.ts";
import { campaignRecipients } from "../../db/tenant/schema/campaigns.ts";
import { contacts } from "../../db/tenant/schema/contacts.ts";
import { eventName } from "../analytics/reports/event_name.ts";
import { after, DAY } from "../platform/clock.ts";
import { problem } from "../platform/problem.ts";
import { searchTerm } from "../platform/text.ts";
import type { Tenant } from "../tenancy/tenant.ts";
import { startOfDayIn } from "../tenancy/time_zones.ts";
import { CONSENTS, FIELD_KEY, isFieldKey, tag } from "./contact.ts";

const TOO_MANY_CONDITIONS = problem(
  "segment_conditions_too_many",
  "A segment can have {maximum} conditions.",
);
const NO_CONDITIONS = problem("segment_conditions_missing", "Add a condition.");
const VALUE_MISSING = problem("segment_value_missing", "Enter a value.");
const KEY_INVALID = problem("segment_field_unknown", "Name a field with the letters a to z, digits and _.");
const DATE_INVALID = problem("segment_date_invalid", "Use a date such as 2026-03-02.");
const DAYS_INVALID = problem("segment_days_invalid", "Use a number of days from 1 to 365.");

export const MAX_CONDITIONS = 20;
const MAX_VALUE_LENGTH = 500;
const MAX_DAYS = 365;
/** The database knows no year 0. */
const EARLIEST_DATE = "1900-01-01";

/** The columns of a contact that conditions on fields can name beside the workspace's own fields. */
export const CONTACT_TEXTS = ["email", "name", "external_id"] as const;

const key = z.string().regex(FIELD_KEY, KEY_INVALID.code).refine(
  (key) => isText(key) || isFieldKey(key),
  KEY_INVALID.code,
);
const days = z.coerce.number<string | number>({ error: DAYS_INVALID.code }).int(DAYS_INVALID.code)
  .min(1, DAYS_INVALID.code).max(MAX_DAYS, DAYS_INVALID.code);
const hasOrNot = z.enum(["has", "has_not"]);
const isOrNot = z.enum(["is", "is_not"]);
const didOrNot = z.enum(["did", "did_not"]);

const CONDITIONS = [
  z.object({
    type: z.literal("field"),
    key,
    op: z.enum(["is", "is_not", "contains", "is_empty", "is_set"]),
    value: searchTerm(MAX_VALUE_LENGTH).default(""),
  }),
  z.object({ type: z.literal("tag"), op: hasOrNot, value: tag }),
  z.object({ type: z.literal("list"), op: hasOrNot, value: z.uuid() }),
  z.object({ type: z.literal("consent"), op: isOrNot, value: z.enum(CONSENTS) }),
  z.object({
    type: z.literal("created"),
    op: z.enum(["before", "since"]),
    value: z.iso.date({ error: DATE_INVALID.code }).refine(
      (date) => date >= EARLIEST_DATE,
      DATE_INVALID.code,
    ),
  }),
  z.object({ type: z.literal("event"), op: didOrNot, value: eventName, days }),
  z.object({ type: z.literal("clicked"), op: didOrNot, days }),
  z.object({ type: z.literal("opened"), op: didOrNot, days }),
] as const;
export const segmentCondition = z.discriminatedUnion("type", CONDITIONS);
export type SegmentCondition = z.output<typeof segmentCondition>;

const match = z.enum(["all", "any"]);

/** Conditions among the others that a contact meets all or any of. */
export const segmentGroup = z.object({
  type: z.literal("group"),
  match,
  conditions: z.array(segmentCondition).max(MAX_CONDITIONS),
});
export type SegmentGroup = z.output<typeof segmentGroup>;

export const segmentFilter = z.object({
  match,
  conditions: z.array(z.discriminatedUnion("type", [...CONDITIONS, segmentGroup])).max(MAX_CONDITIONS),
}).superRefine((filter, check) => {
  const all = conditionsOf(filter);
  const complain = (path: (string | number)[], message: string) =>
    check.addIssue({ code: "custom", path, message, params: { maximum: MAX_CONDITIONS } });
  if (all.length === 0) complain(["conditions"], NO_CONDITIONS.code);
  if (all.length > MAX_CONDITIONS) complain(["conditions"], TOO_MANY_CONDITIONS.code);
  for (const { condition, path } of all) {
    const isMissing = condition.type === "field" && needsValue(condition.op) && condition.value === "";
    if (isMissing) complain([...path, "value"], VALUE_MISSING.code);
  }
}).readonly(); // its names are the same on the wire, so that nothing renames it
export type SegmentFilter = z.output<typeof segmentFilter>;

/** The condition on `contacts` under which a contact belongs to a tenant's segment. All values are parameters. */
export function matching(
  { match, conditions }: SegmentFilter | SegmentGroup,
  now: Date,
  tenant: Pick<Tenant, "timeZones">,
): SQL {
  const parts = conditions.map((each) =>
    isGroup(each) ? matching(each, now, tenant) : conditionOn(each, now, tenant)
  );
  // An empty group is no condition: all of nothing, and any of nothing as well.
  return (match === "all" ? and(...parts) : or(...parts)) ?? sql`true`;
}

export function isGroup(part: SegmentCondition | SegmentGroup): part is SegmentGroup {
  return part.type === "group";
}

/** Whether a condition on a field compares it with a value. */
export function needsValue(op: string): boolean {
  return op !== "is_empty" && op !== "is_set";
}

function conditionOn(condition: SegmentCondition, now: Date, { timeZones }: Pick<Tenant, "timeZones">): SQL {
  switch (condition.type) {
    case "field":
      return textCondition(textOf(condition.key), condition);
    case "tag":
      return unlessNot(condition, sql`${contacts.tags} @> array[${condition.value}]::text[]`);
    case "list":
      return unlessNot(condition, sql`${contacts.listIds} @> array[${condition.value}]::uuid[]`);
    case "consent":
      return unlessNot(condition, eq(contacts.consent, condition.value));
    case "created": {
      const day = startOfDayIn(timeZones, condition.value);
      return condition.op === "before" ? lt(contacts.createdAt, day) : gte(contacts.createdAt, day);
    }
    case "event":
      return unlessNot(condition, didEvent(condition, now));
    case "clicked":
      return unlessNot(condition, reacted(campaignRecipients.clickedAt, condition, now));
    case "opened":
      return unlessNot(condition, reacted(campaignRecipients.openedAt, condition, now));
  }
}

function textCondition(text: SQL, { op, value }: { op: string; value: string }): SQL {
  if (op === "is_empty") return sql`${text} = ''`;
  if (op === "is_set") return sql`${text} <> ''`;
  if (op === "is") return eq(text, value);
  if (op === "is_not") return ne(text, value);
  return sql`position(lower(${value}::text) in lower(${text})) > 0`;
}

/** A contact's text. One that isn't there is empty. */
function textOf(key: string): SQL {
  if (key === "email") return sql`${contacts.email}`;
  if (key === "name") return sql`${contacts.name}`;
  if (key === "external_id") return sql`coalesce(${contacts.externalId}, '')`;
  return sql`coalesce(${contacts.fields} ->> ${key}::text, '')`;
}

/** Events name the contact by the ID that it has in the workspace's product. The tenant's role sees its own events only. */
function didEvent({ value, days }: { value: string; days: number }, now: Date): SQL {
  return sql`exists (
    select from ${analyticsEvents} where ${
    and(
      sql`${analyticsEvents.userId} = ${contacts.externalId}`,
      eq(analyticsEvents.event, value),
      gte(analyticsEvents.occurredAt, after(now, -days * DAY)),
    )
  })`;
}

/** Whether the contact clicked in a campaign, or opened one, in the last days. */
function reacted(at: Column, { days }: { days: number }, now: Date): SQL {
  return sql`exists (
    select from ${campaignRecipients} where ${campaignRecipients.contactId} = ${contacts.id}
      and ${gte(at, after(now, -days * DAY))})`;
}

function unlessNot({ op }: { op: string }, condition: SQL): SQL {
  return op.endsWith("_not") ? not(condition) : condition;
}

function conditionsOf({ conditions }: { conditions: (SegmentCondition | SegmentGroup)[] }) {
  return conditions.flatMap((part, index) => {
    const path = ["conditions", index];
    if (!isGroup(part)) return [{ condition: part, path }];
    return part.conditions.map((condition, inner) => ({ condition, path: [...path, "conditions", inner] }));
  });
}

function isText(key: string): boolean {
  return CONTACT_TEXTS.some((text) => text === key);
}
