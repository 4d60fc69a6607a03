import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { gzipSync } from "node:zlib";
import { chooseEncoding, isCompressible } from "../encoding.ts";
import { type HttpEnv, isUpgrade } from "../http.ts";

const ENCODING = "gzip";
/** Smaller responses fit into one packet anyway. */
const MIN_BYTES = 1_024;
/** As small as brotli in half of its time: 0.1 ms for a page. */
const GZIP_LEVEL = 5;
/** A person opened the address, or a page of the same origin sent the request. */
const OWN_REQUESTS = new Set(["same-origin", "none"]);
/** Their responses have no body (RFC 9110, section 6.4.1). */
const WITHOUT_BODY = new Set([204, 304]);
/** Responses of this type are streams of unknown length. */
const STREAMED = "text/csv";

/**
 * Compresses pages, JSON and CSV files if nobody can learn a secret from a response's length
 * (docs/decisions/028-compression.md). Leaves out a response whose route chose the coding. The ETag of a compressed response
 * becomes weak, because it stands for the bytes before.
 */
export const compress = createMiddleware<HttpEnv>(async (c, next) => {
  await next();
  if (isUpgrade(c)) return;
  if (!chooseEncoding(c.req.header("Accept-Encoding"), [ENCODING])) return;
  const { status, headers } = c.res;
  if (WITHOUT_BODY.has(status)) return;
  if (!isCompressible(headers.get("Content-Type")) || choosesCoding(headers)) return;
  headers.append("Vary", "Accept-Encoding");
  if (!isSafe(c)) return;
  if (headers.get("Content-Type")?.startsWith(STREAMED)) return compressStream(c);
  const content = new Uint8Array(await c.res.arrayBuffer());
  const isLong = content.byteLength >= MIN_BYTES;
  if (isLong) markCompressed(headers);
  c.res = undefined; // otherwise Hono copies the headers once more
  c.res = new Response(isLong ? gzipSync(content, { level: GZIP_LEVEL }) : content, { status, headers });
});

/** Whether the route sends one of several codings itself. */
function choosesCoding(headers: Headers): boolean {
  return headers.get("Vary")?.includes("Accept-Encoding") ?? false;
}

function markCompressed(headers: Headers): void {
  headers.set("Content-Encoding", ENCODING);
  const etag = headers.get("ETag");
  if (etag?.startsWith('"')) headers.set("ETag", `W/${etag}`);
}

function compressStream(c: Context<HttpEnv>): void {
  const { body, status, headers } = c.res;
  if (!body) return;
  markCompressed(headers);
  c.res = undefined;
  c.res = new Response(body.pipeThrough(new CompressionStream(ENCODING)), { status, headers });
}

/**
 * A page is at risk if another site can make a browser request it with the person's cookies and a guess (BREACH). Browsers
 * mark such requests. `no-transform` marks a page that shows a secret.
 */
function isSafe(c: Context<HttpEnv>): boolean {
  if (c.res.headers.get("Cache-Control")?.includes("no-transform")) return false;
  return c.req.header("Cookie") === undefined || OWN_REQUESTS.has(c.req.header("Sec-Fetch-Site") ?? "");
}
