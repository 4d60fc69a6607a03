import { and, eq } from "drizzle-orm";
import { z } from "zod";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { sequences } from "../../db/tenant/schema/sequences.ts";
import { eventName } from "../analytics/reports/event_name.ts";
import { tag } from "../contacts/contact.ts";
import { notFound } from "../errors.ts";
import { isId } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import { multiLine, singleLine } from "../platform/text.ts";
import type { Cap } from "./engine.ts";

export const SEQUENCE_NOT_FOUND = problem("sequence_not_found", "This sequence was not found.");
const NAME_MISSING = problem("sequence_name_missing", "Enter a name.");
const SUBJECT_MISSING = problem("sequence_subject_missing", "Enter a subject.");
const LIST_MISSING = problem("sequence_list_missing", "Choose a list.");
const DELAY_INVALID = problem("sequence_delay_invalid", "Use a whole number of hours from 0 to 8,760.");
const CAP_INVALID = problem("sequence_cap_invalid", "Use a whole number from 1 to 100.");
export const CAP_INCOMPLETE = problem("sequence_cap_incomplete", "Enter both numbers, or none.");
const TOO_MANY_STEPS = problem("sequence_steps_too_many", "A sequence can have {maximum} steps.");
const STEP_REPEATED = problem("sequence_step_repeated", "Each step needs an ID of its own.");

const MAX_NAME_LENGTH = 120;
const MAX_SUBJECT_LENGTH = 200;
const MAX_BODY_LENGTH = 50_000;
const MAX_DELAY = 8_760; // hours of a year
const MAX_STEPS = 30;
const MAX_CAP = 100;

export type Sequence = typeof sequences.$inferSelect;

const tagged = z.object({ type: z.literal("tag"), value: tag });
const happened = z.object({ type: z.literal("event"), value: eventName });
const trigger = z.discriminatedUnion("type", [
  tagged,
  z.object({ type: z.literal("list"), value: z.uuid(LIST_MISSING.code) }),
  happened,
]).readonly(); // its names are the same on the wire, so that nothing renames it
const goal = z.discriminatedUnion("type", [tagged, happened]).readonly().nullable();
const condition = z.discriminatedUnion("type", [tagged, z.object({ type: z.literal("clicked") })]).readonly()
  .nullable();
const cap = z.int(CAP_INVALID.code).min(1, CAP_INVALID.code).max(MAX_CAP, CAP_INVALID.code).nullable();

export const sequenceStep = z.object({
  /** Keeps a step's figures when the steps are replaced. */
  id: z.uuid().optional(),
  delayHours: z.int(DELAY_INVALID.code).min(0, DELAY_INVALID.code).max(MAX_DELAY, DELAY_INVALID.code),
  condition: condition.default(null),
  subject: singleLine(MAX_SUBJECT_LENGTH, SUBJECT_MISSING),
  body: multiLine(MAX_BODY_LENGTH),
});
export type SequenceStep = z.output<typeof sequenceStep>;

const fields = z.object({
  name: singleLine(MAX_NAME_LENGTH, NAME_MISSING),
  trigger,
  goal,
  capEmails: cap,
  capDays: cap,
  steps: z.array(sequenceStep).max(MAX_STEPS, TOO_MANY_STEPS.code).refine(hasOwnIds, STEP_REPEATED.code),
});

export const newSequence = z.object({
  ...fields.shape,
  goal: goal.default(null),
  capEmails: cap.default(null),
  capDays: cap.default(null),
  steps: fields.shape.steps.default([]),
});
export type NewSequence = z.output<typeof newSequence>;

/** `steps` replaces the ones before. */
export const sequenceChanges = fields.partial();
export type SequenceChanges = z.output<typeof sequenceChanges>;

function hasOwnIds(steps: SequenceStep[]): boolean {
  const ids = steps.flatMap(({ id }) => id ?? []);
  return new Set(ids).size === ids.length;
}

/** Null: a contact gets any number of emails. */
export function capOf({ capEmails, capDays }: Pick<Sequence, "capEmails" | "capDays">): Cap | null {
  return capEmails === null || capDays === null ? null : { emails: capEmails, days: capDays };
}

/** The row, locked until the transaction ends. Throws `not_found`. */
export async function lockSequence(tx: TenantTx, id: string): Promise<Sequence> {
  const [row] = isId(id) ? await tx.select().from(sequences).where(eq(sequences.id, id)).for("update") : [];
  if (!row) throw notFound(SEQUENCE_NOT_FOUND);
  return row;
}

/** The sequence while this run of it is active. */
export function isCurrentRun({ id, run }: Pick<Sequence, "id" | "run">) {
  return and(eq(sequences.id, id), eq(sequences.run, run), eq(sequences.isActive, true));
}
