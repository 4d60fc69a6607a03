import { and, asc, desc, eq, gt, isNull, lte, ne, sql } from "drizzle-orm";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { contacts } from "../../db/tenant/schema/contacts.ts";
import { sequenceEmails, sequenceRuns, sequences } from "../../db/tenant/schema/sequences.ts";
import { after, DAY } from "../platform/clock.ts";
import { newId } from "../platform/ids.ts";
import { decide, type Facts, type Step } from "./engine.ts";
import { didEvent } from "./enrollment.ts";
import { capOf, isCurrentRun, type Sequence } from "./sequence.ts";

export type Contact = typeof contacts.$inferSelect;
type Run = typeof sequenceRuns.$inferSelect;

/** An email that is about to leave. `run` is as it was before, to go back if the email server puts the email off. */
export type Claim = { emailId: string; claimedAt: Date; run: Run; contact: Contact; step: Step };

/** `moved`: a contact went on without an email. `none`: nobody is due. */
export type Moved = { claim: Claim } | "moved" | "none";

/**
 * Takes the next contact who is due, and does with them what the engine decides. An email's row is committed before the email leaves.
 * Nobody is due in a sequence that was stopped or started again since `sequence` was read.
 */
export async function moveNext(tx: TenantTx, sequence: Sequence, now: Date): Promise<Moved> {
  const r = sequenceRuns;
  const [run] = await tx.select().from(r)
    .where(and(
      eq(r.sequenceId, sequence.id),
      isNull(r.ending),
      lte(r.dueAt, now),
      sql`exists (${tx.select({ id: sequences.id }).from(sequences).where(isCurrentRun(sequence))})`,
    ))
    .orderBy(asc(r.dueAt)).limit(1).for("update", { skipLocked: true });
  if (!run) return "none";
  // Locked, so that two sequences don't both use the last email that the cap allows.
  const [contact] = await tx.select().from(contacts).where(eq(contacts.id, run.contactId)).for("update");
  const cap = capOf(sequence);
  const facts = contact
    ? await factsOf(tx, sequence, run, contact, cap ? after(now, -cap.days * DAY) : null)
    : null;
  const decision = decide({ steps: sequence.steps, cap }, run, facts, now);
  if (decision.do === "end") {
    await change(tx, run, { ending: decision.ending, endedAt: now });
    return "moved";
  }
  if (decision.do === "wait") {
    await change(tx, run, { dueAt: decision.until });
    return "moved";
  }
  const { step, dueAt } = decision;
  const email = {
    id: newId(),
    runId: run.id,
    sequenceId: sequence.id,
    stepId: step.id,
    contactId: run.contactId,
  };
  const isSkipped = decision.do === "skip";
  const values = { ...email, state: isSkipped ? "skipped" as const : "claimed" as const, claimedAt: now };
  const [added] = await tx.insert(sequenceEmails)
    .values({ ...values, reason: isSkipped ? "condition" : null }).onConflictDoNothing().returning();
  await change(tx, run, { position: run.position + 1, dueAt, deferrals: isSkipped ? 0 : run.deferrals });
  // No row: the contact got this step already, before the steps were put in another order.
  return isSkipped || !added
    ? "moved"
    : { claim: { emailId: email.id, claimedAt: now, run, contact: contact!, step } };
}

async function factsOf(
  tx: TenantTx,
  { goal }: Sequence,
  run: Run,
  contact: Contact,
  cappedSince: Date | null,
): Promise<Facts> {
  const e = sequenceEmails;
  const [last] = await tx.select({ clickedAt: e.clickedAt }).from(e)
    .where(and(eq(e.runId, run.id), ne(e.state, "skipped"))).orderBy(desc(e.claimedAt), desc(e.id)).limit(1);
  const emailed = cappedSince === null ? [] : await tx.select({ at: e.claimedAt }).from(e).where(
    and(
      eq(e.contactId, run.contactId),
      gt(e.claimedAt, cappedSince),
      sql`${e.state} in ('claimed', 'sent', 'unknown')`,
    ),
  );
  return {
    hasConsent: contact.consent === "given",
    hasReachedGoal: goal === null
      ? false
      : goal.type === "tag"
      ? contact.tags.includes(goal.value)
      : await hasHappened(tx, contact, goal.value, run.startedAt),
    tags: contact.tags,
    hasClicked: Boolean(last?.clickedAt),
    emailedAt: emailed.map(({ at }) => at),
  };
}

async function hasHappened(tx: TenantTx, { id }: Contact, event: string, since: Date): Promise<boolean> {
  const [found] = await tx.select({ id: contacts.id }).from(contacts).where(
    and(eq(contacts.id, id), didEvent(event, since)),
  );
  return found !== undefined;
}

async function change(tx: TenantTx, { id }: Run, set: Partial<Run>): Promise<void> {
  await tx.update(sequenceRuns).set(set).where(eq(sequenceRuns.id, id));
}
