import type { Config } from "../config.ts";

/** The providers that people can sign in with, in the order of their buttons. */
export const PROVIDERS = ["google", "github", "microsoft"] as const;
export type Provider = typeof PROVIDERS[number];

/** How each provider writes its own name. */
export const PROVIDER_NAMES: Record<Provider, string> = {
  google: "Google",
  github: "GitHub",
  microsoft: "Microsoft",
};

/** The client that a provider knows the installation as. */
export type Client = { id: string; secret: string };

/** The installation's client at a provider. Null if the operator hasn't set it up. */
export function clientAt(config: Config, provider: Provider): Client | null {
  const { id, secret } = {
    google: { id: config.googleClientId, secret: config.googleClientSecret },
    github: { id: config.githubClientId, secret: config.githubClientSecret },
    microsoft: { id: config.microsoftClientId, secret: config.microsoftClientSecret },
  }[provider];
  return id && secret ? { id, secret } : null;
}

/** The providers that the operator has set up. */
export function availableProviders(config: Config): Provider[] {
  return PROVIDERS.filter((provider) => clientAt(config, provider) !== null);
}

/** The available provider with this name, as in a path. */
export function findProvider(config: Config, name: string): Provider | null {
  return availableProviders(config).find((provider) => provider === name) ?? null;
}

/** The path to which a provider sends people back. Operators enter its address at the provider. */
export function callbackPath(provider: Provider): string {
  return `/auth/${provider}/callback`;
}
