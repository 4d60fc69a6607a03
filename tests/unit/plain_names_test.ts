import assert from "node:assert/strict";
import { isPlainName, isPlainSender } from "../../src/email/plain_names.ts";

/** Protects: a name that a stranger chose never looks like a link, an address or another sender in an email. */

Deno.test("a plain name is used in emails", () => {
  const names = [
    "Acme Robotics, Inc.",
    "O'Neill & Söhne",
    "J. R. R. Tolkien",
    "株式会社アクメ",
    "شرکت می\u200cخواهم",
    "Studio 54",
    "AC/DC",
    "Acme 👍🏽",
  ];

  for (const name of names) assert.equal(isPlainName(name), true, name);
});

Deno.test("a name that looks like a link, an address or a phone number is not used", () => {
  const names = [
    "You won $500! Claim at https://evil.example/x",
    "PayPal <security@paypal.example>",
    "security@paypal.example",
    "security＠paypal",
    "evil.example",
    "evil．example",
    "evil。example",
    "e\u200cvil.\u200cexample",
    "www evil",
    'PayPal" <x',
    "“PayPal” says",
    "Acme\u202eelpmaxe",
    "Acme\u2066x",
    "Acme\u00adx",
    "Acme\r\nBcc: x",
    "Call +1 (555) 010-0199",
  ];

  for (const name of names) assert.equal(isPlainName(name), false, name);
});

Deno.test("a tenant can't send in the product's own name", () => {
  const senders = ["Denizen Security", "DENIZEN", "Ｄｅｎｉｚｅｎ Support", "Acme Robotics"];

  const plain = senders.filter((name) => isPlainSender(name, "Denizen"));

  assert.deepEqual(plain, ["Acme Robotics"]);
});
