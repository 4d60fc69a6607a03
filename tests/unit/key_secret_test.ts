import fc from "fast-check";
import assert from "node:assert/strict";
import {
  isKeySecret,
  newKeySecret,
  prefixOfSecret,
  SECRET_PATTERN,
} from "../../src/api_access/key_secret.ts";

/** Protects: a mistyped API key is refused by its checksum alone, and every key has the form that secret scanners look for. */

const DIGITS = [..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"];
const PREFIX_LENGTH = "dnz_live_".length;
const secrets = fc.constant(null).map(newKeySecret);
const positions = fc.nat({ max: 37 }).map((index) => index + PREFIX_LENGTH);

Deno.test("every new key is valid, has the documented form, and is new", () => {
  const made = Array.from({ length: 500 }, newKeySecret);

  for (const secret of made) {
    assert.ok(isKeySecret(secret), secret);
    assert.match(secret, SECRET_PATTERN);
    assert.match(prefixOfSecret(secret), /^dnz_live_[0-9A-Za-z]{4}$/);
  }
  assert.equal(new Set(made).size, made.length);
});

Deno.test("a key with one other character is refused", () => {
  fc.assert(fc.property(secrets, positions, fc.constantFrom(...DIGITS), (secret, at, digit) => {
    const typed = secret.slice(0, at) + digit + secret.slice(at + 1);
    assert.equal(isKeySecret(typed), typed === secret);
  }));
});

Deno.test("a key with two neighbors that changed places is refused", () => {
  const inRandomPart = fc.nat({ max: 30 }).map((index) => index + PREFIX_LENGTH);
  fc.assert(fc.property(secrets, inRandomPart, (secret, at) => {
    const typed = secret.slice(0, at) + secret[at + 1] + secret[at] + secret.slice(at + 2);
    assert.equal(isKeySecret(typed), typed === secret);
  }));
});

Deno.test("a key that is cut, extended, or has other letters is refused", () => {
  fc.assert(fc.property(secrets, fc.nat({ max: 46 }), fc.string({ minLength: 1 }), (secret, length, more) => {
    assert.equal(isKeySecret(secret.slice(0, length)), false);
    assert.equal(isKeySecret(secret + more), false);
    assert.equal(isKeySecret(more + secret), false);
    assert.equal(isKeySecret(secret.toUpperCase()), false);
  }));
});

Deno.test("any other text is no key", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.equal(isKeySecret(text), false);
    assert.equal(isKeySecret(`dnz_live_${text}`), false);
  }));
});
