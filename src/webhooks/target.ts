import { lookup } from "node:dns/promises";
import { isLoopbackAddress, isPublicAddress } from "../platform/public_address.ts";
import { part } from "../ports.ts";

export const MAX_URL_LENGTH = 2_000;
/** Names that resolve inside a network only (RFC 6761, RFC 6762, ICANN's reservation of `.internal`). */
const INTERNAL_NAME = /(^|\.)(localhost|local|internal|intranet|home\.arpa)\.?$/;

/** Resolves a host name to all its addresses. Rejects if the name doesn't exist. */
export type Resolve = (host: string) => Promise<string[]>;

/** How names are resolved. Tests replace it. */
export const RESOLVER = part("webhook resolver", (): { resolve: Resolve } => ({ resolve: resolveByDns }));

/** Why a URL is no target. */
export type BadTarget = "url_invalid" | "https_required" | "credentials_in_url" | "address_not_public";

/** Where to connect. `isLiteral` if the URL names the address itself. */
export type Target = { url: URL; address: string; isLiteral: boolean };
export type Resolution = { target: Target } | { refused: BadTarget | "name_not_found" };

/** `allowLoopback` is for development: this machine may be a target, also by http. */
export type TargetRules = { allowLoopback: boolean; resolve: Resolve };

/** Checks everything about a URL that needs no name resolution. Returns null if nothing is wrong. */
export function checkUrl(
  text: string,
  { allowLoopback }: Pick<TargetRules, "allowLoopback">,
): BadTarget | null {
  const url = text.length <= MAX_URL_LENGTH ? URL.parse(text) : null;
  if (!url || !["https:", "http:"].includes(url.protocol)) return "url_invalid";
  if (url.username || url.password) return "credentials_in_url";
  const literal = literalOf(url);
  const isLocal = literal ? isLoopbackAddress(literal) : INTERNAL_NAME.test(url.hostname);
  if (isLocal && !allowLoopback) return "address_not_public";
  if (literal && !isLocal && !isPublicAddress(literal)) return "address_not_public";
  return url.protocol === "http:" && !isLocal ? "https_required" : null;
}

/**
 * Resolves a URL once. Every address of its host must be on the internet, because the next connection may use any of them. The
 * caller connects to the returned address, and never resolves the name again.
 */
export async function resolveTarget(text: string, rules: TargetRules): Promise<Resolution> {
  const refused = checkUrl(text, rules);
  if (refused) return { refused };
  const url = new URL(text);
  const literal = literalOf(url);
  const addresses = literal ? [literal] : await rules.resolve(url.hostname).catch(() => []);
  if (addresses.length === 0) return { refused: "name_not_found" };
  const isAllowed = (address: string) =>
    isPublicAddress(address) || (rules.allowLoopback && isLoopbackAddress(address));
  if (!addresses.every(isAllowed)) return { refused: "address_not_public" };
  if (url.protocol === "http:" && !addresses.every(isLoopbackAddress)) return { refused: "https_required" };
  const address = addresses.find((each) => !each.includes(":")) ?? addresses[0]!;
  return { target: { url, address, isLiteral: literal !== null } };
}

/** The URL's host if it is an IP address. The URL parser has turned decimal, octal and hexadecimal forms into this one. */
function literalOf({ hostname }: URL): string | null {
  if (hostname.startsWith("[")) return hostname.slice(1, -1);
  return /^[\d.]+$/.test(hostname) ? hostname : null;
}

async function resolveByDns(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}
