import assert from "node:assert/strict";
import { MINUTE } from "../../src/platform/clock.ts";
import { Authenticator } from "../support/authenticator.ts";
import type { Browser } from "../support/browser.ts";
import { startWorker } from "../support/jobs.ts";
import { recordedAttempts } from "../support/sign_in_attempts.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: staff find people and help those who can't get in, with proof, reason, audit line and email (S25). */

const REASON = "Called back on the number in the contract.";

Deno.test("S25 only platform staff see people and act for them, on the apex only", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.staff("root@example.com");
  const [visitor, owner, staff] = [
    world.browser(),
    await world.signedInBrowser(acme.owner.email),
    world.browser(),
  ];
  await owner.post(`http://${world.host("acme")}/login`, { email: acme.owner.email, password: PASSWORD });
  await signIn(world, staff, "root@example.com");
  const person = `/admin/users/${acme.owner.id}`;

  for (const path of ["/admin/users", person, `${person}/activity`, `${person}/disable-factors`]) {
    assert.match((await visitor.get(`http://${world.host()}${path}`)).url, /\/login\?next=%2Fadmin/);
    assert.equal((await owner.get(`http://${world.host()}${path}`)).status, 403, path);
    assert.equal((await owner.get(`http://${world.host("acme")}${path}`)).status, 404, path);
    assert.equal((await staff.get(`http://${world.host()}${path}`)).status, 200, path);
  }
  for (const action of ["confirmation-email", "password-link", "sign-out", "disable-factors"]) {
    const refused = await owner.post(`http://${world.host()}${person}/${action}`, { reason: REASON });
    assert.equal(refused.status, 403, action);
  }
  assert.equal((await staff.get(`http://${world.host()}/admin/users/none`)).status, 404);
});

Deno.test("the list of people has search, tabs and what staff need to know", async () => {
  await using world = await World.open();
  await world.staff("root@example.com", "Root");
  const acme = await world.company("acme", "Acme");
  await world.member(acme, "mei@acme.example", "member");
  await world.unconfirmedUser("ben@else.example", "Ben <b>Stone</b>");
  const staff = world.browser();
  await signIn(world, staff, "root@example.com");
  const list = async (query: string, headers = {}) => {
    const { text } = await staff.get(`http://${world.host()}/admin/users${query}`, headers);
    const rows = /id="user-list-rows"[^]*<\/tbody>/.exec(text)?.[0] ?? "";
    return {
      text,
      emails: ["root@", "owner@", "mei@", "ben@"].filter((start) => rows.includes(`>${start}`)),
    };
  };

  const all = await list("");

  assert.deepEqual(all.emails, ["root@", "owner@", "mei@", "ben@"]);
  assert.match(all.text, /Ben &lt;b&gt;Stone/);
  assert.match(all.text, /href="\/admin\/users"[^>]*>[\s\S]*?Users/);
  assert.deepEqual((await list("?search=mei%40acme")).emails, ["mei@"]);
  assert.deepEqual((await list("?search=STONE", { "HX-Request": "true" })).emails, ["ben@"]);
  assert.deepEqual((await list("?kind=unconfirmed")).emails, ["ben@"]);
  assert.deepEqual((await list("?kind=staff")).emails, ["root@"]);
  assert.match((await list("?search=nobody")).text, /No matching users/);
});

Deno.test("a person who lost their phone is found by staff, and signs in without a second factor again", async (t) => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  await world.staff("root@example.com", "Root Rust");
  const acme = await world.company("acme", "Acme Robotics");
  const { email, id } = acme.owner;
  const apex = `http://${world.host()}`;
  const staff = world.browser();
  await signIn(world, staff, "root@example.com");
  await addApp(world, await world.signedInBrowser(email));
  const asked = await world.signedInBrowser(email);
  const person = `${apex}/admin/users/${id}`;

  await t.step("their page shows workspaces, factors, browsers and attempts", async () => {
    await asked.post(`${apex}/login/mfa`, { code: "000000" });
    await recordedAttempts(world);
    const found = await staff.get(`${apex}/admin/users?search=${encodeURIComponent(email)}`);
    const page = await staff.get(person);

    assert.ok(found.text.includes(`href="/admin/users/${id}"`));
    assert.match(found.text, /Authenticator app/);
    assert.match(page.text, new RegExp(`href="/admin/tenants/${acme.tenant.id}"`));
    assert.match(page.text, /Owner<\/p>/);
    assert.match(page.text, /Recovery codes<[^]*?10 left/);
    assert.match(page.text, /Wrong code/);
    assert.match(page.text, /Signed in with password/);
    assert.match(page.text, /added a second factor to the account of/);
  });

  await t.step("disabling the factors takes a reason", async () => {
    const form = await staff.get(`${person}/disable-factors`);
    const refused = await staff.post(`${person}/disable-factors`, { reason: " " });

    assert.match(form.text, /How did you check who is asking\?/);
    assert.equal(refused.status, 422);
    assert.match(refused.text, /Enter how you checked who is asking/);
  });

  await t.step("and a recent proof of the staff member", async () => {
    world.clock.advance(11 * MINUTE);
    const unproven = await staff.post(`${person}/disable-factors`, { reason: REASON });
    const done = await staff.post(`${person}/disable-factors`, {
      reason: REASON,
      step_up: "proof",
      step_up_password: PASSWORD,
    });

    assert.equal(unproven.status, 403);
    assert.match(unproven.text, /name="step_up_password"/);
    assert.equal(done.url, person);
    assert.match(done.text, /The second factors of owner@acme\.example are disabled\./);
    assert.match(done.text, /No second factors/);
    assert.ok(done.text.includes(`disabled all second factors of ${acme.owner.name}: ${REASON}`));
  });

  await t.step("the person learns of it, and needs only the password", async () => {
    await worker.idle();
    const [notice] = await world.emails(email);
    const browser = await world.signedInBrowser(email);

    assert.equal(notice!.message, "factor_removed");
    assert.equal((await browser.get(`${apex}/account`)).url, `${apex}/account`);
  });

  await t.step("the platform's audit log links the person", async () => {
    const log = await staff.get(`${apex}/admin/audit?subject=${id}`);
    const entry = /href="(\/admin\/audit\/[0-9a-f-]{36})"/.exec(log.text)![1]!;

    assert.ok((await staff.get(apex + entry)).text.includes(`href="/admin/users/${id}"`));
  });
});

Deno.test("S25 staff can't disable the second factors of staff, not even their own", async () => {
  await using world = await World.open();
  const root = await world.staff("root@example.com");
  const colleague = await world.newStaff("colleague@example.com");
  const app = await addApp(world, await world.signedInBrowser(colleague.email));
  const staff = await signIn(world, world.browser(), root.email);

  for (const { id } of [root, colleague]) {
    const page = `http://${world.host()}/admin/users/${id}`;
    assert.doesNotMatch((await staff.get(page)).text, /\/disable-factors"/);
    assert.equal((await staff.post(`${page}/disable-factors`, { reason: REASON })).status, 403);
  }
  const browser = await world.signedInBrowser(colleague.email);
  const after = await browser.post(`http://${world.host()}/login/mfa`, { code: app.nextCode() });
  assert.equal(after.status, 200);
});

Deno.test("staff send a confirmation email and a password link, and sign a person out", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  await world.staff("root@example.com");
  const person = await world.unconfirmedUser("ben@else.example", "Ben");
  const browser = await world.signedInBrowser(person.email);
  const token = await world.accountToken(person.email);
  const staff = await signIn(world, world.browser(), "root@example.com");
  const page = `http://${world.host()}/admin/users/${person.id}`;

  const confirmed = await staff.post(`${page}/confirmation-email`);
  const linked = await staff.post(`${page}/password-link`);
  const signedOut = await staff.post(`${page}/sign-out`);
  await worker.idle();
  const emails = await world.emails(person.email);
  const reset = emails.find(({ message }) => message === "reset_password")!;
  const visited = await browser.get(`http://${world.host()}/account`);
  const called = await world.api("GET", "/me", { token });

  assert.match(confirmed.text, /We sent a confirmation email to ben@else\.example\./);
  assert.match(linked.text, /We sent a password link to ben@else\.example\./);
  assert.match(signedOut.text, /ben@else\.example is signed out everywhere\./);
  assert.match(signedOut.text, /Not signed in/);
  assert.ok(emails.some(({ message }) => message === "verify_address"));
  assert.match(reset.text, /Our support team sent you this link/);
  assert.doesNotMatch(reset.text, /127\.0\.0\.1|Ben/);
  assert.match(visited.url, /\/login/);
  assert.equal(called.status, 401);
  for (
    const done of ["a link to confirm the email address", "a link to set a new password", "signed Ben out"]
  ) {
    assert.ok(signedOut.text.includes(done), done);
  }
});

async function signIn(world: World, browser: Browser, email: string): Promise<Browser> {
  await browser.post(`http://${world.host()}/login`, { email, password: PASSWORD, next: "/admin/users" });
  return browser;
}

/** Adds an authenticator app to the account that is signed in. */
async function addApp(world: World, browser: Browser): Promise<Authenticator> {
  const pending = await browser.post(`http://${world.host()}/account/security/factors`, { type: "totp" });
  const secret = /id="totp-secret"[^>]*>([^<]+)/.exec(pending.text)![1]!.replaceAll(" ", "");
  const app = new Authenticator(world, secret);
  await browser.post(pending.url, { code: app.code() });
  return app;
}
