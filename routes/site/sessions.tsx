import { type Context, Hono } from "hono";
import { unauthenticated } from "../../src/errors.ts";
import { endAllSessions, endSignIn } from "../../src/identity/sessions.ts";
import { signInChecked } from "../../src/identity/second_step.ts";
import { authenticate, credentials } from "../../src/identity/sign_in.ts";
import type { User } from "../../src/identity/users.ts";
import { findWorkspace } from "../../src/tenancy/workspaces.ts";
import { SignInElsewherePage } from "../../views/pages/sign_in/onward_page.tsx";
import { SignInForm, type SignInFormProps, SignInPage } from "../../views/pages/sign_in/sign_in_page.tsx";
import { signInText } from "../../views/pages/sign_in/text.ts";
import type { Flash } from "../flash.ts";
import { type Fields, type HttpEnv, readForm, redirect, systemContextOf } from "../http.ts";
import { localeOf } from "../locale.ts";
import { ownMark } from "../logos.ts";
import { signInUrl } from "../middleware/custom_domain.ts";
import { browserMark, forgetSession, signInBrowser } from "../middleware/session.ts";
import { form, page } from "../page.tsx";
import { destinationOf } from "./destination.ts";
import { passkeyHref } from "./passkey_browser.ts";
import { providerLinks } from "./provider_links.ts";
import { safeNext } from "./redirects.ts";
import { SECOND_STEP_PATH, sendSecondStep, trustOf } from "./second_step_cookies.ts";

/** Sign in and sign out, on the apex and on a workspace's host. */
export const sessionPages = new Hono<HttpEnv>();

sessionPages.get("/login", (c) => {
  if (c.get("session")) return c.redirect(c.get("tenant") ? "/dashboard" : "/workspaces", 303);
  const { notice = "", next, email } = c.req.query();
  if (c.get("customDomain") !== null) return signInElsewhere(c);
  return page(c, {
    ...signInForm(c, { next, values: { email, remember: true } }),
    flash: noticeOf(c, notice),
  });
});

sessionPages.post("/login", (c) => {
  return form(c, {
    schema: credentials,
    submit: async (input, { fields }) => {
      const user = await authenticate(systemContextOf(c), input, browserMark(c));
      return await signIn(c, user, fields);
    },
    done: (to) => ({ to }),
    refusals: ["invalid", "unauthenticated", "rate_limited"],
    refused: ({ kind, values: { email, next, remember }, problem }) =>
      signInForm(c, {
        values: { email, remember: remember === "on" },
        next,
        problem: kind === "rate_limited" ? `${problem} ${textOf(c).byEmail}` : textOf(c).wrong,
      }),
  });
});

sessionPages.post("/logout", async (c) => {
  const { everywhere, next } = await readForm(c);
  const session = c.get("session");
  if (session && everywhere) await endAllSessions(systemContextOf(c), session.userId);
  else if (session) await endSignIn(systemContextOf(c), session);
  forgetSession(c);
  return redirect(c, safeNext(next, c.get("customDomain") === null ? "/login" : "/login?notice=signed_out"));
});

/** On a custom domain, the page only leads to the apex. */
function signInElsewhere(c: Context<HttpEnv>): Promise<Response> {
  const { name } = c.get("tenant")!;
  const { host } = c.get("services").config.appUrl;
  const body = <SignInElsewherePage workspace={name} host={host} href={signInUrl(c, undefined)} />;
  return page(c, { title: textOf(c).titleOf(name), body });
}

function textOf(c: Context<HttpEnv>) {
  return signInText.of(localeOf(c));
}

/** Why the person has to sign in. The address names the reason, because a cookie would not reach another host. */
function noticeOf(c: Context<HttpEnv>, notice: string): Flash | undefined {
  const { passwordSaved, openWorkspace, canceled } = textOf(c);
  if (notice === "password") return { kind: "success", text: passwordSaved };
  if (notice === "canceled") return { kind: "info", text: canceled };
  return notice === "handoff" ? { kind: "info", text: openWorkspace } : undefined;
}

function signInForm(c: Context<HttpEnv>, form: SignInFormProps) {
  const tenant = c.get("tenant");
  const text = textOf(c);
  const providers = providerLinks(c, { next: form.next });
  return {
    title: tenant ? text.titleOf(tenant.name) : text.title,
    description: tenant ? undefined : text.description,
    body: (
      <SignInPage
        workspace={tenant ? ownMark(tenant) : undefined}
        providers={providers}
        passkeyHref={passkeyHref(c, form)}
        {...form}
      />
    ),
    partial: <SignInForm {...form} offersPasskeys={!tenant} isDivided={providers.length === 0} />,
  };
}

/**
 * Signs in on the apex, or a member on the workspace's host. Returns the path to open, which asks people with a second factor for a
 * code. Throws `unauthenticated` for anyone else.
 */
async function signIn(c: Context<HttpEnv>, user: User, { next, remember }: Fields): Promise<string> {
  const ctx = systemContextOf(c);
  const tenant = c.get("tenant");
  if (tenant && !await findWorkspace(ctx, user, tenant.id)) throw unauthenticated();
  const checked = await signInChecked(ctx, user, {
    tenantId: tenant?.id ?? null,
    remember: remember === "on",
    device: c.get("device"),
    trust: trustOf(c),
    next: next ? safeNext(next, "") || null : null,
  });
  if (checked.next === "second_step") {
    sendSecondStep(c, checked.step);
    return SECOND_STEP_PATH;
  }
  await signInBrowser(c, checked.session);
  return await destinationOf(c, user, checked.session, next);
}
