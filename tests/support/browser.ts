import { type RawAnswer, send } from "./http.ts";

/** A browser without JavaScript: keeps cookies per host, submits forms, follows redirects. */
export class Browser {
  readonly #port: number;
  readonly #jars = new Map<string, Map<string, string>>();

  constructor(port: number) {
    this.#port = port;
  }

  get(address: string, headers: Record<string, string> = {}): Promise<Page> {
    return this.#visit("GET", new URL(address), headers);
  }

  /** Submits a form like a browser on a page of the same origin. */
  post(
    address: string,
    fields: Record<string, string> | URLSearchParams = {},
    headers: Record<string, string> = {},
  ): Promise<Page> {
    const url = new URL(address);
    const form = {
      "Content-Type": "application/x-www-form-urlencoded",
      Origin: url.origin,
      "Sec-Fetch-Site": "same-origin",
    };
    return this.#visit("POST", url, { ...form, ...headers }, new URLSearchParams(fields).toString());
  }

  /** Submits a form with files. */
  async upload(address: string, fields: Record<string, string | File>): Promise<Page> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    const { body, type } = await encode(form);
    const url = new URL(address);
    const headers = { "Content-Type": type, Origin: url.origin, "Sec-Fetch-Site": "same-origin" };
    return await this.#visit("POST", url, headers, body);
  }

  /** The browser's cookies for a host. */
  cookies(host: string): Map<string, string> {
    return this.#jars.get(host) ?? new Map();
  }

  setCookie(host: string, name: string, value: string): void {
    this.#jars.set(host, new Map(this.cookies(host)).set(name, value));
  }

  /** The same as a Cookie header. */
  cookieHeader(host: string): string {
    return [...this.cookies(host)].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  async #visit(
    method: string,
    url: URL,
    headers: Record<string, string>,
    body?: string | Uint8Array,
  ): Promise<Page> {
    const cookie = this.cookieHeader(url.host);
    const sent = { ...(cookie ? { Cookie: cookie } : {}), ...headers };
    const path = url.pathname + url.search;
    const answer = await send({ port: this.#port, host: url.host, method, path, headers: sent, body });
    this.#keepCookies(url.host, answer);
    const location = answer.headers.location;
    if (location && answer.status === 303) return await this.#visit("GET", new URL(location, url), {});
    return { ...answer, url: url.href };
  }

  #keepCookies(host: string, { headers }: RawAnswer): void {
    for (const line of headers["set-cookie"] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      const jar = new Map(this.cookies(host));
      if (/max-age=0/i.test(line)) jar.delete(name!);
      else jar.set(name!, value!);
      this.#jars.set(host, jar);
    }
  }
}

/** The page that the browser ended up on. */
export type Page = RawAnswer & { url: string };

async function encode(form: FormData): Promise<{ body: Uint8Array; type: string }> {
  const request = new Request("http://localhost/", { method: "POST", body: form });
  return { body: new Uint8Array(await request.arrayBuffer()), type: request.headers.get("Content-Type")! };
}
