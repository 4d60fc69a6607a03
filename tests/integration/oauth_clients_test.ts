import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Provider, { interactionPolicy } from "oidc-provider";
import { parseConfig } from "../../src/config.ts";
import { OAuthClients } from "../../src/identity/oauth_clients.ts";
import { tiesOf } from "../../src/identity/oauth_requests.ts";
import { consent, GitHub, OidcProvider } from "../support/providers.ts";

/** Protects: our clients work with a strict provider, with Microsoft's own issuers, and with providers that fail in every way. */

const ORIGIN = "https://app.example";
const MICROSOFT = "https://login.microsoftonline.com";
const TIES = tiesOf("the state of this sign-in, in 43 characters.", "the secret of this browser");

Deno.test("a provider that insists on PKCE and registered addresses signs a person in", async () => {
  await using google = await StrictProvider.open();
  const clients = clientsWith(google.variables);

  const address = (await clients.addressOf("google", TIES))!;
  const answer = await google.signIn(address);
  const signedIn = await clients.redeem("google", answer.search, TIES);
  const replayed = await clients.redeem("google", answer.search, TIES);
  const again = await google.signIn((await clients.addressOf("google", TIES))!);
  const withoutVerifier = await clients.redeem("google", again.search, {
    ...TIES,
    codeVerifier: "x".repeat(43),
  });

  assert.deepEqual(signedIn, {
    outcome: "account",
    account: {
      provider: "google",
      issuer: google.issuer,
      subject: "ada",
      email: "ada@corp.example",
      name: "Ada",
    },
  });
  assert.deepEqual([replayed.outcome, withoutVerifier.outcome], ["refused", "refused"]);
});

Deno.test("Microsoft's common issuer stands for the issuer of each directory, and for no other", async () => {
  await using microsoft = await OidcProvider.open();
  const directory = "9122040d-6c67-4c5b-b112-36a304b66dad";
  const issuerOf = (tid: string) => `${MICROSOFT}/${tid}/v2.0`;
  const clients = clientsWith(
    { MICROSOFT_CLIENT_ID: "denizen", MICROSOFT_CLIENT_SECRET: "secret" },
    { fetch: (url, init) => microsoftAt(microsoft, url, init as RequestInit) },
  );
  const signIn = async (claims: Record<string, unknown>) => {
    microsoft.claims = { tid: directory, oid: "1", ...claims };
    const address = new URL((await clients.addressOf("microsoft", TIES))!);
    const standIn = `${microsoft.issuer}/authorize${address.search}`;
    return await clients.redeem("microsoft", new URL(await consent(standIn)).search, TIES);
  };

  const own = await signIn({ iss: issuerOf(directory), email: "ada@corp.example", xms_edov: true });
  const foreign = await signIn({ iss: issuerOf("another-directory") });

  assert.deepEqual(own, {
    outcome: "account",
    account: {
      provider: "microsoft",
      issuer: issuerOf(directory),
      subject: `${directory}.1`,
      email: "ada@corp.example",
      name: "",
    },
  });
  assert.equal(foreign.outcome, "refused");
});

Deno.test("a provider's failure has another outcome than an answer that doesn't hold up", async () => {
  await using github = new GitHub();
  const ready = clientsWith(github.variables);
  const answer = async () => new URL(await consent((await ready.addressOf("github", TIES))!.href)).search;
  const state = encodeURIComponent(TIES.state);
  const failing = async (status: number) => {
    await using server = serve(() => new Response("Oops", { status }));
    const clients = clientsWith({ ...github.variables, GITHUB_API_URL: server.url });
    return await clients.redeem("github", await answer(), TIES);
  };
  const pending = Promise.withResolvers<Response>();
  await using silent = serve(() => pending.promise);
  const waiting = clientsWith({ ...github.variables, GITHUB_API_URL: silent.url }, { timeLimit: 100 });

  assert.deepEqual(
    {
      canceled: (await ready.redeem("github", `?error=access_denied&state=${state}`, TIES)).outcome,
      trouble: (await ready.redeem("github", `?error=temporarily_unavailable&state=${state}`, TIES)).outcome,
      setUp: (await ready.redeem("github", `?error=redirect_uri_mismatch&state=${state}`, TIES)).outcome,
      "200 with an error": (await ready.redeem("github", `?code=unknown&state=${state}`, TIES)).outcome,
      500: (await failing(500)).outcome,
      404: (await failing(404)).outcome,
      silent: (await waiting.redeem("github", await answer(), TIES)).outcome,
      "no number": (await withUser({ login: "octocat" })).outcome,
    },
    {
      canceled: "canceled",
      trouble: "down",
      setUp: "refused",
      "200 with an error": "refused",
      500: "down",
      404: "refused",
      silent: "down",
      "no number": "refused",
    },
  );

  pending.resolve(new Response());

  async function withUser(user: Record<string, unknown>) {
    github.user = user;
    return await ready.redeem("github", await answer(), TIES);
  }
});

Deno.test("a provider that was down is asked again", async () => {
  await using google = await OidcProvider.open();
  let isDown = true;
  const clients = clientsWith(google.variables("GOOGLE"), {
    fetch: (url, init) =>
      isDown ? Promise.reject(new TypeError("unreachable")) : fetch(url, init as RequestInit),
  });

  const first = await clients.addressOf("google", TIES);
  isDown = false;
  const second = await clients.addressOf("google", TIES);

  assert.equal(first, null);
  assert.equal(second!.origin, google.issuer);
});

function clientsWith(
  variables: Record<string, string>,
  options?: ConstructorParameters<typeof OAuthClients>[1],
): OAuthClients {
  const origin = { APP_URL: ORIGIN, DENO_ENV: "test" };
  return new OAuthClients(parseConfig({ ...origin, ...variables }), options);
}

/** Microsoft's own addresses, answered by the stand-in. Its document names a pattern in place of the issuer. */
async function microsoftAt(standIn: OidcProvider, address: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(
    address.replace(MICROSOFT, "").replace(/^(?:\/common\/v2\.0)?\//, `${standIn.issuer}/`),
    init,
  );
  if (!address.endsWith("/openid-configuration")) return answer;
  const document = JSON.parse((await answer.text()).replaceAll(standIn.issuer, MICROSOFT));
  return Response.json({ ...document, issuer: `${MICROSOFT}/{tenantid}/v2.0` });
}

function serve(handler: () => Response | Promise<Response>) {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, handler);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** A certified provider that accepts one person, once they have signed in and agreed. */
class StrictProvider implements AsyncDisposable {
  readonly #server = createServer();
  readonly issuer: string;
  readonly #provider: Provider;

  private constructor(server: ReturnType<typeof createServer>, issuer: string) {
    this.#server = server;
    this.issuer = issuer;
    const policy = interactionPolicy.base();
    policy.add(new interactionPolicy.Prompt({ name: "select_account", requestable: true }), 0);
    this.#provider = new Provider(issuer, {
      clients: [{
        client_id: "denizen",
        client_secret: "secret",
        redirect_uris: [`${ORIGIN}/auth/google/callback`],
        token_endpoint_auth_method: "client_secret_post",
      }],
      pkce: { required: () => true },
      claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
      conformIdTokenClaims: false,
      interactions: { policy, url: (_ctx, { uid }) => `/interaction/${uid}` },
      features: { devInteractions: { enabled: false } },
      findAccount: (_ctx, accountId) => ({
        accountId,
        claims: () => ({ sub: accountId, email: "ada@corp.example", email_verified: true, name: "Ada" }),
      }),
    });
    server.on("request", (request, response) => {
      if (request.url?.startsWith("/interaction/")) this.#agree(request, response);
      else this.#provider.callback()(request, response);
    });
  }

  static async open(): Promise<StrictProvider> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return new StrictProvider(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  get variables(): Record<string, string> {
    return { GOOGLE_CLIENT_ID: "denizen", GOOGLE_CLIENT_SECRET: "secret", GOOGLE_ISSUER: this.issuer };
  }

  /** Goes through the provider's pages. Returns the address to which the provider sends the browser back. */
  async signIn(address: URL): Promise<URL> {
    const cookies = new Map<string, string>();
    for (let url = address;;) {
      if (url.origin === ORIGIN) return url;
      const headers = { Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
      const answer = await fetch(url, { headers, redirect: "manual" });
      await answer.body?.cancel();
      for (const line of answer.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
        cookies.set(name!, value!);
      }
      url = new URL(answer.headers.get("Location")!, url);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  /** The person chooses an account, signs in, and agrees. */
  async #agree(
    ...exchange: Parameters<Provider["interactionFinished"]> extends [infer A, infer B, ...unknown[]] ? [A, B]
      : never
  ): Promise<void> {
    const { prompt, params, grantId } = await this.#provider.interactionDetails(...exchange);
    if (prompt.name !== "consent") {
      const login = { accountId: "ada" };
      return await this.#provider.interactionFinished(...exchange, { login, select_account: {} });
    }
    const grant = grantId
      ? (await this.#provider.Grant.find(grantId))!
      : new this.#provider.Grant({ accountId: "ada", clientId: String(params.client_id) });
    grant.addOIDCScope(String(params.scope));
    const consent = { grantId: await grant.save() };
    await this.#provider.interactionFinished(...exchange, { consent }, { mergeWithLastSubmission: true });
  }
}
