import { z } from "@hono/zod-openapi";
import { CAMPAIGNS_MANAGE } from "../../src/contacts/permissions.ts";
import {
  SEQUENCE_CREATED,
  SEQUENCE_DELETED,
  SEQUENCE_STARTED,
  SEQUENCE_STOPPED,
  SEQUENCE_UPDATED,
} from "../../src/sequences/events.ts";
import { newSequence, type Sequence, sequenceChanges } from "../../src/sequences/sequence.ts";
import {
  createSequence,
  deleteSequence,
  getSequence,
  listSequences,
  SEQUENCE_LIST,
  type SequenceWithSteps,
  startSequence,
  stopSequence,
  updateSequence,
} from "../../src/sequences/sequences.ts";
import { model } from "../operation_document.ts";
import { tenantResource } from "./audiences.ts";

const NEEDS = "Needs a plan with `campaigns`.";

const count = z.int().nonnegative();
const tagOrEvent = z.object({ type: z.enum(["tag", "event"]), value: z.string() });
const summary = {
  id: z.uuid(),
  name: z.string(),
  active: z.boolean(),
  trigger: z.object({ type: z.enum(["tag", "list", "event"]), value: z.string() }).openapi({
    description:
      "What starts it for a contact: a tag, a list's ID, or an event that names the contact's `external_id`.",
  }),
  goal: tagOrEvent.nullable().openapi({ description: "What ends it for a contact" }),
  capEmails: z.int().nullable().openapi({
    description: "The most emails of sequences that a contact gets in `cap_days` days. Null: any number.",
  }),
  capDays: z.int().nullable(),
  stats: z.object({
    started: count,
    active: count,
    finished: count,
    goal: count,
    unsubscribed: count,
    deleted: count,
  }).openapi({ description: "`active` and the endings add up to `started`." }),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
};
const step = z.object({
  id: z.uuid(),
  delayHours: z.int().openapi({ description: "From the previous step, or from the start" }),
  condition: z.object({ type: z.enum(["tag", "clicked"]), value: z.string().optional() }).nullable().openapi({
    description:
      "Without it, everyone gets the step. `clicked`: those who clicked a link in the previous email.",
  }),
  subject: z.string(),
  body: z.string().openapi({ description: "Markdown with merge fields" }),
  stats: z.object({ sent: count, clicked: count, bounced: count, skipped: count, failed: count }),
});

const EXAMPLE = {
  id: "0198c0de-5a7e-7b3c-9d10-3f2a8c6b4ed2",
  name: "Welcome",
  active: true,
  trigger: { type: "tag" as const, value: "trial" },
  goal: { type: "event" as const, value: "subscribed" },
  capEmails: 2,
  capDays: 7,
  stats: { started: 120, active: 40, finished: 60, goal: 18, unsubscribed: 2, deleted: 0 },
  createdAt: "2026-03-02T09:00:00.000Z",
  updatedAt: "2026-03-02T09:00:00.000Z",
};
const listed = model("ListedSequence", summary, EXAMPLE);
const sequence = model("Sequence", { ...summary, steps: z.array(step) }, {
  ...EXAMPLE,
  steps: [{
    id: "0198c0de-5a7e-7b3c-9d10-3f2a8c6b4ed3",
    delayHours: 24,
    condition: null,
    subject: "Welcome, {{ name | friend }}",
    body: "Hi {{ name | there }},",
    stats: { sent: 118, clicked: 40, bounced: 1, skipped: 0, failed: 0 },
  }],
});

const sequences = tenantResource("Sequences", "Emails that each contact gets one after another.");
export default sequences;

const versionOf = ({ version }: SequenceWithSteps) => version;

sequences.list("/sequences", {
  operationId: "listSequences",
  summary: "List sequences",
  permission: CAMPAIGNS_MANAGE,
  list: SEQUENCE_LIST,
  name: "SequenceList",
  item: listed,
  answer: "A page of sequences",
  run: async (ctx, query) => {
    const { items, nextCursor } = await listSequences(ctx, query);
    return { items: items.map(({ isActive, ...row }) => ({ ...row, active: isActive })), nextCursor };
  },
});

sequences.operation("post", "/sequences", {
  operationId: "createSequence",
  summary: "Create a sequence",
  description: `Creates a stopped sequence. ${NEEDS}`,
  permission: CAMPAIGNS_MANAGE,
  events: [SEQUENCE_CREATED],
  body: newSequence,
  example: {
    name: "Welcome",
    trigger: { type: "tag", value: "trial" },
    steps: [{ delayHours: 24, subject: "Welcome", body: "Hi {{ name | there }}," }],
  },
  answer: { status: 201, description: "The sequence", schema: sequence },
  versionOf,
  run: (ctx, { body }) => createSequence(ctx, body),
  present: shown,
});

sequences.operation("get", "/sequences/{id}", {
  operationId: "getSequence",
  summary: "Get a sequence with its steps and their figures",
  permission: CAMPAIGNS_MANAGE,
  answer: { description: "The sequence", schema: sequence },
  versionOf,
  run: (ctx, { id }) => getSequence(ctx, id),
  present: shown,
});

sequences.operation("patch", "/sequences/{id}", {
  operationId: "updateSequence",
  summary: "Change a stopped sequence",
  description:
    `\`steps\` replaces the steps; a step that keeps its \`id\` keeps its figures. Contacts who are in the sequence go on with the new steps. ${NEEDS}`,
  permission: CAMPAIGNS_MANAGE,
  events: [SEQUENCE_UPDATED],
  body: sequenceChanges,
  example: { capEmails: 2, capDays: 7 },
  answer: { description: "The changed sequence", schema: sequence },
  refusals: [409],
  versionOf,
  checksMatch: true,
  run: (ctx, { id, body, expectedVersions }) => updateSequence(ctx, id, body, expectedVersions),
  present: shown,
});

sequences.operation("delete", "/sequences/{id}", {
  operationId: "deleteSequence",
  summary: "Delete a stopped sequence and its figures",
  permission: CAMPAIGNS_MANAGE,
  events: [SEQUENCE_DELETED],
  answer: { status: 204, description: "The sequence was deleted" },
  versionOf: ({ version }: Sequence) => version,
  checksMatch: true,
  refusals: [409],
  run: (ctx, { id, expectedVersions }) => deleteSequence(ctx, id, expectedVersions),
});

sequences.operation("post", "/sequences/{id}/start", {
  operationId: "startSequence",
  summary: "Start a sequence, or go on with it",
  description:
    `Every contact who meets the trigger and gave consent goes through it once, also those who met it before. Only events since the first start count. 409: it has no steps, a step is broken, or the postal address is missing. ${NEEDS}`,
  permission: CAMPAIGNS_MANAGE,
  events: [SEQUENCE_STARTED],
  answer: { description: "The active sequence", schema: sequence },
  refusals: [409],
  versionOf,
  run: (ctx, { id }) => startSequence(ctx, id),
  present: shown,
});

sequences.operation("post", "/sequences/{id}/stop", {
  operationId: "stopSequence",
  summary: "Stop a sequence",
  description: "Contacts stay where they are, and go on when it is started again.",
  permission: CAMPAIGNS_MANAGE,
  events: [SEQUENCE_STOPPED],
  answer: { description: "The stopped sequence", schema: sequence },
  versionOf,
  run: (ctx, { id }) => stopSequence(ctx, id),
  present: shown,
});

function shown({ steps, stepStats, isActive, ...row }: SequenceWithSteps) {
  return {
    ...row,
    active: isActive,
    steps: steps.map((step, index) => ({ ...step, stats: stepStats[index]! })),
  };
}
