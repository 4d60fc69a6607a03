import type { Context } from "hono";
import { z } from "zod";
import { authorize } from "../../src/access/authorize.ts";
import { CAMPAIGNS_MANAGE } from "../../src/contacts/permissions.ts";
import { notFound } from "../../src/errors.ts";
import type { Step } from "../../src/sequences/engine.ts";
import { previewStep, sendStepTest } from "../../src/sequences/preview.ts";
import { SEQUENCE_NOT_FOUND, type SequenceStep, sequenceStep } from "../../src/sequences/sequence.ts";
import { getSequence, updateSequence } from "../../src/sequences/sequences.ts";
import { withLinksInNewTabs } from "../../views/framed_html.ts";
import { StepForm, type StepFormProps } from "../../views/pages/sequences/sequence_form.tsx";
import { StepActions, StepPreview } from "../../views/pages/sequences/sequence_page.tsx";
import { SEQUENCES_PATH as PATH } from "../../views/pages/sequences/sequences_page.tsx";
import { framedEmail } from "../framed_email.ts";
import { readNumber } from "../form_values.ts";
import { type Fields, type MemberEnv, nonceOf, readForm } from "../http.ts";
import { framingPolicy } from "../middleware/security_headers.ts";
import { done, form, type Page, page } from "../page.tsx";
import { listCrumb, textOf } from "./sequence_trail.ts";
import { MemberPages } from "./member_pages.ts";

const stepForm = sequenceStep.extend({ version: z.coerce.number().int().positive() });

/** The emails of a sequence. */
const pages = new MemberPages();
export default pages;

pages.get(`${PATH}/:id/steps/new`, async (c) => {
  authorize(c.get("member"), CAMPAIGNS_MANAGE);
  return await page(c, await stepPage(c, undefined, { values: {} }));
});

pages.post(`${PATH}/:id/steps`, (c) => saveStep(c, (steps, step) => [...steps, step]));

pages.get(`${PATH}/:id/steps/:step/edit`, async (c) => {
  authorize(c.get("member"), CAMPAIGNS_MANAGE);
  const { steps } = await getSequence(c.get("member"), c.req.param("id"));
  const { id, delayHours, condition, subject, body } = findStep(steps, c.req.param("step"));
  const values = {
    delay_hours: String(delayHours),
    condition_type: condition?.type,
    condition_tag: condition?.type === "tag" ? condition.value : "",
    subject,
    body,
  };
  return await page(c, await stepPage(c, id, { values }));
});

pages.get(`${PATH}/:id/steps/:step`, async (c) => {
  const ctx = c.get("member");
  const { id, name, steps } = await getSequence(ctx, c.req.param("id"));
  const step = findStep(steps, c.req.param("step"));
  c.header("Content-Security-Policy", framingPolicy(ctx.services.config.appUrl, nonceOf(c)));
  return await page(c, {
    title: step.subject,
    trail: [listCrumb(c), { label: name, href: `${PATH}/${id}` }],
    actions: <StepActions sequenceId={id} stepId={step.id} />,
    body: <StepPreview sequenceId={id} stepId={step.id} />,
  });
});

pages.get(`${PATH}/:id/steps/:step/preview`, async (c) => {
  const { html } = await previewStep(c.get("member"), c.req.param("id"), c.req.param("step"));
  return await framedEmail(c, withLinksInNewTabs(html));
});

pages.post(`${PATH}/:id/steps/:step/test`, async (c) => {
  const [id, step] = [c.req.param("id"), c.req.param("step")];
  await sendStepTest(c.get("member"), id, step);
  return await done(c, { to: `${PATH}/${id}/steps/${step}`, flash: textOf(c).testSent });
});

pages.post(`${PATH}/:id/steps/:step`, (c) => {
  const id = c.req.param("step");
  return saveStep(c, (steps, step) => {
    findStep(steps, id);
    return steps.map((each) => each.id === id ? { ...step, id } : each);
  }, id);
});

pages.post(`${PATH}/:id/steps/:step/remove`, (c) => {
  const id = c.req.param("step");
  return changeSteps(c, id, (steps) => steps.filter((each) => each.id !== id), textOf(c).stepRemoved);
});

pages.post(`${PATH}/:id/steps/:step/up`, (c) => {
  const id = c.req.param("step");
  return changeSteps(c, id, (steps) => {
    const index = steps.findIndex((each) => each.id === id);
    if (index <= 0) return steps;
    return [...steps.slice(0, index - 1), steps[index]!, steps[index - 1]!, ...steps.slice(index + 1)];
  }, textOf(c).stepSaved);
});

async function changeSteps(
  c: Context<MemberEnv>,
  stepId: string,
  change: (steps: readonly Step[]) => readonly Step[],
  flash: string,
) {
  const ctx = c.get("member");
  const { id, steps, version } = await getSequence(ctx, c.req.param("id") ?? "");
  findStep(steps, stepId);
  await updateSequence(ctx, id, { steps: [...change(steps)] }, [version]);
  return await done(c, { to: `${PATH}/${id}`, flash });
}

async function saveStep(
  c: Context<MemberEnv>,
  place: (steps: readonly Step[], step: SequenceStep) => SequenceStep[],
  stepId?: string,
) {
  const [ctx, id, fields] = [c.get("member"), c.req.param("id") ?? "", await readForm(c)];
  return await form(c, {
    schema: stepForm,
    fields: { ...readStep(fields), version: fields.version ?? "" },
    submit: async ({ version, ...step }) => {
      const { steps } = await getSequence(ctx, id);
      return await updateSequence(ctx, id, { steps: place(steps, step) }, [version]);
    },
    done: () => ({ to: `${PATH}/${id}`, flash: stepId ? textOf(c).stepSaved : textOf(c).stepAdded }),
    refusals: ["invalid", "conflict", "precondition_failed"],
    refused: (refused) => stepPage(c, stepId, { ...refused, values: fields }),
  });
}

async function stepPage(
  c: Context<MemberEnv>,
  stepId: string | undefined,
  props: Omit<StepFormProps, "sequenceId" | "version" | "stepId">,
): Promise<Page> {
  const { id, name, version } = await getSequence(c.get("member"), c.req.param("id") ?? "");
  const text = textOf(c);
  return {
    title: stepId ? text.editStep : text.newStep,
    trail: [listCrumb(c), { label: name, href: `${PATH}/${id}` }],
    body: <StepForm {...props} sequenceId={id} version={version} stepId={stepId} />,
  };
}

/** Throws `not_found`. */
function findStep(steps: readonly Step[], id: string): Step {
  const step = steps.find((each) => each.id === id);
  if (!step) throw notFound(SEQUENCE_NOT_FOUND);
  return step;
}

function readStep(
  { condition_type: type = "all", condition_tag, subject = "", body = "", delay_hours }: Fields,
): Fields {
  const condition = type === "tag"
    ? { type, value: condition_tag ?? "" }
    : type === "clicked"
    ? { type }
    : null;
  return { delay_hours: readNumber(delay_hours), condition, subject, body } as unknown as Fields;
}
