import { type Context, Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { z } from "zod";
import { findInvitationOfLink } from "../../src/access/invitation_links.ts";
import { notFound } from "../../src/errors.ts";
import { connectIdentity, findConnection } from "../../src/identity/identity_management.ts";
import { findProvider, type Provider, PROVIDER_NAMES } from "../../src/identity/oauth_providers.ts";
import {
  destinationOf,
  type OAuthRequest,
  type OAuthWish,
  startOAuth,
} from "../../src/identity/oauth_requests.ts";
import { finishOAuth, type OAuthOutcome } from "../../src/identity/oauth_sign_in.ts";
import { MINUTE, SECOND } from "../../src/platform/clock.ts";
import { sha256 } from "../../src/platform/crypto.ts";
import { queryString } from "../../src/platform/query.ts";
import { tenantUrl } from "../../src/tenancy/tenant.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { ConnectPage } from "../../views/pages/oauth/connect_page.tsx";
import {
  ProviderProblemPage,
  type ProviderProblemProps,
} from "../../views/pages/oauth/provider_problem_page.tsx";
import { oauthText } from "../../views/pages/oauth/text.ts";
import { type HttpEnv, PAGE_NOT_FOUND, systemContextOf } from "../http.ts";
import { localeOf } from "../locale.ts";
import { hostCookie } from "../middleware/session.ts";
import { done, form, page } from "../page.tsx";
import { enter } from "./destination.ts";
import { forgetKeptIdentity, keptIdentityOf, sendKeptIdentity } from "./kept_identity_cookie.ts";
import { startPath } from "./provider_links.ts";
import { safeNext } from "./redirects.ts";
import { trustOf } from "./second_step_cookies.ts";

const CONNECT_PATH = "/auth/connect";
const SECURITY_PATH = "/account/security";
const COOKIE_SECONDS = 10 * MINUTE / SECOND;

/** Signing in at a provider such as Google. All of it happens on the apex, the only address that providers know. */
export const oauthPages = new Hono<HttpEnv>();

/** Asks the person whether to connect the account that they proved in this browser. */
oauthPages.get(CONNECT_PATH, async (c) => {
  const connection = await findConnection(systemContextOf(c), keptIdentityOf(c));
  if (!connection) return c.redirect(c.get("session") ? SECURITY_PATH : "/login", 303);
  const { account: { provider, email }, step, owner } = connection;
  const name = PROVIDER_NAMES[provider];
  const current = c.get("session")?.actor.email ?? "";
  const body = (
    <ConnectPage provider={name} account={email} {...{ step, owner, current }} path={CONNECT_PATH} />
  );
  return await page(c, { title: textOf(c).connectTitle(name), body, status: step === "switch" ? 409 : 200 });
});

oauthPages.post(CONNECT_PATH, (c) => {
  return form(c, {
    schema: z.object({}),
    submit: () => connectIdentity(systemContextOf(c), keptIdentityOf(c), c.get("device")),
    done: ({ provider, next }) => {
      forgetKeptIdentity(c);
      const flash = textOf(c).connected(PROVIDER_NAMES[provider]);
      return { to: safeNext(next ?? undefined, SECURITY_PATH), flash };
    },
    refusals: ["conflict"],
    refused: async ({ problem }) => {
      forgetKeptIdentity(c);
      const flash = { kind: "error" as const, text: problem! };
      return await done(c, { to: c.get("session") ? SECURITY_PATH : "/login", flash });
    },
  });
});

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
      return c.redirect(outcome.next === "connect" ? CONNECT_PATH : "/signup/oauth", 303);
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

const STATUS = {
  expired: 400,
  refused: 400,
  unverified: 403,
  taken: 409,
  other_address: 409,
  down: 503,
} as const;

type Came = { provider: Provider } & Partial<OAuthWish>;

/** Says what went wrong, and leads back or to another try. */
async function problemPage(
  c: Context<HttpEnv>,
  problem: ProviderProblemProps["problem"],
  came: Came,
  addresses: Pick<ProviderProblemProps, "address" | "invited"> = {},
): Promise<Response> {
  const props = {
    problem,
    provider: PROVIDER_NAMES[came.provider],
    ...addresses,
    retryHref: await retryPath(c, came),
    backHref: await wayBack(c, came),
  };
  const title = textOf(c).problems[problem].title(props.provider);
  return await page(c, { title, body: <ProviderProblemPage {...props} />, status: STATUS[problem] });
}

/** Someone who changes their mind at the provider is back where they were. */
async function goBack(c: Context<HttpEnv>, request: OAuthRequest): Promise<Response> {
  const flash = { kind: "info" as const, text: textOf(c).canceled(PROVIDER_NAMES[request.provider]) };
  const to = await wayBack(c, request);
  // A message doesn't reach another host, so the sign-in page of a workspace has it in its address.
  return request.tenantId ? c.redirect(to, 303) : await done(c, { to, flash });
}

async function wayBack(c: Context<HttpEnv>, came: Came): Promise<string> {
  const { purpose = "sign_in", tenantId, next } = came;
  const ctx = systemContextOf(c);
  if (came.invitationId) {
    return destinationOf(ctx, { tenantId: null, next: null, invitationId: came.invitationId })!;
  }
  if (purpose === "sign_up") return "/signup";
  const tenant = tenantId ? await ctx.services.use(TENANTS).findById(tenantId) : null;
  const origin = tenant ? tenantUrl(ctx.services.config.appUrl, tenant) : "";
  if (purpose === "connect") return origin + SECURITY_PATH;
  return `${origin}/login${queryString({ notice: tenant && "canceled", next })}`;
}

async function retryPath(
  c: Context<HttpEnv>,
  { provider, purpose, tenantId, invitationId, next }: Came,
): Promise<string> {
  const ctx = systemContextOf(c);
  const tenant = tenantId ? await ctx.services.use(TENANTS).findById(tenantId) : null;
  const link = invitationId && destinationOf(ctx, { tenantId: null, next: null, invitationId });
  return startPath(provider, {
    purpose: purpose === "sign_in" || purpose === "invitation" ? undefined : purpose,
    workspace: tenant?.subdomain,
    invitation: link ? link.split("/").at(-1) : undefined,
    next: next ?? undefined,
  });
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

function textOf(c: Context<HttpEnv>) {
  return oauthText.of(localeOf(c));
}
