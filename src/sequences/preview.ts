import { z } from "zod";
import type { RenderedEmail } from "../../views/emails/render.tsx";
import type { UserId } from "../access/actor.ts";
import { allowTest, deliverTest, previewEmail } from "../campaigns/preview.ts";
import type { Content } from "../campaigns/template.ts";
import type { TenantContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { job, tenantOf } from "../outbox/job.ts";
import { enqueue } from "../outbox/outbox.ts";
import { idSchema } from "../platform/ids.ts";
import { SEQUENCE_NOT_FOUND } from "./sequence.ts";
import { getSequence } from "./sequences.ts";

/** A step's email as a sample recipient gets it. Throws `not_found`. */
export async function previewStep(ctx: TenantContext, id: string, stepId: string): Promise<RenderedEmail> {
  return await previewEmail(ctx, await contentOf(ctx, id, stepId));
}

/** Sends a step's email to the actor. Throws `not_found`, `forbidden` while the address is unconfirmed, or `rate_limited`. */
export async function sendStepTest(ctx: TenantContext, id: string, stepId: string): Promise<void> {
  await contentOf(ctx, id, stepId);
  const request = { sequenceId: id, stepId, userId: await allowTest(ctx) };
  await ctx.system.tx((tx) => enqueue(ctx.system, tx, SEND_STEP_TEST, request, { tenantId: ctx.tenant.id }));
}

export const SEND_STEP_TEST = job("sequences.test", {
  queue: "email",
  payload: z.object({ sequenceId: z.uuid(), stepId: z.uuid(), userId: idSchema<UserId>() }),
  run: async (run, { sequenceId, stepId, userId }) => {
    await deliverTest(run, await contentOf(tenantOf(run), sequenceId, stepId), userId);
  },
});

async function contentOf(ctx: TenantContext, id: string, stepId: string): Promise<Content> {
  const { steps } = await getSequence(ctx, id);
  const step = steps.find((each) => each.id === stepId);
  if (!step) throw notFound(SEQUENCE_NOT_FOUND);
  return { subject: step.subject, subjectB: null, body: step.body };
}
