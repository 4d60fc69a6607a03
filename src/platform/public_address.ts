import ipaddr from "ipaddr.js";

/** Services of clouds at addresses that look public: Azure's platform endpoint. */
const CLOUD_SERVICES = ["168.63.129.16"];
const PRIVATE_RANGES = new Set(["loopback", "private", "uniqueLocal", "linkLocal"]);
/** Only this part of IPv6 is allocated for the internet (RFC 4291, RFC 4147). */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * Whether an IP address belongs to a host on the internet: unicast, and in none of the special ranges of IANA (private,
 * loopback, link-local, shared, multicast, documentation, translation, and others). An IPv4-mapped address counts as the IPv4
 * address. Text that is no IP address is not public.
 */
export function isPublicAddress(text: string): boolean {
  const address = parse(text);
  if (!address || address.range() !== "unicast") return false;
  if (address instanceof ipaddr.IPv6) return address.match(GLOBAL_UNICAST);
  return !CLOUD_SERVICES.includes(address.toString());
}

/** Whether an IP address is of this machine or of a private network. */
export function isPrivateAddress(text: string): boolean {
  const address = parse(text);
  return address !== null && PRIVATE_RANGES.has(address.range());
}

/** Whether an IP address is the loopback interface of this machine. */
export function isLoopbackAddress(text: string): boolean {
  return parse(text)?.range() === "loopback";
}

function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (!ipaddr.IPv6.isValid(text)) return null;
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}
