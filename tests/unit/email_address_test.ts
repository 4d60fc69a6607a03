import assert from "node:assert/strict";
import { emailAddress, normalizeEmailAddress } from "../../src/platform/text.ts";
import { textsOf } from "../support/problems.ts";

/** Protects: every email address that a browser accepts works, and each has one spelling. */

Deno.test("an address is accepted when <input type=email> accepts it", () => {
  const accepted = [
    "o&m@example.com",
    "a=b@example.com",
    "first/last@example.com",
    "o'neill+news@example.co.uk",
    "!#$%&'*+/=?^_`{|}~.-@example.com",
    "info@xn--80a1acny.xn--p1ai",
    "ada@example",
    "1@2.3",
  ];

  for (const address of accepted) assert.equal(emailAddress.parse(address), address);
});

Deno.test("an internationalized domain is the same address in Unicode and in punycode", () => {
  const spellings = ["info@почта.рф", " INFO@Почта.РФ ", "info@почта。рф", "Info@XN--80A1ACNY.xn--p1ai"];

  for (const spelling of spellings) assert.equal(emailAddress.parse(spelling), "info@xn--80a1acny.xn--p1ai");
  assert.equal(normalizeEmailAddress("Info@Почта.рф"), "info@xn--80a1acny.xn--p1ai");
});

Deno.test("an address is rejected if it is empty, contains two addresses, or a browser wouldn't accept it", () => {
  const refused = [
    "ada",
    "@example.com",
    "ada@",
    "ada@exa mple.com",
    "ada@example..com",
    "ada@-example.com",
    "ada@example.com:25",
    "ada@почта.рф:25",
    "ada@почта.рф/x",
    "ada@exam%70le.com",
    "ada,ben@example.com",
    "<ada@example.com>",
    "ada@example.com\r\nBcc: eve@example.com",
    "ada@example.com\0",
    `${"a".repeat(250)}@example.com`,
  ];

  for (const address of refused) assert.equal(emailAddress.safeParse(address).success, false, address);
});

Deno.test("non-ASCII letters before the @ are rejected with a reason and never converted", () => {
  const kelvin = "\u212A@example.com";

  const { error } = emailAddress.safeParse("jörg@example.com");

  assert.deepEqual(textsOf(error), [
    "Use an address with only the letters a to z, digits and symbols before the @.",
  ]);
  assert.equal(emailAddress.safeParse(kelvin).success, false);
  assert.equal(normalizeEmailAddress(kelvin), kelvin);
});
