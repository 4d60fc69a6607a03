import type { Configuration, CustomFetch } from "openid-client";
import type { Config } from "../config.ts";
import { SECOND } from "../platform/clock.ts";
import { withDeadline } from "../platform/deadline.ts";
import { describeError, logOf } from "../platform/log.ts";
import { part } from "../ports.ts";
import { callbackPath, clientAt, type Provider } from "./oauth_providers.ts";
import {
  githubAccount,
  googleAccount,
  IncompleteAccount,
  microsoftAccount,
  type ProviderAccount,
} from "./provider_account.ts";

const TIME_LIMIT = 10 * SECOND;

const SCOPES: Record<Provider, string> = {
  google: "openid email profile",
  github: "read:user user:email",
  microsoft: "openid email profile",
};

/** The errors of RFC 6749, section 4.1.2.1, that are not about the request. */
const CANCELED = "access_denied";
const TROUBLE = ["server_error", "temporarily_unavailable"];
/** The codes of openid-client's errors about a request without an answer. */
const NO_ANSWER = ["OAUTH_TIMEOUT", "OAUTH_ABORT"];
const FAILED_STATUS = 500;

const log = logOf("security");

/** What ties a provider's answer to one browser: `state` (RFC 6749), the nonce (OpenID Connect) and the code verifier (RFC 7636). */
export type Ties = { state: string; nonce: string; codeVerifier: string };

/**
 * How a sign-in at a provider ended. `down`: the provider didn't answer in time, or answered with an error of its own. `refused`: the
 * answer doesn't hold up, or the provider rejected the code.
 */
export type ProviderAnswer =
  | { outcome: "account"; account: ProviderAccount }
  | { outcome: "canceled" | "down" | "refused" };

/** This process's clients at the providers. */
export const OAUTH_CLIENTS = part("OAuth clients", ({ config }) => new OAuthClients(config));

/** Loads the library, and what a provider publishes about itself, when somebody signs in there. */
export class OAuthClients {
  readonly #config: Config;
  readonly #timeLimit: number;
  readonly #fetch: CustomFetch | undefined;
  readonly #opened = new Map<Provider, Promise<Configuration>>();

  constructor(config: Config, options: { timeLimit?: number; fetch?: CustomFetch } = {}) {
    this.#config = config;
    this.#timeLimit = options.timeLimit ?? TIME_LIMIT;
    this.#fetch = options.fetch;
  }

  /** The address at the provider that asks the person to sign in. Null if the provider doesn't answer. */
  async addressOf(provider: Provider, { state, nonce, codeVerifier }: Ties): Promise<URL | null> {
    const { buildAuthorizationUrl, calculatePKCECodeChallenge } = await import("openid-client");
    try {
      const configuration = await withDeadline(this.#timeLimit, () => this.#open(provider));
      return buildAuthorizationUrl(configuration, {
        redirect_uri: `${this.#config.appUrl.origin}${callbackPath(provider)}`,
        scope: SCOPES[provider],
        state,
        code_challenge: await calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: "S256",
        prompt: "select_account",
        ...(provider === "github" ? {} : { nonce }),
      });
    } catch (error) {
      log.error("a provider can't be reached", { provider, ...describeError(error) });
      return null;
    }
  }

  /** Exchanges the code in `answer`, the query of the request to the callback, and reads the person's account. */
  async redeem(provider: Provider, answer: string, ties: Ties): Promise<ProviderAnswer> {
    try {
      const account = await withDeadline(this.#timeLimit, () => this.#readAccount(provider, answer, ties));
      return { outcome: "account", account };
    } catch (error) {
      const outcome = await outcomeOf(error);
      const level = { canceled: "info", down: "error", refused: "warn" } as const;
      log[level[outcome]]("signing in at a provider failed", { provider, outcome, ...describeError(error) });
      return { outcome };
    }
  }

  async #readAccount(provider: Provider, answer: string, ties: Ties): Promise<ProviderAccount> {
    const { authorizationCodeGrant } = await import("openid-client");
    const configuration = await this.#open(provider);
    // Not the address of the request: behind a proxy, it says http.
    const url = new URL(`${this.#config.appUrl.origin}${callbackPath(provider)}${answer}`);
    const isOidc = provider !== "github";
    const tokens = await authorizationCodeGrant(configuration, url, {
      expectedState: ties.state,
      pkceCodeVerifier: ties.codeVerifier,
      ...(isOidc ? { expectedNonce: ties.nonce, idTokenExpected: true } : {}),
    });
    if (provider === "github") return await this.#readGitHub(configuration, tokens.access_token);
    const claims = tokens.claims() ?? {};
    return provider === "google" ? googleAccount(claims) : microsoftAccount(claims);
  }

  async #readGitHub(configuration: Configuration, token: string): Promise<ProviderAccount> {
    const [user, emails] = await Promise.all(
      ["user", "user/emails"].map((path) => this.#callGitHub(configuration, token, path)),
    );
    return githubAccount(this.#config.githubUrl.origin, user, emails);
  }

  async #callGitHub(configuration: Configuration, token: string, path: string): Promise<unknown> {
    const { fetchProtectedResource } = await import("openid-client");
    const url = new URL(`${this.#config.githubApiUrl.href.replace(/\/$/, "")}/${path}`);
    const headers = new Headers({
      Accept: "application/vnd.github+json",
      "X-GitHub-Api-Version": "2022-11-28",
    });
    const response = await fetchProtectedResource(configuration, token, url, "GET", null, headers);
    const body = await response.text();
    if (!response.ok) throw new UnexpectedStatus(response.status);
    return JSON.parse(body);
  }

  /** A failure is not kept, so the next person tries again. */
  #open(provider: Provider): Promise<Configuration> {
    const known = this.#opened.get(provider);
    if (known) return known;
    const opening = provider === "github" ? this.#openGitHub() : this.#discover(provider);
    this.#opened.set(provider, opening);
    opening.catch(() => this.#opened.delete(provider));
    return opening;
  }

  async #discover(provider: "google" | "microsoft"): Promise<Configuration> {
    const { allowInsecureRequests, customFetch, discovery, enableNonRepudiationChecks } = await import(
      "openid-client"
    );
    const { id, secret } = clientAt(this.#config, provider)!;
    const issuer = provider === "google" ? this.#config.googleIssuer : this.#config.microsoftIssuer;
    const isLocal = issuer.protocol === "http:";
    return await discovery(issuer, id, secret, undefined, {
      execute: [enableNonRepudiationChecks, ...(isLocal ? [allowInsecureRequests] : [])],
      timeout: this.#timeLimit / SECOND,
      ...(this.#fetch ? { [customFetch]: this.#fetch } : {}),
    });
  }

  /** GitHub signs no ID tokens, so there is no signature to check. */
  async #openGitHub(): Promise<Configuration> {
    const { allowInsecureRequests, ClientSecretPost, Configuration } = await import("openid-client");
    const { id, secret } = clientAt(this.#config, "github")!;
    const root = `${this.#config.githubUrl.origin}/login/oauth`;
    const server = {
      issuer: root,
      authorization_endpoint: `${root}/authorize`,
      token_endpoint: `${root}/access_token`,
    };
    const configuration = new Configuration(server, id, undefined, ClientSecretPost(secret));
    configuration.timeout = this.#timeLimit / SECOND;
    if (this.#config.githubUrl.protocol === "http:") allowInsecureRequests(configuration);
    return configuration;
  }
}

/** An answer of GitHub's API that is no success. */
class UnexpectedStatus extends Error {
  constructor(readonly status: number) {
    super(`The provider answered ${status}.`);
  }
}

async function outcomeOf(error: unknown): Promise<"canceled" | "down" | "refused"> {
  const { AuthorizationResponseError } = await import("openid-client");
  if (error instanceof AuthorizationResponseError) {
    if (error.error === CANCELED) return "canceled";
    return TROUBLE.includes(error.error) ? "down" : "refused";
  }
  return error instanceof IncompleteAccount || !isTrouble(error) ? "refused" : "down";
}

/** Whether the provider failed, rather than rejected the sign-in. The library's own checks have a code. */
function isTrouble(error: unknown): boolean {
  const { status, code, cause } = error as { status?: unknown; code?: unknown; cause?: unknown };
  const answered = cause instanceof Response ? cause.status : status;
  if (typeof answered === "number") return answered >= FAILED_STATUS;
  return code === undefined || NO_ANSWER.includes(String(code));
}
