import assert from "node:assert/strict";
import { clientAddress } from "../../routes/middleware/client_address.ts";

/** Protects: an address in X-Forwarded-For counts only where a proxy that is trusted has written it (S11). */

const from = (hostname: string) => ({ remoteAddr: { transport: "tcp" as const, hostname, port: 1 } });
const forwarded = (value: string) => new Headers({ "X-Forwarded-For": value });

Deno.test("S11 a client that forges X-Forwarded-For keeps its own address", () => {
  assert.equal(clientAddress(forwarded("1.2.3.4"), from("203.0.113.9"), []), "203.0.113.9");
});

Deno.test("S11 behind a trusted proxy, the last address that isn't a trusted proxy counts", () => {
  const trusted = ["10.0.0.1", "10.0.0.2"];

  assert.equal(
    clientAddress(forwarded("1.2.3.4, 203.0.113.9, 10.0.0.2"), from("10.0.0.1"), trusted),
    "203.0.113.9",
  );
});

Deno.test("S11 what is not an address is passed over", () => {
  assert.equal(clientAddress(forwarded("<script>, unknown"), from("10.0.0.1"), ["10.0.0.1"]), "10.0.0.1");
});
