import { Hono } from "hono";
import { DomainError, unauthenticated } from "../../src/errors.ts";
import { createHandoff } from "../../src/identity/handoffs.ts";
import { endAllSessions, endSignIn } from "../../src/identity/sessions.ts";
import { authenticate, credentials, startCheckedSession } from "../../src/identity/sign_in.ts";
import { parseInput } from "../../src/platform/input.ts";
import { findOnlyWorkspace, findWorkspace } from "../../src/tenancy/workspaces.ts";
import { SignInForm, SignInPage } from "../../views/pages/sign_in_page.tsx";
import { type AppContext, type AppEnv, isPartial, readForm, redirect, systemContextOf } from "../http.ts";
import { forgetSession, signInBrowser } from "../middleware/session.ts";
import { type Flash, takeFlash } from "../flash.ts";
import { render } from "../render.tsx";
import { handoffPages } from "./handoffs.tsx";
import { safeNext } from "./redirects.ts";

const NOTICES: Record<string, Flash> = {
  password: { kind: "success", text: "Your password is set. Sign in with it." },
  handoff: { kind: "info", text: "Sign in to open your workspace." },
};

export const sessionPages = new Hono<AppEnv>();

sessionPages.route("/", handoffPages);

sessionPages.get("/login", (c) => {
  if (c.get("session")) return c.redirect(c.get("tenant") ? "/dashboard" : "/workspaces", 303);
  const notice = NOTICES[c.req.query("notice") ?? ""] ?? takeFlash(c);
  return render(
    c,
    <SignInPage
      tenant={c.get("tenant") ?? undefined}
      flash={notice}
      next={c.req.query("next")}
      values={{ remember: true }}
    />,
  );
});

sessionPages.post("/login", async (c) => {
  const form = await readForm(c);
  try {
    return redirect(c, await signIn(c, form));
  } catch (error) {
    if (!(error instanceof DomainError) || !["unauthenticated", "invalid"].includes(error.kind)) throw error;
    const problem = "The email address or the password is wrong.";
    const props = {
      values: { email: form.email, remember: form.remember === "on" },
      next: form.next,
      problem,
    };
    return render(
      c,
      isPartial(c)
        ? <SignInForm {...props} />
        : <SignInPage tenant={c.get("tenant") ?? undefined} {...props} />,
      422,
    );
  }
});

sessionPages.post("/logout", async (c) => {
  const { everywhere } = await readForm(c);
  const session = c.get("session");
  if (session && everywhere) await endAllSessions(systemContextOf(c), session.actor.id);
  else if (session) await endSignIn(systemContextOf(c), session);
  forgetSession(c);
  return redirect(c, "/login");
});

/** Signs in on this host. Returns where to go. Throws `unauthenticated`, also for someone who is no member here. */
async function signIn(c: AppContext, form: Record<string, string>): Promise<string> {
  const ctx = systemContextOf(c);
  const user = await authenticate(ctx, parseInput(credentials, form));
  const remember = form.remember === "on";
  const tenant = c.get("tenant");
  if (tenant && !await findWorkspace(ctx, user, tenant.id)) throw unauthenticated();
  const session = await startCheckedSession(ctx, user, {
    tenantId: tenant?.id ?? null,
    remember,
    device: c.get("device"),
  });
  await signInBrowser(c, session);
  if (tenant) return safeNext(form.next, "/dashboard");

  const only = form.next ? null : await findOnlyWorkspace(ctx, user);
  if (!only) return safeNext(form.next, "/workspaces");
  const { signInId } = session;
  return await createHandoff(ctx, only, { userId: user.id, signInId, remember, welcome: false });
}
