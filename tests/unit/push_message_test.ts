import fc from "fast-check";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createECDH } from "node:crypto";
import { generateKeyPair, isKeyPair } from "../../src/platform/key_pair.ts";
import { shorten } from "../../src/platform/shorten.ts";
import { contentOf, MAX_CONTENT_BYTES, topicOf } from "../../src/web_push/message.ts";
import { decryptPush } from "../support/push_service.ts";

/** Protects: a push message always fits, and is cut where people see the end of a character. */

const MESSAGE = { title: "Apollo", body: "Ada created the project Apollo.", path: "/projects", tag: "t-1" };

Deno.test("the test service decrypts the example of RFC 8291", () => {
  const pair = createECDH("prime256v1");
  pair.setPrivateKey("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94", "base64url");
  const body = Buffer.from(
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml" +
      "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT" +
      "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
    "base64url",
  );

  const content = decryptPush(body, { pair, auth: Buffer.from("BTBZMqHH6r4Tts7J_aSIgg", "base64url") });

  assert.equal(content.toString("utf8"), "When I grow up, I want to be a watermelon");
});

Deno.test("a message names its workspace's page", () => {
  const own = JSON.parse(contentOf({ ...MESSAGE, badge: 3 }, null));
  const elsewhere = JSON.parse(contentOf(MESSAGE, "https://acme.example.com"));

  const { path, ...shown } = MESSAGE;
  assert.deepEqual(own, { ...shown, url: path, badge: 3 });
  assert.deepEqual(elsewhere, { ...shown, url: "https://acme.example.com/projects" });
});

Deno.test("any title and body make a message that push services accept", () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 3_000 }),
    fc.string({ unit: "binary", maxLength: 3_000 }),
    fc.constantFrom("\u0000".repeat(4_000), "👩‍👩‍👧".repeat(900), '"'.repeat(4_000), "a\u0301".repeat(3_000)),
  );
  fc.assert(
    fc.property(text, text, (title, body) => {
      const content = contentOf(
        { ...MESSAGE, title, body, path: `/${"a".repeat(999)}` },
        "https://acme.example.com",
      );

      assert.ok(Buffer.byteLength(content) <= MAX_CONTENT_BYTES);
      assert.ok(JSON.parse(content).body.isWellFormed());
    }),
    { numRuns: 30 },
  );
});

Deno.test("a long text ends with an ellipsis, and no character is cut", () => {
  const length = ({ length }: string) => length;

  assert.equal(shorten("Short", 5, length), "Short");
  assert.equal(shorten("Two words and more", 10, length), "Two words…");
  assert.equal(shorten("👩‍👩‍👧👩‍👩‍👧", 15, length), "👩‍👩‍👧…");
  assert.equal(shorten("👩‍👩‍👧👩‍👩‍👧", 5, length), "");
});

Deno.test("a topic is what RFC 8030 allows, and another for each tenant and tag", () => {
  const topics = [topicOf("one", "a"), topicOf("one", "b"), topicOf("two", "a")];

  for (const topic of topics) assert.match(topic, /^[A-Za-z0-9_-]{32}$/);
  assert.equal(new Set(topics).size, 3);
});

Deno.test("a generated key pair fits together, and others don't", () => {
  const [one, other] = [generateKeyPair(), generateKeyPair()];

  assert.match(one.publicKey, /^B[A-Za-z0-9_-]{86}$/);
  assert.match(one.privateKey, /^[A-Za-z0-9_-]{43}$/);
  assert.ok(isKeyPair(one.publicKey, one.privateKey));
  assert.ok(!isKeyPair(one.publicKey, other.privateKey));
  assert.ok(!isKeyPair(one.publicKey, "A".repeat(43)));
});
