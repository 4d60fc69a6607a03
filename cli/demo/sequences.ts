import { sequenceEmails, sequenceRuns } from "../../db/tenant/schema/sequences.ts";
import type { TenantContext } from "../../src/context.ts";
import { after, DAY, HOUR } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { newSequence } from "../../src/sequences/sequence.ts";
import { createSequence } from "../../src/sequences/sequences.ts";

/** A stopped sequence that forty contacts are in. Returns its id and its first step's. */
export async function addSequencePages(ctx: TenantContext): Promise<{ id: string; stepId: string }> {
  const body = "Hi {{ name | there }},\n\nhere is how to [start](https://northwind.example/start).";
  const { id, steps } = await createSequence(
    ctx,
    newSequence.parse({
      name: "Welcome new customers",
      trigger: { type: "tag", value: "customer" },
      goal: { type: "event", value: "order_placed" },
      capEmails: 2,
      capDays: 7,
      steps: [
        { delayHours: 0, subject: "Welcome to Northwind", body },
        { delayHours: 72, subject: "Three tips for your first order", body },
        { delayHours: 96, condition: { type: "clicked" }, subject: "Your discount is waiting", body },
      ],
    }),
  );
  const now = ctx.services.clock.now();
  const runs = Array.from({ length: 40 }, (_, index) => {
    const ending = index < 21
      ? null
      : index < 34
      ? "finished" as const
      : index < 39
      ? "goal" as const
      : "unsubscribed" as const;
    const startedAt = after(now, -index * DAY);
    const position = ending === "finished" ? 3 : index % 3;
    return {
      id: newId(),
      sequenceId: id,
      contactId: newId(),
      ending,
      position,
      dueAt: after(now, 5 * HOUR),
      startedAt,
    };
  });
  const emails = runs.flatMap((run, index) =>
    steps.slice(0, run.position).map(({ id: stepId }, position) => ({
      id: newId(),
      runId: run.id,
      sequenceId: id,
      stepId,
      contactId: run.contactId,
      state: position === 2 && index % 2 === 0 ? "skipped" as const : "sent" as const,
      claimedAt: run.startedAt,
      clickedAt: (index + position) % 4 === 0 ? run.startedAt : null,
    }))
  );
  await ctx.tx(async (tx) => {
    await tx.insert(sequenceRuns).values(runs);
    await tx.insert(sequenceEmails).values(emails);
  });
  return { id, stepId: steps[0]!.id };
}
