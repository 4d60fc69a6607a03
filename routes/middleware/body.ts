import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { invalid, tooLarge } from "../../src/errors.ts";
import { SECOND } from "../../src/platform/clock.ts";
import { problem } from "../../src/platform/problem.ts";
import type { HttpEnv } from "../http.ts";
import { checkContent } from "./body_content.ts";

const BODY_TOO_LARGE = problem("body_too_large", "The body is larger than {size}.");
const BODY_COMPRESSED = problem("body_compressed", "A compressed body is not accepted.");
const BODY_TOO_SLOW = problem("body_too_slow", "The body took too long to arrive.");

export const KILOBYTE = 1024;
export const MEGABYTE = 1024 * KILOBYTE;

const MAX_PAUSE = 10 * SECOND;
/** The slowest speed at which a stream may arrive. */
const MIN_BYTES_PER_SECOND = 32 * KILOBYTE;

/**
 * The body that a route accepts.
 * - `text`: JSON or a form, read and checked before the route runs.
 * - `files`: a multipart form with files, which the route reads part by part with `formParts`.
 * - `stream`: bytes as they arrive, which the route reads from `c.req.raw.body`.
 */
export type BodyRule =
  & { maxBytes: number; maxPauseMilliseconds?: number }
  & ({ kind: "text" } | { kind: "files"; maxFileBytes: number } | { kind: "stream" });

/** JSON and forms, up to a size that no legitimate request exceeds. */
export const TEXT_BODY: BodyRule = { kind: "text", maxBytes: MEGABYTE };

const declared = new WeakMap<object, BodyRule>();

/** Replaces the mount's body rule on one route: `pages.post("/logo", acceptBody({ … }), handler)`. */
export function acceptBody(rule: BodyRule): MiddlewareHandler {
  const declaration: MiddlewareHandler = (_, next) => next();
  declared.set(declaration, rule);
  return declaration;
}

/** The body that the matched route accepts. */
export function bodyRuleOf<Env extends HttpEnv>(c: Context<Env>): BodyRule {
  const own = matchedRoutes(c).map(({ handler }) => declared.get(handler)).findLast(Boolean);
  return own ?? c.get("mount")?.body ?? TEXT_BODY;
}

/**
 * Enforces the route's limits on size and speed. Reads and checks text before the route runs, so that routes never see
 * malformed input. Routes read files and streams themselves, within the same limits.
 */
export const checkBody: MiddlewareHandler<HttpEnv> = async (c, next) => {
  const { body } = c.req.raw;
  if (body) {
    const started = performance.now();
    try {
      c.req.raw = new CheckedRequest(c.req.raw, await accept(c, body));
    } finally {
      c.set("bodyMilliseconds", performance.now() - started);
    }
  }
  await next();
};

async function accept(c: Context<HttpEnv>, body: ReadableStream<Uint8Array>): Promise<BodyInit> {
  const { headers } = c.req.raw;
  const rule = bodyRuleOf(c);
  if (headers.has("Content-Encoding")) throw invalid({ body: BODY_COMPRESSED });
  if (Number(headers.get("Content-Length") ?? 0) > rule.maxBytes) throw overLimit(rule);
  const limited = chunksOf(body, rule);
  return rule.kind === "text"
    ? await readText(limited, headers.get("Content-Type") ?? "")
    : ReadableStream.from(limited);
}

/** A request with a checked body and the original request's signal. Deno creates the signal on first access. */
class CheckedRequest extends Request {
  readonly #original: Request;

  constructor(original: Request, body: BodyInit) {
    super(original.url, { method: original.method, headers: original.headers, body });
    this.#original = original;
  }

  override get signal(): AbortSignal {
    return this.#original.signal;
  }
}

async function readText(
  chunks: AsyncIterable<Uint8Array>,
  contentType: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  const bytes = new Uint8Array(parts.reduce((size, { byteLength }) => size + byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.byteLength;
  }
  await checkContent(bytes, contentType);
  return bytes;
}

/** Yields the body as it arrives. Throws if it is too large or too slow. The reader's own time doesn't count. */
async function* chunksOf(body: ReadableStream<Uint8Array>, rule: BodyRule): AsyncGenerator<Uint8Array> {
  const maxPause = rule.maxPauseMilliseconds ?? MAX_PAUSE;
  const rate = rule.kind === "text" ? Infinity : MIN_BYTES_PER_SECOND;
  const reader = body.getReader();
  let received = 0;
  let waited = 0;
  try {
    while (true) {
      const mayWait = Math.min(maxPause, maxPause + SECOND * received / rate - waited);
      const started = performance.now();
      const part = await within(mayWait, reader.read());
      waited += performance.now() - started;
      if (part.done) return;
      received += part.value.byteLength;
      if (received > rule.maxBytes) throw overLimit(rule);
      yield part.value;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const refusal = invalid({ body: BODY_TOO_SLOW });
  const timer = setTimeout(() => late.reject(refusal), milliseconds);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function overLimit({ maxBytes }: BodyRule) {
  return tooLarge(BODY_TOO_LARGE.with({ size: sizeOf(maxBytes) }));
}

/** A readable size: `1 MB`, `512 KB`. */
export function sizeOf(bytes: number): string {
  return bytes >= MEGABYTE ? `${bytes / MEGABYTE} MB` : `${bytes / KILOBYTE} KB`;
}
