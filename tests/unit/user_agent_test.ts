import assert from "node:assert/strict";
import { browserOf } from "../../src/platform/user_agent.ts";

/** Protects: an email about a sign-in names the browser as its user would, and never made-up text. */

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const SAFARI =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";

Deno.test("a browser is named with its system", () => {
  assert.equal(browserOf(FIREFOX), "Firefox on Linux");
  assert.equal(browserOf(SAFARI), "Safari on iOS");
});

Deno.test("an unknown browser is called unknown", () => {
  assert.equal(browserOf(""), "an unknown browser");
  assert.doesNotMatch(browserOf("<script>alert(1)</script> https://evil.example"), /[<>]|evil/);
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
    assert.match(browserOf(words), /^an unknown browser( on Windows)?$/);
  });
}
