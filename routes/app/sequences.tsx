import type { Context } from "hono";
import { z } from "zod";
import { authorize } from "../../src/access/authorize.ts";
import { isEntitled } from "../../src/billing/plan_features.ts";
import { planOf } from "../../src/billing/plans.ts";
import { CAMPAIGNS, CAMPAIGNS_MANAGE } from "../../src/contacts/permissions.ts";
import { MAX_PAGE_SIZE } from "../../src/platform/list_query.ts";
import { newSequence, sequenceChanges } from "../../src/sequences/sequence.ts";
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
import { SequenceForm, type SequenceFormProps } from "../../views/pages/sequences/sequence_form.tsx";
import {
  DeleteSequencePage,
  SequenceActions,
  SequencePage,
} from "../../views/pages/sequences/sequence_page.tsx";
import {
  NewSequenceLink,
  SEQUENCES_PATH as PATH,
  SequencesPage,
} from "../../views/pages/sequences/sequences_page.tsx";
import { sequenceText } from "../../views/pages/sequences/text.ts";
import { readNumber } from "../form_values.ts";
import { type Fields, type MemberEnv, readForm } from "../http.ts";
import { done, form, type Page, page } from "../page.tsx";
import { listCrumb, textOf } from "./sequence_trail.ts";
import { MemberPages } from "./member_pages.ts";

const editForm = sequenceChanges.extend({ version: z.coerce.number().int().positive() });

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
    submit: ({ version, ...changes }) => updateSequence(ctx, id, changes, [version]),
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

/** The choices arrive as flat fields, and empty ones mean none. */
function readSequence({ name = "", ...fields }: Fields): Fields {
  const { trigger_type: type = "tag", goal_type: goal = "none" } = fields;
  const trigger = { type, value: (type === "list" ? fields.trigger_list : fields.trigger_value) ?? "" };
  return {
    name,
    trigger,
    goal: goal === "none" ? null : { type: goal, value: fields.goal_value ?? "" },
    cap_emails: readNumber(fields.cap_emails),
    cap_days: readNumber(fields.cap_days),
  } as unknown as Fields;
}
