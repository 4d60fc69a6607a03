import assert from "node:assert/strict";
import { pendingSignUps } from "../../db/control/schema/identity.ts";
import { findUserByEmail } from "../../src/identity/users.ts";
import { deleteExpired } from "../../src/operations/retention.ts";
import { HOUR, MINUTE } from "../../src/platform/clock.ts";
import type { Browser } from "../support/browser.ts";
import { startWorker } from "../support/jobs.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: with SIGN_UP=verified, a sign-up creates nothing before the emailed code is entered in the same browser. */

const VERIFIED = { SIGN_UP: "verified" };
const ADDRESS = "ada@acme.example";
const FORM = {
  company_name: "Acme Robotics",
  subdomain: "acme",
  name: "Ada Okafor",
  email: "Ada@Acme.example",
  password: PASSWORD,
};
const NOTHING = { users: 0, tenants: 0, memberships: 0, schemas: 0, strays: 0 };

Deno.test("a sign-up creates nothing until the emailed code is entered, and then the account is confirmed", async () => {
  await using world = await World.open(VERIFIED);
  await using worker = await startWorker(world, "kv");
  const browser = world.browser();

  const asked = await signUp(world, browser);
  await worker.idle();
  const before = await world.countAll();
  const emails = await world.emails();
  const wrong = await enter(world, browser, wrongCode(emails[0]!.text));
  const page = await enter(world, browser, ` ${codeIn(emails[0]!.text).replace(/^.../, "$& ")} `);
  const again = await enter(world, browser, codeIn(emails[0]!.text));

  assert.match(asked.url, /\/signup\/code$/);
  assert.match(asked.text, /Enter the code that we sent to ada@acme\.example/);
  assert.deepEqual(before, NOTHING);
  assert.deepEqual(emails.map(({ to, message }) => [to, message]), [[ADDRESS, "sign_up_code"]]);
  assert.doesNotMatch(JSON.stringify(emails), /Robotics|Okafor/, "nothing that the visitor chose");
  assert.deepEqual([wrong.status, /This code is wrong/.test(wrong.text)], [422, true]);
  assert.equal(page.url, `http://${world.host("acme")}/dashboard`);
  assert.match(page.text, /tenant-name[^>]*>Acme Robotics</);
  assert.doesNotMatch(page.text, /Confirm your email\. We sent/);
  assert.match(again.url, /\/signup$/);
  assert.deepEqual(await world.system.control.select().from(pendingSignUps), []);
});

Deno.test("a code works in the browser that requested it, with five tries, for 15 minutes", async () => {
  await using world = await World.open(VERIFIED);
  await using worker = await startWorker(world, "kv");
  const [own, late] = [world.browser(), world.browser()];
  await signUp(world, own);
  await worker.idle();
  const code = codeIn((await world.emails())[0]!.text);

  const elsewhere = await enter(world, world.browser(), code);
  const forged = world.browser();
  forged.setCookie(world.host(), "denizen_sign_up", "A".repeat(43));
  const guessed = await enter(world, forged, code);
  for (let tries = 0; tries < 5; tries++) await enter(world, own, wrongCode(code));
  const sixth = await enter(world, own, code);
  await signUp(world, late);
  await worker.idle();
  world.clock.advance(15 * MINUTE);
  const afterwards = await enter(world, late, codeIn((await world.emails())[0]!.text));

  for (const page of [elsewhere, guessed, afterwards]) assert.match(page.url, /\/signup$/);
  assert.match(sixth.text, /This code no longer works/);
  assert.deepEqual(await world.countAll(), NOTHING);
});

Deno.test("S62 after five codes in an hour, an address gets no email, no code works, and the response stays the same", async () => {
  await using world = await World.open(VERIFIED);
  await using worker = await startWorker(world, "kv");
  const pages = [];
  for (let count = 0; count < 6; count++) pages.push(await signUp(world, world.browser()));
  await worker.idle();

  const emails = await world.emails(ADDRESS);
  world.clock.advance(HOUR + MINUTE);
  const later = world.browser();
  await signUp(world, later);
  await worker.idle();

  assert.equal(emails.length, 5);
  assert.equal(
    new Set(pages.map(({ text }) => text.replaceAll(/nonce="[^"]+"|hx-nonce="[^"]+"/g, ""))).size,
    1,
  );
  assert.equal((await enter(world, later, codeIn((await world.emails())[0]!.text))).status, 200);
});

Deno.test("the code can be resent and stays the same", async () => {
  await using world = await World.open(VERIFIED);
  await using worker = await startWorker(world, "kv");
  const browser = world.browser();
  await signUp(world, browser);

  await browser.post(`http://${world.host()}/signup/code/resend`);
  await worker.idle();

  const codes = (await world.emails()).map(({ text }) => codeIn(text));
  assert.equal(codes.length, 2);
  assert.equal(new Set(codes).size, 1);
});

Deno.test("if the subdomain was taken in the meantime, the form asks for a different one next to the code", async () => {
  await using world = await World.open(VERIFIED);
  await using worker = await startWorker(world, "kv");
  const browser = world.browser();
  await signUp(world, browser);
  await worker.idle();
  const code = codeIn((await world.emails())[0]!.text);
  await world.company("acme");

  const taken = await enter(world, browser, code);
  const page = await enter(world, browser, code, { subdomain: "acme-robotics" });

  assert.equal(taken.status, 422);
  assert.match(taken.text, /id="subdomain"[^]*This address is taken/);
  assert.equal(page.url, `http://${world.host("acme-robotics")}/dashboard`);
});

Deno.test("S48 the code takes over a stranger's unconfirmed account; a confirmed account requires its password", async () => {
  await using world = await World.open(VERIFIED);
  await using worker = await startWorker(world, "kv");
  await world.unconfirmedUser(ADDRESS);
  const confirmed = await world.user("ben@acme.example");
  const own = "the owner's own password";
  const browser = world.browser();

  await signUp(world, browser, { password: own });
  await worker.idle();
  const page = await enter(world, browser, codeIn((await world.emails(ADDRESS))[0]!.text));
  const known = { email: confirmed.email, subdomain: "ben" };
  const refused = await signUp(world, world.browser(), { ...known, password: own });
  const added = await signUp(world, world.browser(), known);

  assert.equal(page.url, `http://${world.host("acme")}/dashboard`);
  assert.ok((await findUserByEmail(world.system.control, ADDRESS))!.emailVerifiedAt);
  const statusOf = async (password: string) =>
    (await world.api("POST", "/auth/login", { body: { email: ADDRESS, password } })).status;
  assert.deepEqual([await statusOf(PASSWORD), await statusOf(own)], [401, 200]);
  assert.match(refused.text, /You already have an account/);
  assert.equal(added.url, `http://${world.host("ben")}/dashboard`);
});

Deno.test("when a code is used twice at once, one creates the workspace", async () => {
  await using world = await World.open(VERIFIED);
  await using worker = await startWorker(world, "kv");
  const browser = world.browser();
  await signUp(world, browser);
  await worker.idle();
  const code = codeIn((await world.emails())[0]!.text);

  await Promise.all([enter(world, browser, code), enter(world, browser, code, { subdomain: "acme-2" })]);

  const { users, tenants, strays } = await world.countAll();
  assert.deepEqual([users, tenants, strays], [1, 1, 0]);
});

Deno.test("a pending sign-up stores neither password nor code and is deleted after an hour", async () => {
  await using world = await World.open(VERIFIED);
  await using worker = await startWorker(world, "kv");
  await signUp(world, world.browser());
  await worker.idle();
  const code = codeIn((await world.emails())[0]!.text);
  await world.browser().post(`http://${world.host()}/dev/mailbox/clear`);

  const kept = JSON.stringify(await world.system.control.select().from(pendingSignUps));
  world.clock.advance(HOUR + MINUTE);
  await deleteExpired(world.system);

  assert.match(kept, /\$argon2id\$/);
  assert.ok(!kept.includes(PASSWORD) && !kept.includes(`"${code}"`));
  assert.equal(await world.system.control.$count(pendingSignUps), 0);
});

function signUp(world: World, browser: Browser, changes: Partial<typeof FORM> = {}) {
  return browser.post(`http://${world.host()}/signup`, { ...FORM, ...changes });
}

function enter(world: World, browser: Browser, code: string, fields: Record<string, string> = {}) {
  return browser.post(`http://${world.host()}/signup/code`, { code, ...fields });
}

function codeIn(text: string): string {
  return /\b\d{6}\b/.exec(text)![0];
}

function wrongCode(text: string): string {
  return String((Number(codeIn(text)) + 1) % 1_000_000).padStart(6, "0");
}
