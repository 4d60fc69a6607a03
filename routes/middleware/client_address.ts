import { type AddressRange, isInRanges, normalizeAddress } from "../../src/platform/address_ranges.ts";

/** What Deno knows about a request's connection. */
export type Connection = { remoteAddr?: Deno.Addr };

/**
 * The client's IP address. Reads `X-Forwarded-For` from the right and returns the first address that isn't a trusted proxy.
 * Malformed text ends the search, because everything before it may be forged.
 */
export function clientAddress(
  headers: Headers,
  connection: Connection,
  trustedProxies: AddressRange[],
): string {
  const peer = peerAddress(connection);
  if (!isInRanges(peer, trustedProxies)) return peer;
  let client = peer;
  for (const hop of (headers.get("X-Forwarded-For") ?? "").split(",").reverse()) {
    const address = normalizeAddress(withoutPort(hop.trim()));
    if (!address) return client;
    client = address;
    if (!isInRanges(address, trustedProxies)) return client;
  }
  return client;
}

/** Whether a trusted proxy sent the request, so that its headers aren't the client's own. */
export function isFromTrustedProxy(connection: Connection, trustedProxies: AddressRange[]): boolean {
  return isInRanges(peerAddress(connection), trustedProxies);
}

/** Behind a proxy, all connections come from one address. */
let latest = { hostname: "", address: "" };

function peerAddress({ remoteAddr }: Connection): string {
  if (!remoteAddr || !("hostname" in remoteAddr)) return "unknown";
  if (remoteAddr.hostname !== latest.hostname) {
    const { hostname } = remoteAddr;
    latest = { hostname, address: normalizeAddress(hostname) ?? hostname };
  }
  return latest.address;
}

/** Some proxies write `203.0.113.9:50000` and `[2001:db8::9]:50000`. */
function withoutPort(hop: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(hop)?.[1] ?? /^([\d.]+):\d+$/.exec(hop)?.[1] ?? hop;
}
