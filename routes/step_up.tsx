import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { DomainError, type ErrorKind, type FieldErrors } from "../src/errors.ts";
import { reauthenticateByPasskey } from "../src/identity/passkeys.ts";
import { emailStepUp, findStepUpWay, proof, reauthenticate, textStepUp } from "../src/identity/step_up.ts";
import { parseInput } from "../src/platform/input.ts";
import { SiteLayout } from "../views/layouts/site_layout.tsx";
import { StepUpPage } from "../views/pages/step_up/step_up_page.tsx";
import { stepUpText } from "../views/pages/step_up/text.ts";
import { type Fields, type HttpEnv, isPartial, readForm, redirect, systemContextOf } from "./http.ts";
import { localeOf } from "./locale.ts";
import { replaceSession } from "./middleware/session.ts";
import { fragment, page, withoutPasswords } from "./page.tsx";
import { fieldTexts, problemText } from "./problem_text.ts";
import { passkeyBrowserOf, passkeyHref } from "./site/passkey_browser.ts";
import { safeNext, senderOf } from "./site/redirects.ts";

/** The page that only asks, for a request without a form. */
export const STEP_UP_PATH = "/reauthenticate";

const FORM = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;
const FIELD = /^step_up/;
const REFUSALS: ErrorKind[] = ["invalid", "unauthenticated", "rate_limited"];

/**
 * Checks the proof in a form that a person sends from the page below, before the form's own route handles its other fields. So a
 * change that needs a proof and the proof itself arrive together. Nobody proves anything on a custom domain.
 */
export const confirmIdentity = createMiddleware<HttpEnv>(async (c, next) => {
  const mayProve = c.get("session") && c.get("customDomain") === null;
  if (c.req.method !== "POST" || !mayProve || !FORM.test(c.req.header("Content-Type") ?? "")) {
    return await next();
  }
  const fields = await readForm(c);
  const { step_up, step_up_password: password, step_up_code: code, step_up_passkey: passkey = "" } = fields;
  const { step_up_phone: factorId } = fields;
  if (step_up === undefined && factorId === undefined) return await next();
  const ctx = systemContextOf(c);
  if (step_up === "email") {
    await emailStepUp(ctx);
    return await stepUpPage(c);
  }
  if (factorId !== undefined) {
    const refusal = await refusalOf(() => textStepUp(ctx, { factorId }));
    return await stepUpPage(c, refusal ?? undefined);
  }
  const refusal = await refusalOf(() =>
    step_up === "passkey"
      ? reauthenticateByPasskey(ctx, passkeyBrowserOf(c), passkey)
      : reauthenticate(ctx, parseInput(proof, { password, code }))
  );
  if (refusal) return await stepUpPage(c, refusal);
  await replaceSession(c);
  await next();
});

/** The error that the person can fix, if there is one. */
async function refusalOf(prove: () => Promise<void>): Promise<DomainError | null> {
  try {
    await prove();
    return null;
  } catch (error) {
    if (error instanceof DomainError && REFUSALS.includes(error.kind)) return error;
    throw error;
  }
}

/**
 * Asks the person to prove who they are. The form on the page repeats the request with the proof. For htmx, it takes the place of the
 * page's content, unless the person has a passkey, which needs a page with its script.
 */
export async function stepUpPage<Env extends HttpEnv>(
  c: Context<Env>,
  refusal?: DomainError,
): Promise<Response> {
  if (c.get("layout") === SiteLayout) await c.get("mount")?.frame?.(c as unknown as Context<HttpEnv>);
  const { pathname, search } = new URL(c.req.url);
  const sent = c.req.method === "POST" ? await readAll(c) : { next: c.req.query("next") ?? "/" };
  const fields = keptFields(sent);
  const way = await findStepUpWay(systemContextOf(c));
  if (isPartial(c) && way.by === "code" && way.hasPasskey) {
    return redirect(c, `${STEP_UP_PATH}?${new URLSearchParams({ next: senderOf(c) })}`);
  }
  const locale = localeOf(c);
  const title = stepUpText.of(locale).title;
  const errors: FieldErrors = refusal ? fieldTexts(refusal.fields, locale) : {};
  const body = (
    <StepUpPage
      way={way}
      passkeyHref={passkeyHref(c, {
        next: fields.next ?? senderOf(c),
        remember: c.get("session")?.remember,
      })}
      action={c.req.method === "POST" ? safeNext(pathname + search, "/") : STEP_UP_PATH}
      fields={fields}
      email={c.get("session")?.actor.email ?? ""}
      errors={errors}
      problem={refusal && refusal.kind !== "invalid" ? problemText(refusal.problem, locale) : undefined}
      isTitled={!isPartial(c) && c.get("layout").isTitled}
      losesPassword={hasPassword(sent)}
    />
  );
  if (isPartial(c)) {
    c.header("HX-Retarget", "#main");
    c.header("HX-Reswap", "innerHTML show:window:top");
    return await fragment(c, body);
  }
  return await page(c, { title, body, status: refusal ? 422 : c.req.method === "POST" ? 403 : 200 });
}

/** The fields of a form. Values of the same name, such as checked boxes, become one, with spaces between them. */
async function readAll<Env extends HttpEnv>(c: Context<Env>): Promise<Fields> {
  const form = await c.req.parseBody({ all: true });
  return Object.fromEntries(
    Object.entries(form).map(([name, value]) => [name, [value].flat().filter(isText).join(" ")]),
  );
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** Passwords aren't written into a page, so the person types them again. */
function hasPassword(fields: Fields): boolean {
  const kept = keptFields(fields);
  return Object.keys(fields).some((name) => !FIELD.test(name) && !(name in kept));
}

function keptFields(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(withoutPasswords(fields)).filter(([name]) => !FIELD.test(name)));
}
