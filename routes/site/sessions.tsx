import { type Context, Hono } from "hono";
import { unauthenticated } from "../../src/errors.ts";
import { createHandoff } from "../../src/identity/handoffs.ts";
import { endAllSessions, endSignIn } from "../../src/identity/sessions.ts";
import { authenticate, credentials, startCheckedSession } from "../../src/identity/sign_in.ts";
import type { User } from "../../src/identity/users.ts";
import { findOnlyWorkspace, findWorkspace } from "../../src/tenancy/workspaces.ts";
import { SignInForm, type SignInFormProps, SignInPage } from "../../views/pages/sign_in/sign_in_page.tsx";
import { signInText } from "../../views/pages/sign_in/text.ts";
import type { Flash } from "../flash.ts";
import { type Fields, type HttpEnv, readForm, redirect, systemContextOf } from "../http.ts";
import { localeOf } from "../locale.ts";
import { ownMark } from "../logos.ts";
import { browserMark, forgetSession, signInBrowser } from "../middleware/session.ts";
import { form, page } from "../page.tsx";
import { safeNext } from "./redirects.ts";

/** Sign in and sign out, on the apex and on a workspace's host. */
export const sessionPages = new Hono<HttpEnv>();

sessionPages.get("/login", (c) => {
  if (c.get("session")) return c.redirect(c.get("tenant") ? "/dashboard" : "/workspaces", 303);
  const { notice = "", next } = c.req.query();
  return page(c, { ...signInForm(c, { next, values: { remember: true } }), flash: noticeOf(c, notice) });
});

sessionPages.post("/login", (c) => {
  return form(c, {
    schema: credentials,
    submit: async (input, { fields }) => {
      const user = await authenticate(systemContextOf(c), input, browserMark(c));
      return c.get("tenant") ? await signInToWorkspace(c, user, fields) : await signIn(c, user, fields);
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
  if (session && everywhere) await endAllSessions(systemContextOf(c), session.actor.id);
  else if (session) await endSignIn(systemContextOf(c), session);
  forgetSession(c);
  return redirect(c, safeNext(next, "/login"));
});

function textOf(c: Context<HttpEnv>) {
  return signInText.of(localeOf(c));
}

/** Why the person has to sign in. The address names the reason, because a cookie would not reach another host. */
function noticeOf(c: Context<HttpEnv>, notice: string): Flash | undefined {
  const { passwordSaved, openWorkspace } = textOf(c);
  if (notice === "password") return { kind: "success", text: passwordSaved };
  return notice === "handoff" ? { kind: "info", text: openWorkspace } : undefined;
}

function signInForm(c: Context<HttpEnv>, form: SignInFormProps) {
  const tenant = c.get("tenant");
  const text = textOf(c);
  return {
    title: tenant ? text.titleOf(tenant.name) : text.title,
    description: tenant ? undefined : text.description,
    body: <SignInPage workspace={tenant ? ownMark(tenant) : undefined} {...form} />,
    partial: <SignInForm {...form} />,
  };
}

/** Signs in on the apex. Returns the path to open: `next`, or the person's only workspace, if they have exactly one. */
async function signIn(c: Context<HttpEnv>, user: User, { next, remember }: Fields): Promise<string> {
  const ctx = systemContextOf(c);
  const isRemembered = remember === "on";
  const { signInId } = await startSession(c, user, isRemembered);
  const only = next ? null : await findOnlyWorkspace(ctx, user);
  if (!only) return safeNext(next, "/workspaces");
  return await createHandoff(ctx, only, {
    userId: user.id,
    signInId,
    remember: isRemembered,
    welcome: null,
  });
}

/** Signs a member in on the workspace's host. Returns the path to open. Throws `unauthenticated` for anyone else. */
async function signInToWorkspace(
  c: Context<HttpEnv>,
  user: User,
  { next, remember }: Fields,
): Promise<string> {
  const tenant = c.get("tenant");
  if (!tenant || !await findWorkspace(systemContextOf(c), user, tenant.id)) throw unauthenticated();
  await startSession(c, user, remember === "on");
  return safeNext(next, "/dashboard");
}

async function startSession(c: Context<HttpEnv>, user: User, remember: boolean) {
  const session = await startCheckedSession(systemContextOf(c), user, {
    tenantId: c.get("tenant")?.id ?? null,
    remember,
    device: c.get("device"),
  });
  await signInBrowser(c, session);
  return session;
}
