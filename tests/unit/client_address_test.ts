import assert from "node:assert/strict";
import { clientAddress } from "../../routes/middleware/client_address.ts";
import { ConfigError, parseConfig } from "../../src/config.ts";

/** Protects: an address in X-Forwarded-For counts only if a trusted proxy wrote it (S11). */

const from = (hostname: string) => ({ remoteAddr: { transport: "tcp" as const, hostname, port: 1 } });
const forwarded = (value: string) => new Headers({ "X-Forwarded-For": value });
const trusting = (list: string) => parseConfig({ TRUSTED_PROXIES: list }).trustedProxies;

Deno.test("S11 a client that forges X-Forwarded-For keeps its own address", () => {
  assert.equal(clientAddress(forwarded("1.2.3.4"), from("203.0.113.9"), []), "203.0.113.9");
  assert.equal(clientAddress(forwarded("1.2.3.4"), from("11.0.0.1"), trusting("10.0.0.0/8")), "11.0.0.1");
});

Deno.test("S11 behind a trusted proxy, the last address that isn't a trusted proxy counts", () => {
  const trusted = trusting("10.0.0.1, 10.0.0.2");

  assert.equal(
    clientAddress(forwarded("1.2.3.4, 203.0.113.9, 10.0.0.2"), from("10.0.0.1"), trusted),
    "203.0.113.9",
  );
});

Deno.test("S11 trusted proxies can be IPv4 and IPv6 ranges", () => {
  const trusted = trusting("10.0.0.0/8,fd00::/8,2001:db8::1");

  for (const proxy of ["10.255.0.1", "::ffff:10.1.2.3", "fd12:3456::1", "2001:db8:0:0::1"]) {
    assert.equal(clientAddress(forwarded("203.0.113.9"), from(proxy), trusted), "203.0.113.9", proxy);
  }
  for (const stranger of ["11.0.0.1", "fe80::1", "2001:db8::2"]) {
    assert.equal(clientAddress(forwarded("203.0.113.9"), from(stranger), trusted), stranger);
  }
});

Deno.test("S11 an IPv4-mapped IPv6 address equals the IPv4 address, also in ranges", () => {
  assert.equal(clientAddress(new Headers(), from("::ffff:203.0.113.9"), []), "203.0.113.9");
  assert.equal(
    clientAddress(forwarded("::ffff:203.0.113.9"), from("10.0.0.1"), trusting("::ffff:10.0.0.0/104")),
    "203.0.113.9",
  );
});

Deno.test("S11 an invalid address ends the search, because everything before it may be forged", () => {
  const trusted = trusting("10.0.0.0/8");

  for (const hops of ["<script>, unknown", "1.2.3.4, unknown", "1.2.3.4, 127.1", "1.2.3.4, 0x7f000001"]) {
    assert.equal(clientAddress(forwarded(hops), from("10.0.0.1"), trusted), "10.0.0.1", hops);
  }
  assert.equal(clientAddress(forwarded("1.2.3.4, unknown, 10.0.0.9"), from("10.0.0.1"), trusted), "10.0.0.9");
  assert.equal(clientAddress(new Headers(), from("10.0.0.1"), trusted), "10.0.0.1");
});

Deno.test("S11 a proxy can append the client's port", () => {
  const trusted = trusting("10.0.0.1");

  for (
    const [hop, address] of [["203.0.113.9:50000", "203.0.113.9"], ["[2001:db8::9]:50000", "2001:db8::9"]]
  ) {
    assert.equal(clientAddress(forwarded(hop!), from("10.0.0.1"), trusted), address);
  }
});

Deno.test("an invalid entry in TRUSTED_PROXIES stops the start with one line", () => {
  for (
    const entry of ["10.0.0.0/33", "fd00::/129", "proxy.internal", "10.0.0", "10.0.0.1/", "10.0.0.1/8/8", "*"]
  ) {
    assert.throws(
      () => parseConfig({ TRUSTED_PROXIES: `10.0.0.1,${entry}` }),
      (error) =>
        error instanceof ConfigError && error.lines.length === 1 && error.message.includes(`"${entry}"`),
      entry,
    );
  }
});
