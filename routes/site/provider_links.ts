import type { Context } from "hono";
import type { OAuthWish } from "../../src/identity/oauth_requests.ts";
import { availableProviders, type Provider, PROVIDER_NAMES } from "../../src/identity/oauth_providers.ts";
import { queryString } from "../../src/platform/query.ts";
import type { ProviderLink } from "../../views/components/provider_buttons.tsx";
import type { HttpEnv } from "../http.ts";

/** What a link to a provider says about where the browser comes from. `next` is a path on the host that shows the link. */
type From = { purpose?: OAuthWish["purpose"]; workspace?: string; invitation?: string; next?: string };

/** A link to each provider that the operator has set up. They start on the apex, because providers know only its address. */
export function providerLinks<Env extends HttpEnv>(c: Context<Env>, from: From): ProviderLink[] {
  const { config } = c.get("services");
  const tenant = c.get("tenant");
  const origin = tenant ? config.appUrl.origin : "";
  return availableProviders(config).map((provider) => ({
    provider,
    name: PROVIDER_NAMES[provider],
    href: origin + startPath(provider, { ...from, workspace: tenant?.subdomain ?? from.workspace }),
  }));
}

/** The path that leads to a provider. It is a link, because our pages' forms may not lead to other sites. */
export function startPath(provider: Provider, from: From): string {
  return `/auth/${provider}${queryString(from)}`;
}
