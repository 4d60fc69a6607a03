import type { Context } from "hono";
import type { Child } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { z } from "zod";
import { DomainError, type ErrorKind, type FieldErrors, type FieldProblems, invalid } from "../src/errors.ts";
import { newFormKey } from "../src/platform/form_keys.ts";
import { fieldProblems } from "../src/platform/input.ts";
import type { LayoutProps } from "../views/layouts/layout.ts";
import { PageContext } from "../views/page.tsx";
import { type Flash, sendFlash, takeFlash } from "./flash.ts";
import { appLookOf } from "./app_icons.ts";
import { formKeyOf, idFromForm } from "./form_keys.ts";
import { type Fields, type HttpEnv, isPartial, nonceOf, readForm, redirect } from "./http.ts";
import { localeOf } from "./locale.ts";
import { confirmOfflineForm, offlineTagOf, requireFreshOfflineForm } from "./offline_forms.ts";
import { fieldTexts, problemText } from "./problem_text.ts";
import { parseWire } from "./wire.ts";

/** Fields whose values are never written back into a page. */
const PASSWORDS = new Set(["password", "current_password", "new_password", "step_up_password"]);

/** A component, or a function that creates it only when it is needed. */
type Content = Child | (() => Child | Promise<Child>);

export type Page = LayoutProps & {
  body: Content;
  /** The response to an htmx request for a part of this page. If absent, htmx gets the whole page. */
  partial?: Content;
  status?: ContentfulStatusCode;
};

/** Answers with a page in its mount's layout, or with the part that htmx requested. */
export async function page<Env extends HttpEnv>(
  c: Context<Env>,
  { body, partial, status, ...frame }: Page,
): Promise<Response> {
  if (partial !== undefined && isPartial(c)) return await fragment(c, partial, status);
  const Layout = c.get("layout");
  const flash = frame.flash ?? takeFlash(c);
  const content = await contentOf(body);
  return await fragment(c, <Layout {...frame} flash={flash}>{content}</Layout>, status);
}

/** Answers with a component only. htmx swaps it into the page. */
export async function fragment<Env extends HttpEnv>(
  c: Context<Env>,
  content: Content,
  status: ContentfulStatusCode = 200,
): Promise<Response> {
  const { config, clock } = c.get("services");
  const value = {
    nonce: nonceOf(c),
    locale: localeOf(c),
    theme: c.get("session")?.appearance.theme ?? "system",
    asset: c.get("asset"),
    apexUrl: config.appUrl.origin,
    path: c.req.path,
    formKey: newFormKey(clock.now()),
    app: appLookOf(c.get("tenant")),
    offlineTag: offlineTagOf(c),
  };
  const made = await contentOf(content);
  return await c.html(<PageContext.Provider value={value}>{made}</PageContext.Provider>, status);
}

/** The response to a change: a redirect to another page, with a message. */
export type Done = {
  to: string;
  flash?: string | Flash;
  /** The response to htmx instead: the parts of the open page that change. */
  partial?: Content;
};

export async function done<Env extends HttpEnv>(
  c: Context<Env>,
  { to, flash, partial }: Done,
): Promise<Response> {
  if (partial !== undefined && isPartial(c)) return await fragment(c, partial);
  if (flash) sendFlash(c, typeof flash === "string" ? { kind: "success", text: flash } : flash);
  return redirect(c, to);
}

export type Form<Schema extends z.ZodType, Result> = {
  schema: Schema;
  /** The fields, if the route has read them itself, as for a form with files. */
  fields?: Fields;
  submit: (input: z.output<Schema>, sent: SentForm) => Promise<Result>;
  done: (result: Result) => Done | Response | Promise<Done | Response>;
  /** The page with the form again and its errors. */
  refused: (form: RefusedForm) => Page | Response | Promise<Page | Response>;
  /** The kinds of errors that the person can fix in the form. */
  refusals?: ErrorKind[];
  /** If the schema refuses the form: what else is wrong with it, so that the form shows all errors at once. */
  alsoCheck?: (fields: Fields) => Promise<FieldProblems>;
  /** After a refusal, finds the result of an earlier submission of the same form, made at `renderedAt` or later. */
  findRepeated?: (input: z.output<Schema>, renderedAt: Date) => Promise<Result | null>;
};

export type SentForm = {
  fields: Fields;
  /** The id of the record that the form creates. A repeated form gets the same id; a form without a key gets undefined. */
  idFor(what: string): string | undefined;
};

/** `problem` is about the whole form; `errors` are about single fields. */
export type RefusedForm = { kind?: ErrorKind; values: Fields; errors: FieldErrors; problem?: string };

/**
 * Handles a form: parses its fields, makes the change, and redirects. If the person can fix the error in the form, shows the
 * form again with 422 (429 if they have to wait), its values and its errors. Any other error gets its error page.
 */
export async function form<Env extends HttpEnv, Schema extends z.ZodType, Result>(
  c: Context<Env>,
  form: Form<Schema, Result>,
): Promise<Response> {
  const fields = form.fields ?? await readForm(c);
  requireFreshOfflineForm(c, fields);
  const sent: SentForm = { fields, idFor: (what) => idFromForm(c, what, fields) };
  const made = await attempt(
    form.refusals,
    async () => await form.submit(await readFields(form, fields), sent),
  );
  const outcome = made.refusal ? await findRepeated(c, form, fields) ?? made : made;
  if (outcome.refusal) return await refuse(c, form, fields, outcome.refusal);
  confirmOfflineForm(c);
  const next = await form.done(outcome.value);
  return next instanceof Response ? next : await done(c, next);
}

async function readFields<Schema extends z.ZodType, Result>(
  { schema, alsoCheck }: Form<Schema, Result>,
  fields: Fields,
): Promise<z.output<Schema>> {
  const parsed = parseWire(schema, fields);
  if (parsed.success) return parsed.data;
  throw invalid({ ...await alsoCheck?.(fields), ...fieldProblems(parsed.error) });
}

export type Outcome<Result> = { refusal: DomainError } | { refusal: null; value: Result };

/** Returns an error of these kinds as the refusal, so that the caller makes its page outside of `catch`. */
export async function attempt<Result>(
  refusals: ErrorKind[] = ["invalid"],
  change: () => Promise<Result>,
): Promise<Outcome<Result>> {
  try {
    return { refusal: null, value: await change() };
  } catch (error) {
    if (error instanceof DomainError && refusals.includes(error.kind)) return { refusal: error };
    throw error;
  }
}

async function findRepeated<Env extends HttpEnv, Schema extends z.ZodType, Result>(
  c: Context<Env>,
  { schema, findRepeated }: Form<Schema, Result>,
  fields: Fields,
): Promise<Outcome<Result> | null> {
  const key = formKeyOf(c, fields);
  const input = parseWire(schema, fields);
  if (!findRepeated || !key || !input.success) return null;
  const value = await findRepeated(input.data, key.renderedAt);
  return value === null ? null : { refusal: null, value };
}

async function refuse<Env extends HttpEnv, Schema extends z.ZodType, Result>(
  c: Context<Env>,
  { refused }: Form<Schema, Result>,
  fields: Fields,
  refusal: DomainError,
): Promise<Response> {
  const locale = localeOf(c);
  const problem = refusal.kind === "invalid" ? undefined : problemText(refusal.problem, locale);
  const again = await refused({
    kind: refusal.kind,
    values: withoutPasswords(fields),
    errors: fieldTexts(refusal.fields, locale),
    problem,
  });
  if (refusal.retryAfter !== undefined) c.header("Retry-After", String(refusal.retryAfter));
  const status = refusal.kind === "rate_limited" ? 429 : 422;
  return again instanceof Response ? again : await page(c, { ...again, status });
}

/** A form's fields as they may be written back into a page. */
export function withoutPasswords(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !PASSWORDS.has(name)));
}

function contentOf(content: Content): Child | Promise<Child> {
  return typeof content === "function" ? content() : content;
}
