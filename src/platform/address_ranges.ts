import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** A CIDR range such as `10.0.0.0/8`, or a single address. */
export type AddressRange = { start: Address; prefixLength: number };

const MAPPED_PREFIX_LENGTH = 96;
const CLIENT_PREFIX_LENGTH = 64;

/** Parses a range such as `10.0.0.1`, `10.0.0.0/8` or `fd00::/8`. Returns null if `text` is not a range. */
export function parseAddressRange(text: string): AddressRange | null {
  const [, address, length] = /^([^/]+?)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const start = parse(address ?? "");
  if (!start) return null;
  const bits = start.kind() === "ipv4" ? 32 : 128;
  const prefixLength = length === undefined ? bits : Number(length);
  if (prefixLength > bits) return null;
  return withoutMapping({ start, prefixLength });
}

/** The address in its canonical form. IPv4-mapped IPv6 addresses become IPv4. Returns null if `text` is not an address. */
export function normalizeAddress(text: string): string | null {
  const address = parse(text);
  return address && unmapped(address).toString();
}

/** The network that a client's address stands for: an IPv6 client has a whole /64 to itself. Other text stays as it is. */
export function networkOf(address: string): string {
  const parsed = parse(address);
  if (!(parsed instanceof ipaddr.IPv6)) return address;
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed}/${CLIENT_PREFIX_LENGTH}`)}/${CLIENT_PREFIX_LENGTH}`;
}

/** Whether a normalized address is in one of the ranges. */
export function isInRanges(address: string, ranges: AddressRange[]): boolean {
  const parsed = ranges.length > 0 ? parse(address) : null;
  return parsed !== null &&
    ranges.some(({ start, prefixLength }) =>
      parsed.kind() === start.kind() && parsed.match(start, prefixLength)
    );
}

/** Accepts only the common notations. `127.1`, `0x7f.1` and `2130706433` are not addresses here. */
function parse(text: string): Address | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  return ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : null;
}

function unmapped(address: Address): Address {
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

/** `::ffff:10.0.0.0/104` is `10.0.0.0/8`. */
function withoutMapping(range: AddressRange): AddressRange {
  const start = unmapped(range.start);
  if (start === range.start || range.prefixLength < MAPPED_PREFIX_LENGTH) return range;
  return { start, prefixLength: range.prefixLength - MAPPED_PREFIX_LENGTH };
}
