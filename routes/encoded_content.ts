import type { Context } from "hono";
import { chooseEncoding, encode, type Encoding, isCompressible } from "./encoding.ts";
import type { HttpEnv } from "./http.ts";

/** Content that never changes while the process runs. Each coding is compressed once, for the first client that prefers it. */
export class EncodedContent {
  readonly #encoded = new Map<Encoding, Promise<Uint8Array>>();

  constructor(readonly type: string, readonly content: Uint8Array) {}

  /**
   * The response with these headers, in the coding that the client prefers. An `ETag` stands for the uncompressed bytes, so a
   * compressed response has a weak one.
   */
  async send<Env extends HttpEnv>(c: Context<Env>, headers: Record<string, string>): Promise<Response> {
    c.header("Content-Type", this.type);
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
    if (!isCompressible(this.type)) return c.body(bodyOf(this.content));
    c.header("Vary", "Accept-Encoding");
    const encoding = chooseEncoding(c.req.header("Accept-Encoding"));
    if (!encoding) return c.body(bodyOf(this.content));
    c.header("Content-Encoding", encoding);
    if (headers.ETag) c.header("ETag", `W/${headers.ETag}`);
    return c.body(bodyOf(await this.#in(encoding)));
  }

  #in(encoding: Encoding): Promise<Uint8Array> {
    const encoded = this.#encoded.get(encoding) ?? encode(this.content, encoding);
    this.#encoded.set(encoding, encoded);
    return encoded;
  }
}

function bodyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}
