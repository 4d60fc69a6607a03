import { eq } from "drizzle-orm";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { contactLists } from "../../db/tenant/schema/contacts.ts";
import { sequences } from "../../db/tenant/schema/sequences.ts";
import { authorize, authorizeReading } from "../access/authorize.ts";
import { requireConfirmedEmail } from "../access/confirmed_email.ts";
import { requireFeature } from "../billing/plan_features.ts";
import { readPostalAddress } from "../campaigns/settings.ts";
import { makeTemplate } from "../campaigns/template.ts";
import { allLists } from "../contacts/lists.ts";
import { CAMPAIGNS, CAMPAIGNS_MANAGE } from "../contacts/permissions.ts";
import type { TenantContext } from "../context.ts";
import { conflict, invalid, notFound, preconditionFailed } from "../errors.ts";
import { changedFields } from "../events/changes.ts";
import { publish } from "../events/publish.ts";
import { isId, newId } from "../platform/ids.ts";
import { list, type ListQuery, type Page } from "../platform/list.ts";
import { momentKey } from "../platform/list_keys.ts";
import { MAX_PAGE_SIZE } from "../platform/list_query.ts";
import { problem } from "../platform/problem.ts";
import type { Step } from "./engine.ts";
import {
  SEQUENCE_CREATED,
  SEQUENCE_DELETED,
  SEQUENCE_STARTED,
  SEQUENCE_STOPPED,
  SEQUENCE_UPDATED,
} from "./events.ts";
import {
  countEmails,
  countRuns,
  type SequenceStats,
  statsOf,
  type StepStats,
  stepStatsOf,
} from "./figures.ts";
import {
  CAP_INCOMPLETE,
  lockSequence,
  type NewSequence,
  type Sequence,
  SEQUENCE_NOT_FOUND,
  type SequenceChanges,
  type SequenceStep,
} from "./sequence.ts";
import { enqueueWork } from "./work_queue.ts";

const CHANGED_MEANWHILE = problem(
  "sequence_changed_meanwhile",
  "Someone has changed this sequence since you opened it. Review the changes before you save.",
);
const IS_ACTIVE = problem("sequence_is_active", "Stop the sequence before you change or delete it.");
const LIST_UNKNOWN = problem("sequence_list_unknown", "This list was not found.");
const TOO_MANY_SEQUENCES = problem("sequences_too_many", "A workspace can have {maximum} sequences.");
const NO_STEPS = problem("sequence_without_steps", "Add a step first.");
const NO_ADDRESS = problem("sequence_without_address", "Enter your company's postal address first.");
const STEP_BROKEN = problem(
  "sequence_step_broken",
  "Step {step} has an empty text, an unknown merge field, or a broken link.",
);

/** Each active sequence runs a job a minute, and the page shows all of them. */
const MAX_SEQUENCES = MAX_PAGE_SIZE;

/** A sequence with its figures. */
export type CountedSequence = Sequence & { stats: SequenceStats };
/** With those of its steps, in their order. */
export type SequenceWithSteps = CountedSequence & { stepStats: StepStats[] };

export const SEQUENCE_LIST = list("sequences", {
  select: (db) => db.select().from(sequences),
  id: sequences.id,
  sorts: { createdAt: momentKey(sequences.createdAt) },
  defaultSort: "-createdAt",
  filters: {},
});

/** One page of sequences, the newest first. */
export async function listSequences(
  ctx: TenantContext,
  query: ListQuery<typeof SEQUENCE_LIST>,
): Promise<Page<CountedSequence>> {
  authorizeReading(ctx, CAMPAIGNS_MANAGE);
  return await ctx.tx(async (tx) => {
    const page = await SEQUENCE_LIST.page(tx, query);
    const runs = await countRuns(tx, page.items.map(({ id }) => id));
    return { ...page, items: page.items.map((row) => ({ ...row, stats: statsOf(runs, row.id) })) };
  });
}

/** Throws `not_found`. */
export async function getSequence(ctx: TenantContext, id: string): Promise<SequenceWithSteps> {
  authorizeReading(ctx, CAMPAIGNS_MANAGE);
  if (!isId(id)) throw notFound(SEQUENCE_NOT_FOUND);
  const [[row], runs, emails] = await ctx.read((tx) => [
    tx.select().from(sequences).where(eq(sequences.id, id)),
    countRuns(tx, [id]),
    countEmails(tx, id),
  ]);
  if (!row) throw notFound(SEQUENCE_NOT_FOUND);
  return withFigures(row, runs, emails);
}

/**
 * Creates a stopped sequence. With an `id` that was used before, returns that one. Throws `feature_not_in_plan`, `invalid`, or
 * `conflict` if there are too many.
 */
export async function createSequence(
  ctx: TenantContext,
  input: NewSequence,
  id = newId(),
): Promise<SequenceWithSteps> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  requireFeature(ctx, CAMPAIGNS);
  requireWholeCap(input);
  const now = ctx.services.clock.now();
  return await ctx.tx(async (tx) => {
    await requireList(tx, input);
    const values = { ...input, steps: input.steps.map(withId), id, createdAt: now, updatedAt: now };
    const [row] = await tx.insert(sequences).values(values).onConflictDoNothing({ target: sequences.id })
      .returning();
    if (!row) return await counted(tx, await lockSequence(tx, id));
    if (await tx.$count(sequences) > MAX_SEQUENCES) {
      throw conflict(TOO_MANY_SEQUENCES.with({ maximum: MAX_SEQUENCES }));
    }
    await publish(ctx, tx, SEQUENCE_CREATED, { after: row });
    return await counted(tx, row);
  });
}

/**
 * Changes a stopped sequence. Contacts who are in it go on with the new steps. Throws `not_found`, `precondition_failed`, `conflict`
 * while it is active, `feature_not_in_plan` or `invalid`.
 */
export async function updateSequence(
  ctx: TenantContext,
  id: string,
  { steps, ...changes }: SequenceChanges,
  expectedVersions?: readonly number[],
): Promise<SequenceWithSteps> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  requireFeature(ctx, CAMPAIGNS);
  return await ctx.tx(async (tx) => {
    const before = await lockSequence(tx, id);
    if (expectedVersions && !expectedVersions.includes(before.version)) {
      throw preconditionFailed(CHANGED_MEANWHILE);
    }
    requireWholeCap({ ...before, ...changes });
    await requireList(tx, changes);
    const wanted = { ...changes, ...(steps ? { steps: steps.map(withId) } : {}) };
    const changed = changedFields<Sequence>(before, wanted);
    if (Object.keys(changed).length === 0) return await counted(tx, before);
    if (before.isActive) throw conflict(IS_ACTIVE);
    const [after] = await tx.update(sequences)
      .set({ ...changed, version: before.version + 1, updatedAt: ctx.services.clock.now() })
      .where(eq(sequences.id, id)).returning();
    await publish(ctx, tx, SEQUENCE_UPDATED, { before, after: after! });
    return await counted(tx, after!);
  });
}

/** Deletes a stopped sequence with its figures. Throws `not_found`, `precondition_failed`, or `conflict` while it is active. */
export async function deleteSequence(
  ctx: TenantContext,
  id: string,
  expectedVersions?: readonly number[],
): Promise<Sequence> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  return await ctx.tx(async (tx) => {
    const before = await lockSequence(tx, id);
    if (expectedVersions && !expectedVersions.includes(before.version)) {
      throw preconditionFailed(CHANGED_MEANWHILE);
    }
    if (before.isActive) throw conflict(IS_ACTIVE);
    await tx.delete(sequences).where(eq(sequences.id, id));
    await publish(ctx, tx, SEQUENCE_DELETED, { before });
    return before;
  });
}

/**
 * Starts a sequence, or goes on with it. Throws `not_found`, `conflict` if it can't send yet, `forbidden` while the actor's address is
 * unconfirmed, or `feature_not_in_plan`. Does nothing if it is active.
 */
export async function startSequence(ctx: TenantContext, id: string): Promise<SequenceWithSteps> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  requireFeature(ctx, CAMPAIGNS);
  await requireConfirmedEmail(ctx);
  const { steps, version } = await getSequence(ctx, id);
  await requireReady(ctx, steps);
  const now = ctx.services.clock.now();
  return await ctx.tx(async (tx) => {
    const before = await lockSequence(tx, id);
    if (before.isActive) return await counted(tx, before);
    if (before.version !== version) throw conflict(CHANGED_MEANWHILE);
    const [after] = await tx.update(sequences)
      .set({ isActive: true, startedAt: before.startedAt ?? now, version: version + 1 })
      .where(eq(sequences.id, id)).returning();
    await enqueueWork(ctx, tx, before, 0);
    await publish(ctx, tx, SEQUENCE_STARTED, { before, after: after! });
    return await counted(tx, after!);
  });
}

/** Stops sending. Contacts stay where they are, and go on when it is started again. Throws `not_found`. */
export async function stopSequence(ctx: TenantContext, id: string): Promise<SequenceWithSteps> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  return await ctx.tx(async (tx) => {
    const before = await lockSequence(tx, id);
    if (!before.isActive) return await counted(tx, before);
    const [after] = await tx.update(sequences)
      .set({ isActive: false, run: before.run + 1, version: before.version + 1 })
      .where(eq(sequences.id, id)).returning();
    await publish(ctx, tx, SEQUENCE_STOPPED, { before, after: after! });
    return await counted(tx, after!);
  });
}

/** The lists that can start a sequence, by name. */
export async function listChoices(ctx: TenantContext): Promise<{ id: string; name: string }[]> {
  authorizeReading(ctx, CAMPAIGNS_MANAGE);
  const [rows] = await ctx.read((tx) => [allLists(tx)]);
  return rows;
}

async function counted(tx: TenantTx, row: Sequence): Promise<SequenceWithSteps> {
  return withFigures(row, await countRuns(tx, [row.id]), await countEmails(tx, row.id));
}

function withFigures(
  row: Sequence,
  runs: Awaited<ReturnType<typeof countRuns>>,
  emails: Awaited<ReturnType<typeof countEmails>>,
): SequenceWithSteps {
  return {
    ...row,
    stats: statsOf(runs, row.id),
    stepStats: row.steps.map(({ id }) => stepStatsOf(emails, id)),
  };
}

function withId({ id = newId(), ...step }: SequenceStep): Step {
  return { id, ...step };
}

function requireWholeCap({ capEmails, capDays }: Pick<Sequence, "capEmails" | "capDays">): void {
  if ((capEmails === null) !== (capDays === null)) throw invalid({ capDays: CAP_INCOMPLETE });
}

async function requireList(tx: TenantTx, { trigger }: Pick<SequenceChanges, "trigger">): Promise<void> {
  if (trigger?.type !== "list") return;
  const [found] = await tx.select({ id: contactLists.id }).from(contactLists).where(
    eq(contactLists.id, trigger.value),
  );
  if (!found) throw invalid({ trigger: LIST_UNKNOWN });
}

async function requireReady(ctx: TenantContext, steps: readonly Step[]): Promise<void> {
  if (steps.length === 0) throw conflict(NO_STEPS);
  const address = await readPostalAddress(ctx);
  if (address === "") throw conflict(NO_ADDRESS);
  for (const [index, { subject, body }] of steps.entries()) {
    const { problems, fields } = await makeTemplate(ctx, { subject, subjectB: null, body }, address);
    if (body.trim() === "" || problems.length + fields.problems.length > 0) {
      throw conflict(STEP_BROKEN.with({ step: index + 1 }));
    }
  }
}
