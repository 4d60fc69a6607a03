import { type Context, Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { findInvitationOfLink } from "../../src/access/invitation_links.ts";
import { notFound } from "../../src/errors.ts";
import { findProvider, type Provider } from "../../src/identity/oauth_providers.ts";
import { type OAuthWish, startOAuth } from "../../src/identity/oauth_requests.ts";
import { finishOAuth, type OAuthOutcome } from "../../src/identity/oauth_sign_in.ts";
import { MINUTE, SECOND } from "../../src/platform/clock.ts";
import { sha256 } from "../../src/platform/crypto.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { type HttpEnv, PAGE_NOT_FOUND, systemContextOf } from "../http.ts";
import { hostCookie } from "../middleware/session.ts";
import { done } from "../page.tsx";
import { enter } from "./destination.ts";
import { CONNECT_PATH } from "./identity_connection.tsx";
import { sendKeptIdentity } from "./kept_identity_cookie.ts";
import { SIGN_UP_PATH } from "./oauth_sign_up.tsx";
import { goBack, problemPage } from "./provider_problems.tsx";
import { safeNext } from "./redirects.ts";
import { trustOf } from "./second_step_cookies.ts";

const COOKIE_SECONDS = 10 * MINUTE / SECOND;

/** Signing in at a provider such as Google. All of it happens on the apex, the only address that providers know. */
export const oauthPages = new Hono<HttpEnv>();

/** A link leads here, because our pages' forms may not lead to other sites. HEAD requests start nothing. */
oauthPages.get("/auth/:provider", async (c) => {
  const provider = providerOf(c);
  if (c.req.method === "HEAD") return c.body(null);
  const { invitation } = c.req.query();
  const wish = await wishOf(c);
  if (invitation && !wish.invitationId) {
    return c.redirect(`/invitations/${encodeURIComponent(invitation)}`, 303);
  }
  const started = await startOAuth(systemContextOf(c), provider, wish);
  if (!started) return await problemPage(c, "down", { ...wish, provider });
  const { name, options } = stateCookie(c, started.state);
  setCookie(c, name, started.secret, { ...options, maxAge: COOKIE_SECONDS });
  return c.redirect(started.url.href, 302);
});

/** The provider sends the browser back to this page. */
oauthPages.get("/auth/:provider/callback", async (c) => {
  const provider = providerOf(c);
  if (c.req.method === "HEAD") return c.body(null);
  const { state = "" } = c.req.query();
  const { name, options } = stateCookie(c, state);
  const secret = getCookie(c, name) ?? "";
  const outcome = await finishOAuth(systemContextOf(c), provider, {
    state,
    secret,
    answer: new URL(c.req.url).search,
    trust: trustOf(c),
    device: c.get("device"),
  });
  if (outcome.next !== "expired") deleteCookie(c, name, options);
  return await goOn(c, provider, outcome);
});

async function goOn(c: Context<HttpEnv>, provider: Provider, outcome: OAuthOutcome): Promise<Response> {
  switch (outcome.next) {
    case "signed_in":
    case "second_step":
      return await done(c, await enter(c, outcome));
    case "connect":
    case "sign_up":
      sendKeptIdentity(c, outcome.kept);
      return c.redirect(outcome.next === "connect" ? CONNECT_PATH : SIGN_UP_PATH, 303);
    case "join":
      if (outcome.kept) sendKeptIdentity(c, outcome.kept);
      return c.redirect(outcome.destination, 303);
    case "canceled":
      return await goBack(c, outcome.request);
    case "expired":
      return await problemPage(c, "expired", { provider });
    case "other_address": {
      const { request, address, invited } = outcome;
      return await problemPage(c, "other_address", request, { address, invited });
    }
    default:
      return await problemPage(c, outcome.next, outcome.request);
  }
}

function providerOf(c: Context<HttpEnv, "/auth/:provider">): Provider {
  const provider = findProvider(c.get("services").config, c.req.param("provider"));
  if (!provider) throw notFound(PAGE_NOT_FOUND);
  return provider;
}

/** What the link says about where the browser comes from. */
async function wishOf(c: Context<HttpEnv>): Promise<OAuthWish> {
  const { purpose, workspace, invitation, next } = c.req.query();
  const ctx = systemContextOf(c);
  const tenant = workspace ? await ctx.services.use(TENANTS).findBySubdomain(workspace) : null;
  const invited = invitation ? await findInvitationOfLink(ctx, ctx.control, invitation) : null;
  const other = purpose === "sign_up" || purpose === "connect" ? purpose : "sign_in";
  return {
    purpose: invited ? "invitation" : other,
    tenantId: tenant?.id ?? null,
    invitationId: invited?.id ?? null,
    next: safeNext(next, "") || null,
  };
}

/** Each sign-in has its own cookie, so that several tabs can sign in at once. */
function stateCookie(c: Context<HttpEnv>, state: string) {
  return hostCookie(c, `oauth_${sha256(state).slice(0, 16)}`);
}
