import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { Hono } from "hono";
import { DomainError } from "../../src/errors.ts";
import {
  bindHandoff,
  type BrowserSecret,
  findHandoff,
  HANDOFF_PATH,
  HANDOFF_PROOF_PATH,
  redeemHandoff,
} from "../../src/identity/handoffs.ts";
import { getUserById } from "../../src/identity/users.ts";
import { MINUTE, SECOND } from "../../src/platform/clock.ts";
import { newToken, sha256 } from "../../src/platform/crypto.ts";
import { SwitchAccountPage } from "../../views/pages/switch_account_page.tsx";
import { sendFlash } from "../flash.ts";
import { type AppContext, type AppEnv, hostTenant, readForm, redirect, systemContextOf } from "../http.ts";
import { hostCookie, signInBrowser } from "../middleware/session.ts";
import { render } from "../render.tsx";

const STATE_LIFETIME_SECONDS = 10 * MINUTE / SECOND;

/** Signs in, on a tenant's host, the browser that is signed in on the apex, and no other. Decision 006 has the steps. */
export const handoffPages = new Hono<AppEnv>();

/**
 * A browser comes here twice: first it gets its secret and is sent on to prove that it is signed in, then it comes back and is
 * signed in here. HEAD, which link checkers send, does neither.
 */
handoffPages.get(HANDOFF_PATH, async (c) => {
  if (c.req.method === "HEAD") return c.body(null);
  const ctx = systemContextOf(c);
  const token = c.req.query("token") ?? "";
  const handoff = await findHandoff(ctx, hostTenant(c), token);
  if (!handoff) return goToSignIn(c);
  if (!handoff.isBound) return c.redirect(handoff.proofUrl(keepState(c, token)), 303);
  const signedIn = c.get("session")?.actor;
  if (!handoff.isBoundTo(stateOf(c, token))) return goToSignIn(c);
  if (!signedIn || signedIn.id === handoff.userId) return await openSession(c, token);
  const { email } = await getUserById(ctx.control, handoff.userId);
  return render(c, <SwitchAccountPage current={signedIn.email} next={email} token={token} />);
});

/** After the question whether someone else's session should end. */
handoffPages.post(HANDOFF_PATH, async (c) => {
  const { token = "" } = await readForm(c);
  return await openSession(c, token);
});

handoffPages.get(HANDOFF_PROOF_PATH, async (c) => {
  if (c.req.method === "HEAD") return c.body(null);
  const session = c.get("session");
  const { token = "", state = "" } = c.req.query();
  const url = session && await bindHandoff(systemContextOf(c), session, token, state);
  return url ? c.redirect(url, 303) : goToSignIn(c);
});

async function openSession(c: AppContext, token: string): Promise<Response> {
  const handoff = { token, state: stateOf(c, token) };
  try {
    const { session, welcome } = await redeemHandoff(
      systemContextOf(c),
      hostTenant(c),
      handoff,
      c.get("device"),
    );
    await signInBrowser(c, session);
    const { name, options } = stateCookie(c, token);
    deleteCookie(c, name, options);
    if (welcome) sendFlash(c, { kind: "success", text: "Your workspace is ready. Welcome!" });
    return redirect(c, "/dashboard");
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind !== "unauthenticated") throw error;
    return goToSignIn(c);
  }
}

function goToSignIn(c: AppContext): Response {
  return redirect(c, "/login?notice=handoff");
}

/** Gives the browser its secret. One that has it already keeps it. */
function keepState(c: AppContext, token: string): string {
  const state = stateOf(c, token) ?? newToken();
  const { name, options } = stateCookie(c, token);
  setCookie(c, name, state, { ...options, maxAge: STATE_LIFETIME_SECONDS });
  return state;
}

function stateOf(c: AppContext, token: string): BrowserSecret {
  return getCookie(c, stateCookie(c, token).name) || null;
}

/** Each handoff has a cookie of its own, so that several tabs can open a workspace at once. */
function stateCookie(c: AppContext, token: string) {
  return hostCookie(c, `handoff_${sha256(token).slice(0, 16)}`);
}
