import type { Context } from "hono";
import { z } from "zod";
import { authorize } from "../../src/access/authorize.ts";
import { isEntitled } from "../../src/billing/plan_features.ts";
import { planOf } from "../../src/billing/plans.ts";
import { CAMPAIGNS, CAMPAIGNS_MANAGE } from "../../src/contacts/permissions.ts";
import { notFound } from "../../src/errors.ts";
import { MAX_PAGE_SIZE } from "../../src/platform/list_query.ts";
import type { Step } from "../../src/sequences/engine.ts";
import { previewStep, sendStepTest } from "../../src/sequences/preview.ts";
import {
  newSequence,
  SEQUENCE_NOT_FOUND,
  sequenceChanges,
  type SequenceStep,
  sequenceStep,
} from "../../src/sequences/sequence.ts";
import {
  createSequence,
  deleteSequence,
  getSequence,
  listChoices,
  listSequences,
  SEQUENCE_LIST,
  startSequence,
  stopSequence,
  updateSequence,
} from "../../src/sequences/sequences.ts";
import { withLinksInNewTabs } from "../../views/framed_html.ts";
import {
  SequenceForm,
  type SequenceFormProps,
  StepForm,
  type StepFormProps,
} from "../../views/pages/sequences/sequence_form.tsx";
import {
  DeleteSequencePage,
  SequenceActions,
  SequencePage,
  StepActions,
  StepPreview,
} from "../../views/pages/sequences/sequence_page.tsx";
import {
  NewSequenceLink,
  SEQUENCES_PATH as PATH,
  SequencesPage,
} from "../../views/pages/sequences/sequences_page.tsx";
import { sequenceText } from "../../views/pages/sequences/text.ts";
import { framedEmail } from "../framed_email.ts";
import { type Fields, type MemberEnv, nonceOf, readForm } from "../http.ts";
import { localeOf } from "../locale.ts";
import { framingPolicy } from "../middleware/security_headers.ts";
import { done, form, type Page, page } from "../page.tsx";
import { MemberPages } from "./member_pages.ts";

const version = z.coerce.number().int().positive();
const editForm = sequenceChanges.extend({ version });
const stepForm = sequenceStep.extend({ version });

const pages = new MemberPages({
  label: (locale) => sequenceText.of(locale).title,
  href: PATH,
  icon: "clock",
  group: "main",
  position: 27,
  permission: CAMPAIGNS_MANAGE,
});
export default pages;

pages.get(PATH, async (c) => {
  const ctx = c.get("member");
  const { items } = await listSequences(ctx, SEQUENCE_LIST.query.parse({ limit: MAX_PAGE_SIZE }));
  const isIncluded = isEntitled(ctx, CAMPAIGNS);
  const props = { sequences: items, now: ctx.services.clock.now() };
  return await page(c, {
    title: textOf(c).title,
    actions: isIncluded ? <NewSequenceLink /> : undefined,
    body: <SequencesPage {...props} missingPlan={isIncluded ? undefined : planOf(CAMPAIGNS.from).name} />,
  });
});

pages.get(`${PATH}/new`, async (c) => {
  authorize(c.get("member"), CAMPAIGNS_MANAGE);
  return await page(c, await formPage(c, { values: {} }));
});

pages.post(PATH, async (c) => {
  const fields = await readForm(c);
  return await form(c, {
    schema: newSequence,
    fields: readSequence(fields),
    submit: (input, { idFor }) => createSequence(c.get("member"), input, idFor("sequence")),
    done: ({ id, name }) => ({ to: `${PATH}/${id}`, flash: textOf(c).created(name) }),
    refusals: ["invalid", "feature_not_in_plan"],
    refused: (refused) => formPage(c, { ...refused, values: fields }),
  });
});

pages.get(`${PATH}/:id`, async (c) => await page(c, await sequencePage(c)));

pages.get(`${PATH}/:id/edit`, async (c) => {
  authorize(c.get("member"), CAMPAIGNS_MANAGE);
  const sequence = await getSequence(c.get("member"), c.req.param("id"));
  const { name, trigger, goal, capEmails, capDays } = sequence;
  const isList = trigger.type === "list";
  const values = {
    name,
    trigger_type: trigger.type,
    trigger_value: isList ? "" : trigger.value,
    trigger_list: isList ? trigger.value : "",
    goal_type: goal?.type,
    goal_value: goal?.value,
    cap_emails: capEmails === null ? "" : String(capEmails),
    cap_days: capDays === null ? "" : String(capDays),
  };
  return await page(c, await formPage(c, { sequence, values }));
});

pages.post(`${PATH}/:id`, async (c) => {
  const [ctx, id, fields] = [c.get("member"), c.req.param("id"), await readForm(c)];
  return await form(c, {
    schema: editForm,
    fields: { ...readSequence(fields), version: fields.version ?? "" },
    submit: ({ version, ...changes }) => updateSequence(ctx, id, changes, version),
    done: () => ({ to: `${PATH}/${id}`, flash: textOf(c).saved }),
    refusals: ["invalid", "conflict", "precondition_failed"],
    refused: async (refused) =>
      await formPage(c, { ...refused, values: fields, sequence: await getSequence(ctx, id) }),
  });
});

pages.post(`${PATH}/:id/start`, (c) => {
  return form(c, {
    schema: z.object({}),
    submit: () => startSequence(c.get("member"), c.req.param("id")),
    done: ({ id }) => ({ to: `${PATH}/${id}`, flash: textOf(c).started }),
    refusals: ["conflict"],
    refused: ({ problem }) => sequencePage(c, problem),
  });
});

pages.post(`${PATH}/:id/stop`, async (c) => {
  const { id } = await stopSequence(c.get("member"), c.req.param("id"));
  return await done(c, { to: `${PATH}/${id}`, flash: textOf(c).stoppedNow });
});

pages.get(`${PATH}/:id/delete`, async (c) => {
  authorize(c.get("member"), CAMPAIGNS_MANAGE);
  const { id, name } = await getSequence(c.get("member"), c.req.param("id"));
  return await page(c, {
    title: textOf(c).deleteTitle(name),
    trail: [listCrumb(c), { label: name, href: `${PATH}/${id}` }],
    body: <DeleteSequencePage id={id} />,
  });
});

pages.post(`${PATH}/:id/delete`, async (c) => {
  const { name } = await deleteSequence(c.get("member"), c.req.param("id"));
  return await done(c, { to: PATH, flash: textOf(c).deleted(name) });
});

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
  await updateSequence(ctx, id, { steps: [...change(steps)] }, version);
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
      return await updateSequence(ctx, id, { steps: place(steps, step) }, version);
    },
    done: () => ({ to: `${PATH}/${id}`, flash: stepId ? textOf(c).stepSaved : textOf(c).stepAdded }),
    refusals: ["invalid", "conflict", "precondition_failed"],
    refused: (refused) => stepPage(c, stepId, { ...refused, values: fields }),
  });
}

async function sequencePage(c: Context<MemberEnv>, problem?: string): Promise<Page> {
  const ctx = c.get("member");
  const sequence = await getSequence(ctx, c.req.param("id") ?? "");
  const lists = sequence.trigger.type === "list" ? await listChoices(ctx) : [];
  const listName = lists.find(({ id }) => id === sequence.trigger.value)?.name;
  return {
    title: sequence.name,
    trail: [listCrumb(c)],
    actions: <SequenceActions sequence={sequence} />,
    body: <SequencePage sequence={sequence} listName={listName} problem={problem} />,
  };
}

async function formPage(c: Context<MemberEnv>, props: Omit<SequenceFormProps, "lists">): Promise<Page> {
  const lists = await listChoices(c.get("member"));
  const text = textOf(c);
  return {
    title: props.sequence ? text.edit : text.new,
    trail: [listCrumb(c)],
    body: <SequenceForm {...props} lists={lists} />,
  };
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

/** The choices arrive as flat fields, and empty ones mean none. */
function readSequence({ name = "", ...fields }: Fields): Fields {
  const { trigger_type: type = "tag", goal_type: goal = "none" } = fields;
  const trigger = { type, value: (type === "list" ? fields.trigger_list : fields.trigger_value) ?? "" };
  return {
    name,
    trigger,
    goal: goal === "none" ? null : { type: goal, value: fields.goal_value ?? "" },
    cap_emails: numberIn(fields.cap_emails),
    cap_days: numberIn(fields.cap_days),
  } as unknown as Fields;
}

function readStep(
  { condition_type: type = "all", condition_tag, subject = "", body = "", delay_hours }: Fields,
): Fields {
  const condition = type === "tag"
    ? { type, value: condition_tag ?? "" }
    : type === "clicked"
    ? { type }
    : null;
  return { delay_hours: numberIn(delay_hours), condition, subject, body } as unknown as Fields;
}

function numberIn(text: string | undefined): number | null {
  return text?.trim() ? Number(text) : null;
}

function listCrumb(c: Context<MemberEnv>) {
  return { label: textOf(c).title, href: PATH };
}

function textOf(c: Context<MemberEnv>) {
  return sequenceText.of(localeOf(c));
}
