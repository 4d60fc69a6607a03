import { type Context, Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import {
  bindHandoff,
  type BrowserSecret,
  findHandoff,
  HANDOFF_PATH,
  redeemHandoff,
  sendOnward,
} from "../../src/identity/handoffs.ts";
import { getUserById } from "../../src/identity/users.ts";
import { MINUTE, SECOND } from "../../src/platform/clock.ts";
import { newToken, sha256 } from "../../src/platform/crypto.ts";
import { SwitchAccountPage } from "../../views/pages/sign_in/switch_account_page.tsx";
import { OnwardPage } from "../../views/pages/sign_in/onward_page.tsx";
import { signInText } from "../../views/pages/sign_in/text.ts";
import { type HttpEnv, readForm, redirect, systemContextOf, type TenantEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { hostCookie, signInBrowser } from "../middleware/session.ts";
import { done, page } from "../page.tsx";
import { safeNext } from "./redirects.ts";

const STATE_LIFETIME_SECONDS = 10 * MINUTE / SECOND;

/** Sign a browser in on a tenant's host if the same browser is signed in on the apex. Decision 006 lists the steps. */
export const handoffPages = new Hono<TenantEnv>();

/**
 * A browser opens this page twice. First it gets its secret and a redirect to prove that it is signed in. Then it returns and
 * is signed in here. HEAD requests, which link checkers send, do nothing.
 */
handoffPages.get(HANDOFF_PATH, async (c) => {
  if (c.req.method === "HEAD") return c.body(null);
  const ctx = systemContextOf(c);
  const token = c.req.query("token") ?? "";
  const [tenant, customDomain] = [c.get("tenant"), c.get("customDomain")];
  const onward = customDomain === null ? await sendOnward(ctx, tenant, token) : null;
  if (onward) return await goOnward(c, onward);
  const handoff = await findHandoff(ctx, tenant, customDomain, token);
  if (!handoff) return goToSignIn(c);
  if (!handoff.isBound) return c.redirect(handoff.proofUrl(keepState(c, token)), 303);
  const signedIn = c.get("session");
  if (!handoff.isBoundTo(stateOf(c, token))) return goToSignIn(c);
  if (!signedIn || signedIn.userId === handoff.userId) return await openSession(c, token);
  const { email } = await getUserById(ctx.control, handoff.userId);
  const body = <SwitchAccountPage current={signedIn.actor.email} next={email} token={token} />;
  return await page(c, { title: signInText.of(localeOf(c)).switchTitle, body });
});

/** Handles the person's choice to end someone else's session. */
handoffPages.post(HANDOFF_PATH, async (c) => {
  const { token = "" } = await readForm(c);
  return await openSession(c, token);
});

/** Proves on the handoff's source host that the handoff belongs to this browser. */
export async function proveHandoff(c: Context<HttpEnv>): Promise<Response> {
  if (c.req.method === "HEAD") return c.body(null);
  const session = c.get("session");
  const { token = "", state = "" } = c.req.query();
  const url = session && await bindHandoff(systemContextOf(c), session, token, state);
  return url ? c.redirect(url, 303) : goToSignIn(c);
}

async function openSession(c: Context<TenantEnv>, token: string): Promise<Response> {
  const handoff = { token, state: stateOf(c, token) };
  const redeemed = await redeemHandoff(
    systemContextOf(c),
    c.get("tenant"),
    c.get("customDomain"),
    handoff,
    c.get("device"),
  );
  if (!redeemed) return goToSignIn(c);
  await signInBrowser(c, redeemed.session);
  const { name, options } = stateCookie(c, token);
  deleteCookie(c, name, options);
  return await done(c, {
    to: safeNext(redeemed.next ?? undefined, "/dashboard"),
    flash: redeemed.welcome ? signInText.of(localeOf(c))[redeemed.welcome] : undefined,
  });
}

/**
 * Leads the browser to the primary domain by a page rather than a redirect. A browser may have come here by a form on the apex, whose
 * policy allows no redirect to a foreign host.
 */
function goOnward(c: Context<TenantEnv>, url: string): Promise<Response> {
  const { name } = c.get("tenant");
  c.header("Refresh", `0; url=${url}`);
  return page(c, {
    title: signInText.of(localeOf(c)).opening(name),
    body: <OnwardPage workspace={name} href={url} />,
  });
}

function goToSignIn<Env extends HttpEnv>(c: Context<Env>): Response {
  return redirect(c, "/login?notice=handoff");
}

/** Gives the browser its secret. A browser that already has one keeps it. */
function keepState(c: Context<TenantEnv>, token: string): string {
  const state = stateOf(c, token) ?? newToken();
  const { name, options } = stateCookie(c, token);
  setCookie(c, name, state, { ...options, maxAge: STATE_LIFETIME_SECONDS });
  return state;
}

function stateOf(c: Context<TenantEnv>, token: string): BrowserSecret {
  return getCookie(c, stateCookie(c, token).name) || null;
}

/** Each handoff has its own cookie, so that several tabs can open a workspace at once. */
function stateCookie(c: Context<TenantEnv>, token: string) {
  return hostCookie(c, `handoff_${sha256(token).slice(0, 16)}`);
}
