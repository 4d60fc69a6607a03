import { createHash, randomUUID } from "node:crypto";
import {
  type MutableRedirectUri,
  type MutableResponse,
  type MutableToken,
  OAuth2Server,
} from "oauth2-mock-server";
import type { Browser, Page } from "./browser.ts";

const CLIENT = { id: "denizen", secret: "the secret of the client" };

/** An OpenID Connect provider on this machine, which signs in whoever comes. */
export class OidcProvider implements AsyncDisposable {
  /** What the ID tokens say about the person. */
  claims: Record<string, unknown> = {};
  /** Changes the address to which the provider sends the browser back. */
  onAnswer: (url: URL) => void = () => {};
  /** Breaks the signature of the ID tokens. */
  forgesSignatures = false;
  readonly #server: OAuth2Server;

  private constructor(server: OAuth2Server) {
    this.#server = server;
    const { service } = server;
    service.on("beforeTokenSigning", ({ payload }: MutableToken) => {
      for (const [name, value] of Object.entries(this.claims)) payload[name] = value;
    });
    service.on("beforeResponse", ({ body }: MutableResponse) => {
      if (this.forgesSignatures && body) body.id_token = resigned(String(body.id_token));
    });
    service.on("beforeAuthorizeRedirect", ({ url }: MutableRedirectUri) => this.onAnswer(url));
  }

  static async open(): Promise<OidcProvider> {
    const server = new OAuth2Server();
    await server.issuer.keys.generate("RS256");
    await server.start(0, "127.0.0.1");
    return new OidcProvider(server);
  }

  get issuer(): string {
    return this.#server.issuer.url!;
  }

  /** The settings that make it Google or Microsoft. */
  variables(name: "GOOGLE" | "MICROSOFT"): Record<string, string> {
    return {
      [`${name}_CLIENT_ID`]: CLIENT.id,
      [`${name}_CLIENT_SECRET`]: CLIENT.secret,
      [`${name}_ISSUER`]: this.issuer,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.#server.stop();
  }
}

export type GitHubEmail = { email: string; primary: boolean; verified: boolean };

/** GitHub on this machine. It isn't OpenID Connect, and it answers errors with 200. */
export class GitHub implements AsyncDisposable {
  user: Record<string, unknown> = { id: 583231, login: "octocat", name: null };
  emails: GitHubEmail[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #codes = new Map<string, string>();
  readonly #tokens = new Set<string>();

  constructor() {
    this.#server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      (request) => this.#answer(request),
    );
  }

  get variables(): Record<string, string> {
    const url = `http://127.0.0.1:${this.#server.addr.port}`;
    return {
      GITHUB_CLIENT_ID: CLIENT.id,
      GITHUB_CLIENT_SECRET: CLIENT.secret,
      GITHUB_URL: url,
      GITHUB_API_URL: `${url}/api/v3`,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/login/oauth/authorize") return this.#authorize(searchParams);
    if (pathname === "/login/oauth/access_token") {
      return this.#exchange(new URLSearchParams(await request.text()));
    }
    const [, token = ""] = /^Bearer (.+)$/i.exec(request.headers.get("Authorization") ?? "") ?? [];
    if (!this.#tokens.has(token)) return Response.json({ message: "Bad credentials" }, { status: 401 });
    if (pathname === "/api/v3/user") return Response.json(this.user);
    if (pathname === "/api/v3/user/emails") return Response.json(this.emails);
    return Response.json({ message: "Not Found" }, { status: 404 });
  }

  #authorize(asked: URLSearchParams): Response {
    const code = randomUUID();
    this.#codes.set(code, asked.get("code_challenge") ?? "");
    const back = new URL(asked.get("redirect_uri")!);
    back.searchParams.set("code", code);
    back.searchParams.set("state", asked.get("state")!);
    return Response.redirect(back, 302);
  }

  #exchange(sent: URLSearchParams): Response {
    if (sent.get("client_id") !== CLIENT.id || sent.get("client_secret") !== CLIENT.secret) {
      return Response.json({ error: "incorrect_client_credentials" });
    }
    const code = sent.get("code") ?? "";
    const challenge = createHash("sha256").update(sent.get("code_verifier") ?? "").digest("base64url");
    if (this.#codes.get(code) !== challenge) return Response.json({ error: "bad_verification_code" });
    this.#codes.delete(code);
    const token = `gho_${randomUUID()}`;
    this.#tokens.add(token);
    return Response.json({ access_token: token, scope: "read:user,user:email", token_type: "bearer" });
  }
}

/** The same ID token with another signature. */
function resigned(token: string): string {
  const [header, payload, signature] = token.split(".");
  return `${header}.${payload}.${[...signature!].reverse().join("")}`;
}

/** Clicks a provider's button. Returns the address at the provider to which it leads. */
export async function askProvider(browser: Browser, start: string): Promise<string> {
  const { status, headers, text } = await browser.get(start);
  if (status !== 302) throw new Error(`The button led nowhere: ${status} ${text}`);
  return headers.location!;
}

/** Says yes at the provider. Returns the address to which it sends the browser back. */
export async function consent(address: string): Promise<string> {
  const answer = await fetch(address, { redirect: "manual" });
  await answer.body?.cancel();
  return answer.headers.get("Location")!;
}

/** Clicks a provider's button, says yes there, and comes back. */
export async function continueWith(browser: Browser, start: string): Promise<Page> {
  return await browser.get(await consent(await askProvider(browser, start)));
}
