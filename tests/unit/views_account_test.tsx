import assert from "node:assert/strict";
import type { SignIn } from "../../src/identity/sign_ins.ts";
import { Avatar, avatarColorOf } from "../../views/components/avatar.tsx";
import { ProfilePage } from "../../views/pages/account/profile_page.tsx";
import { SessionsPage } from "../../views/pages/account/sessions_page.tsx";
import { htmlOf } from "../support/page.tsx";

/** Protects: account pages show what a person chose, say which browser is which, and escape what people typed. */

const NOW = new Date("2026-03-02T12:00:00Z");
const ATTACK = `"><script>alert(1)</script>`;
const SIGN_IN: SignIn = {
  id: "0198c0de-0000-7000-8000-000000000001",
  browser: "Chrome",
  system: "macOS",
  ipAddress: "203.0.113.24",
  createdAt: new Date("2026-02-27T12:00:00Z"),
  lastSeenAt: new Date("2026-03-02T09:00:00Z"),
};
const ALONE = { previousHref: null, nextHref: null };

Deno.test("a chosen color replaces the one that follows from the name", async () => {
  const derived = avatarColorOf("Ada Lovelace", null);

  assert.equal(avatarColorOf("Ada Lovelace", "blue"), "blue");
  assert.notEqual(derived, "blue");
  assert.match(await htmlOf(<Avatar name="Ada Lovelace" color="blue" />), /bg-info-soft[^>]*>AL</);
});

Deno.test("the profile checks the color that pages show, even before the person chooses one", async () => {
  const values = { name: "Ada Lovelace", theme: "dark", locale: null, avatarColor: null } as const;

  const page = await htmlOf(
    <ProfilePage
      person={{ name: "Ada Lovelace", email: "ada@acme.example", isVerified: false }}
      values={values}
      languages={[{ locale: "en", name: "English" }]}
    />,
  );

  const checked = [...page.matchAll(/<input type="radio"[^>]*value="(\w+)"[^>]*checked/g)].map(([, value]) =>
    value
  );
  assert.deepEqual(checked, [avatarColorOf("Ada Lovelace", null), "dark"]);
  assert.match(page, /Not confirmed yet/);
  assert.match(page, /<option value="en"[^>]*>English</);
});

Deno.test("each session names its browser, and only the others can be signed out", async () => {
  const other = { ...SIGN_IN, id: "0198c0de-0000-7000-8000-000000000002", browser: null, system: null };

  const page = await htmlOf(
    <SessionsPage signIns={[SIGN_IN, other]} currentId={SIGN_IN.id} now={NOW} pages={ALONE} />,
  );

  assert.match(page, /Chrome on macOS[^]*203\.0\.113\.24[^]*This browser[^]*Unknown browser[^]*3 hr/);
  assert.deepEqual(
    [...page.matchAll(/action="([^"]+)"/g)].map(([, action]) => action),
    [`/account/sessions/${other.id}/end`, "/account/sessions/end-others"],
  );
  assert.match(page, /aria-label="Sign out of Unknown browser"/);
});

Deno.test("a name that looks like markup is shown as text", async () => {
  const page = await htmlOf(
    <ProfilePage
      person={{ name: ATTACK, email: "ada@acme.example", isVerified: true }}
      values={{ name: ATTACK, theme: "system", locale: null, avatarColor: null }}
      languages={[]}
    />,
  );

  assert.ok(!page.includes("<script>alert"));
});
