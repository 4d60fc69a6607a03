import { createMiddleware } from "hono/factory";
import { invalid, tooLarge } from "../../src/errors.ts";
import { SECOND } from "../../src/platform/clock.ts";
import type { AppEnv } from "../http.ts";

const MAX_BODY_BYTES = 1024 * 1024;
const BODY_TIMEOUT = 10 * SECOND;
const MAX_JSON_DEPTH = 32;

/**
 * Reads the body once, within 1 MB and 10 seconds, and refuses what no route should have to expect: compressed
 * bodies, invalid UTF-8, NUL, deeply nested JSON, `__proto__`. Routes then read it as usual.
 */
export const checkBody = createMiddleware<AppEnv>(async (c, next) => {
  const { body, headers } = c.req.raw;
  if (body) {
    if (headers.has("Content-Encoding")) throw invalid({ body: "A compressed body is not accepted." });
    if (Number(headers.get("Content-Length") ?? 0) > MAX_BODY_BYTES) throw overLimit();
    const bytes = await readAll(body);
    checkContent(bytes, headers.get("Content-Type") ?? "");
    const { url, method } = c.req.raw;
    c.req.raw = new Request(url, { method, headers, body: bytes });
  }
  await next();
});

async function readAll(body: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  const timer = setTimeout(() => reader.cancel(), BODY_TIMEOUT);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const deadline = performance.now() + BODY_TIMEOUT;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.byteLength;
      if (size > MAX_BODY_BYTES) throw overLimit();
      chunks.push(part.value);
    }
  } finally {
    clearTimeout(timer);
    reader.cancel().catch(() => {});
  }
  if (performance.now() >= deadline) throw invalid({ body: "The body took too long to arrive." });
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

function checkContent(bytes: Uint8Array, contentType: string): void {
  const text = decodeUtf8(bytes);
  if (contentType.includes("json")) checkJson(parseJson(text), 0);
  else if (contentType.includes("x-www-form-urlencoded")) checkForm(text);
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw invalid({ body: "The body is not valid UTF-8." });
  }
}

function parseJson(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    throw invalid({ body: "The body is not valid JSON." });
  }
}

function checkJson(value: unknown, depth: number): void {
  if (depth > MAX_JSON_DEPTH) {
    throw invalid({ body: `The JSON is nested more than ${MAX_JSON_DEPTH} levels deep.` });
  }
  if (typeof value === "string") return checkText(value);
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === "__proto__") throw invalid({ body: 'The key "__proto__" is not accepted.' });
    checkText(key);
    checkJson(inner, depth + 1);
  }
}

function checkForm(text: string): void {
  try {
    checkText(decodeURIComponent(text.replaceAll("+", " ")));
  } catch (error) {
    if (error instanceof URIError) throw invalid({ body: "The form is not valid percent-encoded UTF-8." });
    throw error;
  }
}

function checkText(text: string): void {
  if (text.includes("\0")) throw invalid({ body: "The character NUL is not accepted." });
  if (!text.isWellFormed()) throw invalid({ body: "The text holds half a surrogate pair." });
}

function overLimit() {
  return tooLarge("The body is larger than 1 MB.");
}
