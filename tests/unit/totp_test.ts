import assert from "node:assert/strict";
import { after, SECOND } from "../../src/platform/clock.ts";
import { newTotpSecret, stepOf, totpUri } from "../../src/identity/totp.ts";

/** Protects: authenticator apps and the product agree on codes (RFC 6238), and on nothing else. */

/** The ASCII text 12345678901234567890, which appendix B of the RFC uses. */
const RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/** The last six digits of the RFC's values for SHA-1. */
const RFC_CODES: [number, string][] = [
  [59, "287082"],
  [1_111_111_109, "081804"],
  [1_111_111_111, "050471"],
  [1_234_567_890, "005924"],
  [2_000_000_000, "279037"],
  [20_000_000_000, "353130"],
];

/** Printed by `oathtool --totp -b SECRET -N @TIME`. */
const OATHTOOL: [string, number, string][] = [
  [RFC_SECRET, 1_700_000_000, "921300"],
  ["JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", 1_767_225_600, "452777"],
];

const at = (seconds: number) => after(new Date(0), seconds * SECOND);

Deno.test("the codes of RFC 6238 and of oathtool are accepted at their moment", () => {
  for (const [seconds, code] of RFC_CODES) {
    assert.equal(stepOf(RFC_SECRET, code, at(seconds)), Math.floor(seconds / 30), code);
  }
  for (const [secret, seconds, code] of OATHTOOL) {
    assert.equal(stepOf(secret, code, at(seconds)), Math.floor(seconds / 30), code);
  }
});

/** RFC 4226, appendix D: the codes of the counters 0 to 9. A counter is a step of 30 seconds. */
const COUNTER_CODES = "755224 287082 359152 969429 338314 254676 287922 162583 399871 520489".split(" ");

Deno.test("the codes of RFC 4226 are accepted at the step that is their counter", () => {
  for (const [counter, code] of COUNTER_CODES.entries()) {
    assert.equal(stepOf(RFC_SECRET, code, at(counter * 30 + 15)), counter, code);
  }
});

Deno.test("a code is accepted one step early or late, and keeps its own step", () => {
  const [seconds, code] = RFC_CODES[3]!;
  const step = Math.floor(seconds / 30);

  assert.equal(stepOf(RFC_SECRET, code, at(seconds + 30)), step);
  assert.equal(stepOf(RFC_SECRET, code, at(seconds - 30)), step);
  assert.equal(stepOf(RFC_SECRET, code, at(seconds + 60)), null);
  assert.equal(stepOf(RFC_SECRET, code, at(seconds - 60)), null);
  assert.equal(stepOf(RFC_SECRET, "005925", at(seconds)), null);
});

Deno.test("a new secret has 160 bits, and its address names the product and the account", () => {
  const secret = newTotpSecret();
  const uri = new URL(totpUri(secret, "ada@acme.example"));

  assert.match(secret, /^[A-Z2-7]{32}$/);
  assert.equal(uri.protocol, "otpauth:");
  assert.equal(decodeURIComponent(uri.pathname), "//totp/Denizen:ada@acme.example".slice(uri.host ? 6 : 0));
  assert.equal(uri.searchParams.get("secret"), secret);
  assert.equal(uri.searchParams.get("issuer"), "Denizen");
});
