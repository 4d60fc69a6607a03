import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** The content codings of static files, smallest first. */
const ENCODINGS = ["br", "gzip"] as const;
export type Encoding = typeof ENCODINGS[number];

const GZIP_LEVEL = 9;
const BROTLI_QUALITY = 11;

/** Types that get smaller. Fonts and pictures are compressed already. */
const COMPRESSIBLE =
  /^(?:text\/(?:html|css|csv|plain|javascript)|application\/(?:problem\+)?(?:json|xml)|image\/svg)/;

const brotliAsync = promisify(brotliCompress);
const gzipAsync = promisify(gzip);

export function isCompressible(contentType: string | null | undefined): boolean {
  return COMPRESSIBLE.test(contentType ?? "");
}

/**
 * The coding that a client prefers, from its `Accept-Encoding` (RFC 9110, section 12.5.3). Null if it prefers none, or accepts
 * none of those offered.
 */
export function chooseEncoding(
  accepted: string | undefined,
  offered: readonly Encoding[] = ENCODINGS,
): Encoding | null {
  if (!accepted) return null;
  const weights = new Map(accepted.split(",").map(weightedCoding));
  const weightOf = (coding: Encoding) => weights.get(coding) ?? weights.get("*") ?? 0;
  const best = offered.toSorted((one, other) => weightOf(other) - weightOf(one))[0]!;
  const weight = weightOf(best);
  return weight > 0 && weight >= (weights.get("identity") ?? 0) ? best : null;
}

/** Compresses as well as possible, on another thread. */
export function encode(content: Uint8Array, encoding: Encoding): Promise<Uint8Array> {
  if (encoding === "gzip") return gzipAsync(content, { level: GZIP_LEVEL });
  return brotliAsync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } });
}

/** `gzip;q=0.5` as `["gzip", 0.5]`. */
function weightedCoding(text: string): [string, number] {
  const [coding, ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  return [coding!, weight === undefined ? 1 : Number(weight) || 0];
}
