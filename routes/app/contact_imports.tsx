import type { Context } from "hono";
import { z } from "zod";
import { authorize } from "../../src/access/authorize.ts";
import { isEntitled, requireFeature } from "../../src/billing/plan_features.ts";
import { fieldKeyFor, tagsIn } from "../../src/contacts/imports/columns.ts";
import {
  deleteImport,
  getImport,
  importPlan,
  listImports,
  planImport,
  startImport,
} from "../../src/contacts/imports/imports.ts";
import { MAX_FILE_BYTES, stageImport } from "../../src/contacts/imports/staging.ts";
import { CAMPAIGNS, CAMPAIGNS_MANAGE } from "../../src/contacts/permissions.ts";
import { MINUTE } from "../../src/platform/clock.ts";
import { parseInput } from "../../src/platform/input.ts";
import {
  ImportPage,
  type ImportPageProps,
  type ImportPlanValues,
} from "../../views/pages/contacts/import_page.tsx";
import { ImportsPage, NewImportLink, NewImportPage } from "../../views/pages/contacts/imports_page.tsx";
import { importText } from "../../views/pages/contacts/import_text.ts";
import { contactText } from "../../views/pages/contacts/text.ts";
import { formParts } from "../form_parts.ts";
import type { Fields, MemberEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { acceptBody, KILOBYTE } from "../middleware/body.ts";
import { done, form, type Page, page } from "../page.tsx";
import { problemText } from "../problem_text.ts";
import { wireErrors } from "../wire.ts";
import { listsOf } from "./contact_list.tsx";
import { MemberPages } from "./member_pages.ts";

const PATH = "/contacts/imports";
const FILE = acceptBody({
  kind: "files",
  maxFileBytes: MAX_FILE_BYTES,
  maxBytes: MAX_FILE_BYTES + 64 * KILOBYTE,
});
/** A running import without progress for so long may have lost its job. */
const SLOW = MINUTE;

const pages = new MemberPages();
export default pages;

pages.get(PATH, async (c) => {
  const ctx = c.get("member");
  const imports = await listImports(ctx);
  return await page(c, {
    title: textOf(c).title,
    actions: isEntitled(ctx, CAMPAIGNS) ? <NewImportLink /> : undefined,
    body: <ImportsPage imports={imports} now={ctx.services.clock.now()} />,
  });
});

pages.get(`${PATH}/new`, (c) => {
  const ctx = c.get("member");
  authorize(ctx, CAMPAIGNS_MANAGE);
  requireFeature(ctx, CAMPAIGNS);
  return page(c, uploadPage(c));
});

pages.post(PATH, FILE, async (c) => {
  const ctx = c.get("member");
  authorize(ctx, CAMPAIGNS_MANAGE); // before the file is read
  requireFeature(ctx, CAMPAIGNS);
  const { fields, file } = await readUpload(c);
  if (!file) return await page(c, { ...uploadPage(c, textOf(c).fileMissing), status: 422 });
  return await form(c, {
    fields,
    schema: z.object({}),
    submit: (_, { idFor }) => stageImport(ctx, file, idFor("contact import")),
    done: (id) => ({ to: `${PATH}/${id}` }),
    refusals: ["invalid", "conflict", "rate_limited"],
    refused: ({ errors, problem }) => uploadPage(c, errors.file ?? problem),
  });
});

pages.get(`${PATH}/:id`, async (c) => await page(c, await importPage(c, c.req.param("id"))));

pages.post(`${PATH}/:id`, async (c) => {
  const ctx = c.get("member");
  const { found } = await getImport(ctx, c.req.param("id"));
  return await form(c, {
    schema: z.looseObject({}),
    submit: async (_, { fields }) => {
      await planImport(ctx, found.id, parseInput(importPlan, planOf(fields, found.headings.length)));
      if (fields.then === "start") await startImport(ctx, found.id);
      return fields.then === "start";
    },
    done: (isStarted) => ({ to: `${PATH}/${found.id}`, flash: isStarted ? textOf(c).started : undefined }),
    refusals: ["invalid", "conflict"],
    refused: async ({ values, errors, problem }) =>
      await importPage(c, found.id, { values, errors: wireErrors(errors), problem }),
  });
});

pages.post(`${PATH}/:id/start`, (c) => {
  const ctx = c.get("member");
  const id = c.req.param("id");
  return form(c, {
    schema: z.object({}),
    submit: () => startImport(ctx, id),
    done: () => ({ to: `${PATH}/${id}`, flash: textOf(c).started }),
    refusals: ["invalid", "conflict"],
    refused: ({ errors, problem }) => importPage(c, id, { errors, problem }),
  });
});

pages.post(`${PATH}/:id/delete`, async (c) => {
  await deleteImport(c.get("member"), c.req.param("id"));
  return await done(c, { to: PATH, flash: textOf(c).discarded });
});

function uploadPage(c: Context<MemberEnv>, error?: string): Page {
  return { title: textOf(c).new, trail: trailOf(c), body: <NewImportPage error={error} /> };
}

/** With `refused`, the values and errors of the form that comes back. */
async function importPage(
  c: Context<MemberEnv>,
  id: string,
  refused: { values?: Fields; errors?: Record<string, string>; problem?: string } = {},
): Promise<Page> {
  const ctx = c.get("member");
  const [{ found, issues, sample }, lists] = await Promise.all([getImport(ctx, id), listsOf(ctx)]);
  const locale = localeOf(c);
  const stored: ImportPlanValues = {
    tags: found.tags.join(", "),
    list_id: found.listId ?? "",
    consent: found.consentGiven === "" ? undefined : "given",
    consent_given: found.consentGiven,
  };
  const columns = refused.values
    ? found.headings.map((_, index) => refused.values![`column_${index}`] ?? "ignore")
    : found.columns;
  const props: ImportPageProps = {
    found: { ...found, columns },
    issues: issues.map(({ problem, ...issue }) => ({
      ...issue,
      problem: problem && problemText(problem, locale),
    })),
    sample,
    lists,
    fieldKeys: found.headings.map(fieldKeyFor),
    isSlow: ctx.services.clock.now().getTime() - found.updatedAt.getTime() > SLOW,
    ...refused,
    values: refused.values ?? stored,
  };
  return {
    title: found.fileName,
    trail: trailOf(c),
    body: <ImportPage {...props} />,
    partial: <ImportPage {...props} />,
  };
}

async function readUpload(c: Context<MemberEnv>) {
  const fields: Fields = {};
  let file: { fileName: string; bytes: Uint8Array } | undefined;
  for await (const part of formParts(c)) {
    if (part.kind === "text") fields[part.name] = part.value;
    else if (part.name === "file") file = part;
  }
  return { fields, file };
}

function planOf(fields: Fields, columns: number) {
  return {
    columns: Array.from({ length: columns }, (_, index) => fields[`column_${index}`] ?? "ignore"),
    tags: tagsIn(fields.tags ?? ""),
    listId: fields.list_id || null,
    consent: fields.consent,
    consentGiven: fields.consent_given ?? "",
  };
}

function trailOf(c: Context<MemberEnv>) {
  return [{ label: contactText.of(localeOf(c)).title, href: "/contacts" }, {
    label: textOf(c).title,
    href: PATH,
  }];
}

function textOf(c: Context<MemberEnv>) {
  return importText.of(localeOf(c));
}
