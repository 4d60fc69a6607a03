import type { Context } from "hono";
import { type Provider, PROVIDER_NAMES } from "../../src/identity/oauth_providers.ts";
import { destinationOf, type OAuthRequest, type OAuthWish } from "../../src/identity/oauth_requests.ts";
import { queryString } from "../../src/platform/query.ts";
import { tenantUrl } from "../../src/tenancy/tenant.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import {
  ProviderProblemPage,
  type ProviderProblemProps,
} from "../../views/pages/oauth/provider_problem_page.tsx";
import { oauthText } from "../../views/pages/oauth/text.ts";
import { type HttpEnv, systemContextOf } from "../http.ts";
import { localeOf } from "../locale.ts";
import { done, page } from "../page.tsx";
import { startPath } from "./provider_links.ts";

const STATUS = {
  expired: 400,
  refused: 400,
  unverified: 403,
  taken: 409,
  other_address: 409,
  down: 503,
} as const;

/** Where a browser came from, as far as we know. */
type Came = { provider: Provider } & Partial<OAuthWish>;

/** Says what went wrong, and leads back or to another try. */
export async function problemPage(
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
export async function goBack(c: Context<HttpEnv>, request: OAuthRequest): Promise<Response> {
  const flash = { kind: "info" as const, text: textOf(c).canceled(PROVIDER_NAMES[request.provider]) };
  // A message doesn't reach another host, so the sign-in page of a workspace has it in its address.
  if (request.tenantId) return c.redirect(await wayBack(c, request, "canceled"), 303);
  return await done(c, { to: await wayBack(c, request), flash });
}

async function wayBack(c: Context<HttpEnv>, came: Came, notice?: "canceled"): Promise<string> {
  const { purpose = "sign_in", tenantId, next } = came;
  const ctx = systemContextOf(c);
  if (came.invitationId) {
    return destinationOf(ctx, { tenantId: null, next: null, invitationId: came.invitationId })!;
  }
  if (purpose === "sign_up") return "/signup";
  const tenant = tenantId ? await ctx.services.use(TENANTS).findById(tenantId) : null;
  const origin = tenant ? tenantUrl(ctx.services.config.appUrl, tenant) : "";
  if (purpose === "connect") return `${origin}/account/security`;
  return `${origin}/login${queryString({ notice, next })}`;
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

function textOf(c: Context<HttpEnv>) {
  return oauthText.of(localeOf(c));
}
