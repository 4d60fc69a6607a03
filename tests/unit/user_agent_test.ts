import assert from "node:assert/strict";
import { parseUserAgent } from "../../src/platform/user_agent.ts";

/** Protects: an email about a sign-in names the browser as its user would, and never made-up text. */

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const SAFARI =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";

Deno.test("a browser is named with its system", () => {
  assert.deepEqual(parseUserAgent(FIREFOX), { browser: "Firefox", system: "Linux" });
  assert.deepEqual(parseUserAgent(SAFARI), { browser: "Safari", system: "iOS" });
});

Deno.test("an unknown browser has no name", () => {
  assert.deepEqual(parseUserAgent(""), { browser: null, system: null });
  assert.deepEqual(parseUserAgent("<script>alert(1)</script> https://evil.example").browser, null);
});

for (
  const words of [
    "Your account was broken into, secure it at https://evil.example/login/1 x",
    "Your account was broken into, secure it at https://evil.example/login/1 (Windows NT 10.0) x/1",
    "https://evil.example/1.0",
    "Mozilla/5.0 (Call 555 0100; now) Gecko",
  ]
) {
  Deno.test(`made-up text is not repeated: ${words}`, () => {
    const { browser, system } = parseUserAgent(words);

    assert.equal(browser, null);
    assert.ok([null, "Windows"].includes(system));
  });
}
