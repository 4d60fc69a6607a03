import assert from "node:assert/strict";
import { subdomain } from "../../src/tenancy/subdomains.ts";
import { textsOf } from "../support/problems.ts";

/** Protects: a subdomain is a plain name that can't be mistaken for anything else (S33). */

const FREE = [
  "acme",
  "a1",
  "north-wind",
  "x".repeat(63),
  "42nd-street",
  "beta",
  "admiral",
  "loginext",
  "apigee",
  "good-news",
  "mail-order-parts",
  "workspace-7",
  "tenant-12",
  "1-2-three",
];

for (const name of FREE) {
  Deno.test(`S33 "${name.slice(0, 20)}" can be a subdomain`, () => {
    assert.equal(subdomain.parse(name), name);
  });
}

const REFUSED: [string, RegExp][] = [
  ["www", /reserved/],
  ["admin", /reserved/],
  ["api", /reserved/],
  ["mail", /reserved/],
  ...[
    "admin1",
    "login1",
    "metrics",
    "inbound",
    "www2",
    "api-2",
    "mail3",
    "ns-01",
    "secure-login",
    "login-api-2",
    "sign-in",
    "no-reply",
    "postmaster",
    "usenet",
    "health",
    "webhooks7",
  ].map((name): [string, RegExp] => [name, /reserved/]),
  ["a", /at least 2/],
  ["x".repeat(64), /63 characters/],
  ["Acme", /lowercase/],
  ["-acme", /Start and end/],
  ["acme-", /Start and end/],
  ["xn--acme-cua", /third and fourth/],
  ["ac me", /letters a to z/],
  ["acmé", /letters a to z/],
  ["аcme", /letters a to z/],
  ["ac.me", /letters a to z/],
  ["ac_me", /letters a to z/],
  ["12345", /at least one letter/],
  ["", /Enter a workspace address/],
];

for (const [name, reason] of REFUSED) {
  Deno.test(`S33 "${name.slice(0, 20)}" is rejected with the reason`, () => {
    const { error } = subdomain.safeParse(name);
    assert.match(textsOf(error)[0] ?? "accepted", reason);
  });
}
