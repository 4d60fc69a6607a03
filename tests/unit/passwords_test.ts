import assert from "node:assert/strict";
import {
  findPasswordProblem,
  hashPassword,
  requireArgon2id,
  verifyPassword,
} from "../../src/identity/passwords.ts";
import { englishOf } from "../../src/platform/problem.ts";
import { StartError } from "../../src/platform/start_error.ts";

/** Protects: the rules for passwords and their storage. */

const ADA = { email: "ada@example.com", names: ["Ada Lovelace", "Acme Ltd"] };

Deno.test("a version of Deno without Argon2id stops the start with one line", async () => {
  const importKey = () =>
    Promise.reject(new DOMException("Unrecognized algorithm name", "NotSupportedError"));

  await requireArgon2id();
  await assert.rejects(
    requireArgon2id({ importKey }),
    new StartError(
      `This version of Deno (${Deno.version.deno}) can't hash passwords with Argon2id. Run Denizen with Deno 2.9.6 or newer.`,
    ),
  );
});

for (
  const password of [
    "correct horse battery",
    "ünïcødé pässwörter",
    "🦊🦊🐻🐻🦊🐻🐼🐨🐯🦁🐮🐷",
    "x7#Kq!mZ2pLw",
    "Lovelace wrote programs",
    "tab\tand\nline feed ok",
  ]
) {
  Deno.test(`"${password.replaceAll(/\s/g, " ")}" can be a password`, () => {
    assert.equal(findPasswordProblem(password, ADA), null);
  });
}

Deno.test("a password has 12 to 128 characters of any kind", () => {
  for (const kind of ["x7", "Qz", "🦊🐻", "  a ", "ß漢"]) {
    const characters = [...kind.repeat(64)];
    const typed = (length: number) => characters.slice(0, length - 4).join("") + "k9-w";

    assert.equal(findPasswordProblem(typed(12), ADA), null, kind);
    assert.equal(findPasswordProblem(typed(128), ADA), null, kind);
    assert.ok(findPasswordProblem(typed(11), ADA), kind);
  }
});

Deno.test("no password from the list of leaked ones can be chosen", () => {
  for (const password of ["leavemealone", "sonyericsson", "Counterstrike", "mailcreated5240"]) {
    assert.match(englishOf(findPasswordProblem(password, ADA)!), /too common/);
  }
});

const REFUSED: [string, RegExp][] = [
  ["elevenchars", /at least 12/],
  ["x1 ".repeat(43), /128 characters/],
  ["Ada@Example.com", /email address/],
  ["password1234", /too common/],
  ["P@ssw0rd12345", /too common/],
  ["passwordpassword", /too common/],
  ["123456789012", /too common/],
  ["qwertyuiopas", /too common/],
  ["aaaaaaaaaaaa", /too common/],
  ["abcabcabcabcabc", /too common/],
  ["1qaz2wsx3edc", /too common/],
  ["Denizen2026!!", /from your name/],
  ["acme-LOVELACE-1", /from your name/],
  ["L0v3lace.P@ssword", /from your name/],
  ["Example@12345", /from your name/],
];

for (const [password, reason] of REFUSED) {
  Deno.test(`"${password.slice(0, 20)}" is rejected as a password`, () => {
    assert.match(englishOf(findPasswordProblem(password, ADA)!), reason);
  });
}

const FULL_WIDTH = "\uff30\uff21\uff33\uff33\uff37\uff2f\uff32\uff24\uff11\uff12\uff13\uff14"; // PASSWORD1234
const LOOK_ALIKES: [string, string, RegExp][] = [
  ["a common password in full-width letters", FULL_WIDTH, /too common/],
  ["a password that is too short when composed", "e\u0301".repeat(8), /at least 12/],
  [
    "a password that is too long when ligatures are expanded",
    "x7#Kq!mZ2p" + "\ufb03".repeat(40),
    /128 characters/,
  ],
  ["a password with a million combining marks", "a" + "\u0315\u0300".repeat(500_000), /128 characters/],
  ["the email address in full-width letters", "\uff41da@example.com", /email address/],
];

for (const [what, password, reason] of LOOK_ALIKES) {
  Deno.test(`a password is checked in its normalized form: ${what}`, () => {
    assert.match(englishOf(findPasswordProblem(password, ADA)!), reason);
  });
}

Deno.test("a password matches however its characters were typed", async () => {
  const hash = await hashPassword("pa\u0301ssword of \ufb01ne letters");

  const composed = await verifyPassword("p\u00e1ssword of fine letters", hash);

  assert.deepEqual(composed, { matches: true, outdated: false });
});

Deno.test("a password is stored as Argon2id with 46 MiB and 1 pass, with a new salt each time", async () => {
  const [one, other] = await Promise.all([
    hashPassword("correct horse battery"),
    hashPassword("correct horse battery"),
  ]);

  assert.match(one, /^\$argon2id\$v=19\$m=47104,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.notEqual(one, other);
  assert.deepEqual(await verifyPassword("correct horse battery", one), { matches: true, outdated: false });
  assert.equal((await verifyPassword("correct horse batterz", one)).matches, false);
});

Deno.test("a hash made by another RFC 9106 program is verified and recognized as outdated", async () => {
  const reference = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQxMjM0NTY3OA$" + await rawHash(64, 1);

  assert.deepEqual(await verifyPassword("password", reference), { matches: true, outdated: true });
});

Deno.test("no password matches if none is set", async () => {
  assert.equal((await verifyPassword("nobody has this password", null)).matches, false);
});

async function rawHash(memory: number, passes: number): Promise<string> {
  const key = await crypto.subtle.importKey(
    "raw-secret" as "raw",
    new TextEncoder().encode("password"),
    "Argon2id",
    false,
    ["deriveBits"],
  );
  const nonce = new TextEncoder().encode("somesalt12345678");
  const bits = await crypto.subtle.deriveBits(
    { name: "Argon2id", nonce, parallelism: 1, memory, passes } as AlgorithmIdentifier,
    key,
    256,
  );
  return btoa(String.fromCharCode(...new Uint8Array(bits))).replaceAll("=", "");
}
