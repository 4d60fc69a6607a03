/** What Deno tells of the connection a request came by. */
export type Connection = { remoteAddr?: Deno.Addr };

/**
 * The client's IP address. `X-Forwarded-For` counts only as far as trusted proxies have written it: from the right,
 * the first address that is not one of them.
 */
export function clientAddress(headers: Headers, connection: Connection, trustedProxies: string[]): string {
  const peer = connection.remoteAddr && "hostname" in connection.remoteAddr
    ? connection.remoteAddr.hostname
    : "unknown";
  if (!trustedProxies.includes(peer)) return peer;
  const hops = (headers.get("X-Forwarded-For") ?? "").split(",").map((hop) => hop.trim()).filter(isAddress);
  return hops.findLast((hop) => !trustedProxies.includes(hop)) ?? peer;
}

function isAddress(text: string): boolean {
  return /^[0-9a-f:.]{2,45}$/i.test(text);
}
