import assert from "node:assert/strict";
import { safeNext } from "../../routes/site/redirects.ts";

/** Protects: after sign-in, a browser stays on its host (S19). */

for (
  const path of [
    "/projects",
    "/projects?search=a%20b&sort=name",
    "/projects/0198c0de-0000-7000-8000-000000000000/edit",
  ]
) {
  Deno.test(`S19 ${path} is followed`, () => {
    assert.equal(safeNext(path, "/dashboard"), path);
  });
}

const FOREIGN = [
  "https://evil.example",
  "//evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "https:evil.example",
  "/%09/evil.example/..//evil",
  "/\t/evil.example",
  "/\n/evil.example",
  " //evil.example",
  "javascript:alert(1)",
  "evil.example",
  "/..//evil.example",
  "/.//evil.example",
  "",
];

for (const address of FOREIGN) {
  Deno.test(`S19 ${JSON.stringify(address)} redirects to the dashboard`, () => {
    const next = safeNext(address, "/dashboard");
    assert.equal(new URL(next, "http://acme.localhost").origin, "http://acme.localhost");
    assert.ok(next === "/dashboard" || !next.includes("//"), next);
  });
}
