import assert from "node:assert/strict";
import { disableFactors } from "../../src/identity/account_recovery.ts";
import { DAY, MINUTE } from "../../src/platform/clock.ts";
import { Authenticator } from "../support/authenticator.ts";
import { startWorker, until } from "../support/jobs.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: with a second factor, a stolen password opens nothing, by any way in; and its owner is never locked out. */

const NEW_PASSWORD = "four other random words";
const MFA = /\/login\/mfa$/;

Deno.test("second factors of API clients", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const email = acme.owner.email;
  const login = () => world.api("POST", "/auth/login", { body: { email, password: PASSWORD } });
  const finish = (mfa_token: string, code: string, factor?: string) =>
    world.api("POST", "/auth/mfa", { body: { mfa_token, code, factor } });
  const token = await world.accountToken(email);
  const older = await world.accountToken(email);
  const created = await world.api("POST", "/me/factors", {
    token,
    body: { type: "totp", name: "Ada's phone" },
  });
  const { id, secret, otpauth_uri } = created.json;
  const app = new Authenticator(world, secret);
  let codes: string[] = [];

  await t.step("a factor counts only after its first code", async () => {
    const unasked = await login();
    const wrong = await world.api("POST", `/me/factors/${id}/confirm`, { token, body: { code: "000000" } });
    const confirmed = await world.api("POST", `/me/factors/${id}/confirm`, {
      token,
      body: { code: app.code() },
    });
    const { json } = await world.api("GET", "/me/factors", { token });

    assert.equal(created.status, 201);
    assert.equal(new URL(otpauth_uri).searchParams.get("secret"), secret);
    assert.ok(unasked.json.access_token);
    assert.equal(wrong.status, 422);
    assert.equal(wrong.json.errors[0].field, "code");
    assert.equal(confirmed.status, 200);
    codes = confirmed.json.recovery_codes;
    assert.equal(new Set(codes).size, 10);
    assert.deepEqual(json.data.map(({ id, type, name }: Record<string, string>) => ({ id, type, name })), [
      { id, type: "totp", name: "Ada's phone" },
    ]);
  });

  await t.step("a sign-in without the factor can't remove it, however recent it is", async () => {
    const refused = await world.api("DELETE", `/me/factors/${id}`, { token: older });

    assert.equal(refused.status, 403);
    assert.equal(refused.json.type, "/problems/reauthentication-required");
  });

  await t.step(
    "S12 a code works once, at enrollment and at sign-in, and no older one works after it",
    async () => {
      const asked = await login();
      const used = await finish(asked.json.mfa_token, app.code());
      const skipped = app.nextCode();
      const done = await finish(asked.json.mfa_token, app.nextCode());
      const again = await login();
      const replayed = await finish(again.json.mfa_token, app.code());
      const earlier = await finish(again.json.mfa_token, skipped);
      const ended = await finish(asked.json.mfa_token, app.nextCode());

      assert.equal(asked.status, 200);
      assert.deepEqual({ ...asked.json, mfa_token: "" }, {
        mfa_required: true,
        mfa_token: "",
        factors: ["totp", "recovery"],
      });
      assert.equal(used.status, 401);
      assert.ok(done.json.access_token);
      assert.equal(replayed.status, 401);
      assert.equal(earlier.status, 401);
      assert.equal(ended.status, 401, "a finished sign-in");
    },
  );

  await t.step("S12 of two sign-ins with one code at the same time, one succeeds", async () => {
    const asked = await Promise.all([login(), login(), login()]);
    const code = app.nextCode();

    const answers = await Promise.all(asked.map(({ json }) => finish(json.mfa_token, code)));

    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 401, 401]);
  });

  await t.step("S12 after five wrong codes, the right one no longer helps", async () => {
    const { json } = await login();
    for (let attempt = 0; attempt < 5; attempt++) await finish(json.mfa_token, "000000");

    const late = await finish(json.mfa_token, app.nextCode());

    assert.equal(late.status, 401);
    assert.match(late.json.detail, /Sign in again/);
  });

  await t.step("guessing in many sign-ins ends after 20 codes in a quarter of an hour", async () => {
    const statuses: number[] = [];
    for (let round = 0; round < 4; round++) {
      const { json } = await login();
      for (let attempt = 0; attempt < 5; attempt++) {
        statuses.push((await finish(json.mfa_token, "000000")).status);
      }
    }
    const limited = await finish((await login()).json.mfa_token, app.nextCode());
    world.clock.advance(16 * MINUTE);
    const later = await finish((await login()).json.mfa_token, app.nextCode());

    assert.ok(statuses.includes(401));
    assert.equal(limited.status, 429);
    assert.ok(Number(limited.headers["retry-after"]) > 60);
    assert.equal(later.status, 200);
  });

  await t.step("S14 a recovery code works once, however it is typed", async () => {
    const typed = codes[0]!.toUpperCase().replaceAll("-", " ");
    const first = await finish((await login()).json.mfa_token, typed, "recovery");
    const second = await finish((await login()).json.mfa_token, codes[0]!);
    const asTotp = await finish((await login()).json.mfa_token, codes[1]!, "totp");

    assert.equal(first.status, 200);
    assert.equal(second.status, 401);
    assert.equal(asTotp.status, 401);
  });

  await t.step(
    "ten minutes after the last proof, removing a factor takes a code, not only the password",
    async () => {
      const fresh = (await finish((await login()).json.mfa_token, app.nextCode())).json.access_token;
      world.clock.advance(10 * MINUTE);
      const stale = await world.api("DELETE", `/me/factors/${id}`, { token: fresh });
      const byPassword = await world.api("POST", "/auth/reauthenticate", {
        token: fresh,
        body: { password: PASSWORD },
      });
      const proven = await world.api("POST", "/auth/reauthenticate", {
        token: fresh,
        body: { code: app.code() },
      });
      const removed = await world.api("DELETE", `/me/factors/${id}`, { token: fresh });
      const unasked = await login();

      assert.equal(stale.status, 403);
      assert.equal(stale.json.type, "/problems/reauthentication-required");
      assert.equal(byPassword.status, 422);
      assert.equal(proven.status, 204);
      assert.equal(removed.status, 204);
      assert.ok(unasked.json.access_token, "no second factor is left");
    },
  );

  await t.step("S41 secrets are encrypted, and recovery codes are only hashed", async () => {
    const dump = await world.dumpControl();

    assert.ok(!dump.includes(secret));
    for (const code of codes) assert.ok(!dump.includes(code) && !dump.includes(code.replaceAll("-", "")));
  });
});

Deno.test("second factors of browsers", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const { email, id: userId } = acme.owner;
  const [apex, host] = [`http://${world.host()}`, `http://${world.host("acme")}`];
  const signIn = async (browser = world.browser()) => {
    return { browser, page: await browser.post(`${host}/login`, { email, password: PASSWORD }) };
  };
  const { browser } = await signIn();
  await browser.post(`${host}/account/security/factors`, { type: "totp", name: "Phone" });
  const pending = await browser.post(`${host}/account/security/factors`, { type: "totp", name: "Phone" });
  const app = new Authenticator(
    world,
    /id="totp-secret"[^>]*>([^<]+)/.exec(pending.text)![1]!.replaceAll(" ", ""),
  );
  let codes: string[] = [];
  const seen = new Set<string>();

  await t.step("the page shows a QR code and the key, and then the recovery codes", async () => {
    const done = await browser.post(pending.url, { code: app.code() });
    codes = [...done.text.matchAll(/recovery-code[^>]*>([a-z2-7-]+)</g)].map(([, code]) => code!);
    const page = await browser.get(`${host}/account/security`);

    assert.match(pending.text, /<svg[^>]*role="img"/);
    assert.equal(codes.length, 10);
    assert.match(page.text, /Phone/);
    assert.match(page.text, /10 of 10 left/);
  });

  await t.step("S13 between the two steps, nothing but the question opens", async () => {
    const { browser, page } = await signIn();
    const dashboard = await browser.get(`${host}/dashboard`);
    const wrong = await browser.post(page.url, { code: "000000" });
    const done = await browser.post(page.url, { code: app.nextCode() });

    assert.match(page.url, MFA);
    assert.match(page.text, /name="code"/);
    assert.match(dashboard.url, /\/login\?/);
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /id="code-error"[^>]*>This code is wrong/);
    assert.equal(done.url, `${host}/dashboard`);
  });

  await t.step("the apex asks too, and its answer leads into the workspace", async () => {
    const browser = world.browser();
    const page = await browser.post(`${apex}/login`, { email, password: PASSWORD });
    const done = await browser.post(page.url, { code: app.nextCode() });

    assert.equal(page.url, `${apex}/login/mfa`);
    assert.equal(done.url, `${host}/dashboard`);
  });

  await t.step("a trusted browser skips the question, until the password changes", async () => {
    const { browser, page } = await signIn();
    await browser.post(page.url, { code: app.nextCode(), trust: "on" });
    await browser.post(`${host}/logout`);
    const trusted = await signIn(browser);
    const elsewhere = await signIn();
    const changed = await browser.post(`${host}/account/security`, {
      current_password: PASSWORD,
      new_password: NEW_PASSWORD,
      step_up: "confirm",
      step_up_code: app.nextCode(),
    });
    await browser.post(`${host}/logout`);
    const after = await browser.post(`${host}/login`, { email, password: NEW_PASSWORD });

    assert.equal(trusted.page.url, `${host}/dashboard`);
    assert.match(elsewhere.page.url, MFA);
    assert.match(changed.text, /Password changed\./);
    assert.match(after.url, MFA);
    await world.setPasswordHash(acme.owner, acme.owner.passwordHash!);
  });

  await t.step("a change that needs a proof asks for it, keeps the form, and goes on", async () => {
    const { browser, page } = await signIn();
    await browser.post(page.url, { code: app.nextCode() });
    world.clock.advance(11 * MINUTE);
    const form = { confirmation: acme.tenant.name };
    const asked = await browser.post(`${host}/settings/deletion`, form);
    const inPlace = await browser.post(`${host}/settings/deletion`, { ...form, password: "typed" }, {
      "HX-Request": "true",
    });
    const wrong = await browser.post(`${host}/settings/deletion`, {
      ...form,
      step_up: "confirm",
      step_up_code: "000000",
    });
    const open = await browser.get(`${host}/settings`);
    const done = await browser.post(`${host}/settings/deletion`, {
      ...form,
      step_up: "confirm",
      step_up_code: app.nextCode(),
    });
    await browser.post(`${host}/settings/deletion/cancel`);

    assert.equal(asked.status, 403);
    assert.match(asked.text, /action="\/settings\/deletion"/);
    assert.match(asked.text, /type="hidden" name="confirmation" value="acme Ltd"/);
    assert.match(asked.text, /name="step_up_code"/);
    assert.match(asked.text, /Nothing you entered is lost/);
    assert.equal(inPlace.headers["hx-retarget"], "#main");
    assert.match(inPlace.text, /^<div[^]*type="hidden" name="confirmation" value="acme Ltd"/);
    assert.match(inPlace.text, /You&#39;ll need to enter the form&#39;s password again/);
    assert.doesNotMatch(inPlace.text, /value="typed"/);
    assert.equal(wrong.status, 422);
    assert.doesNotMatch(open.text, /will be deleted/);
    assert.equal(done.url, `${host}/settings`);
    assert.equal(done.status, 200);
  });

  await t.step("S57 a link to reset the password asks for a code that didn't come by email", async () => {
    const link = await world.passwordLink(acme.owner);
    const fields = { token: new URL(link).searchParams.get("token")!, password: NEW_PASSWORD };
    const stranger = world.browser();
    const page = await stranger.get(link);
    const refused = await stranger.post(`${apex}/reset-password`, fields);
    const done = await stranger.post(`${apex}/reset-password`, { ...fields, code: codes[0]! });

    assert.match(page.text, /name="code"/);
    assert.equal(refused.status, 422);
    assert.match(refused.text, /id="code-error"/);
    assert.equal(done.url, `${host}/dashboard`, "signed in, because both were proved");
    await world.setPasswordHash(acme.owner, acme.owner.passwordHash!);
  });

  await t.step("S57 a sign-up with the account's password signs nobody in", async () => {
    const fields = { company_name: "Other", subdomain: "other", name: "Ada", email, password: PASSWORD };
    const page = await world.browser().post(`${apex}/signup`, fields);

    assert.equal(page.status, 422);
    assert.match(page.text, /You already have an account/);
  });

  await t.step(
    "a code by email works beside the app, is announced, and never proves a change alone",
    async () => {
      await using _worker = await startWorker(world, "kv");
      const { browser, page } = await signIn();
      await browser.post(page.url, { code: app.nextCode() });
      const pending = await browser.post(`${host}/account/security/factors`, {
        type: "email",
        name: "Inbox",
      });
      await browser.post(pending.url, { code: await codeFor() });
      const other = await signIn();
      world.clock.advance(6 * MINUTE);
      await other.browser.post(`${other.page.url}/email`);
      const done = await other.browser.post(other.page.url, { code: await codeFor() });
      const refused = await other.browser.post(`${host}/account/security/recovery-codes`);
      const subjects = (await world.emails(email)).map(({ subject }) => subject);

      assert.equal(done.url, `${host}/dashboard`);
      assert.equal(refused.status, 403);
      assert.match(refused.text, /authenticator app to continue/);
      assert.equal(subjects.filter((subject) => subject === "Two-step verification was added").length, 2);
    },
  );

  await t.step(
    "an operator removes the factors of a person who lost them, and the person gets an email",
    async () => {
      await using _worker = await startWorker(world, "kv");
      const removed = await disableFactors(world.system, userId, { reason: "Met in person." });
      const { page } = await signIn();

      assert.equal(removed, 2);
      assert.equal(page.url, `${host}/dashboard`);
      await until(async () =>
        (await world.emails(email))[0]?.subject === "Two-step verification was removed"
      );
    },
  );

  async function codeFor(): Promise<string> {
    let code: string | undefined;
    await until(async () => {
      const [newest] = (await world.emails(email)).filter(({ message }) => message === "factor_code");
      code = newest && /\b\d{6}\b/.exec(newest.text)?.[0];
      return code !== undefined && !seen.has(code);
    });
    seen.add(code!);
    return code!;
  }
});

Deno.test("S25 staff set up a second factor before their first visit to the back office", async () => {
  await using world = await World.open();
  const apex = `http://${world.host()}`;
  const { email } = await world.newStaff("root@example.com");
  const browser = await world.signedInBrowser(email);

  const first = await browser.get(`${apex}/admin`);
  const pending = await browser.post(`${apex}/account/security/factors`, { type: "totp" });
  const app = new Authenticator(
    world,
    /id="totp-secret"[^>]*>([^<]+)/.exec(pending.text)![1]!.replaceAll(" ", ""),
  );
  const codes = await browser.post(pending.url, { code: app.code() });
  const opened = await browser.get(`${apex}/admin`);
  const remove = /\/account\/security\/factors\/[\w-]+\/remove/.exec(
    (await browser.get(`${apex}/account/security`)).text,
  )![0];
  const kept = await browser.post(apex + remove);
  const later = await world.signedInBrowser(email);
  const skipped = await later.get(`${apex}/admin`);
  const trusted = await later.post(`${apex}/login/mfa`, { code: app.nextCode(), trust: "on" });

  assert.match(first.url, /\/account\/security\?notice=staff$/);
  assert.match(first.text, /Platform staff need two-step verification/);
  assert.match(codes.text, /href="\/admin"/);
  assert.equal(opened.url, `${apex}/admin/tenants`);
  assert.equal(kept.status, 409, "the last factor of staff");
  assert.match(skipped.url, /\/login/);
  assert.equal(trusted.status, 200);
  assert.ok(![...later.cookies(world.host()).keys()].some((name) => name.endsWith("trusted")));
});

Deno.test("a workspace can require a second factor, after a grace period", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const host = `http://${world.host("acme")}`;
  const { email } = await world.member(acme, "mia@acme.example", "member");
  const [owner, member] = [world.browser(), world.browser()];
  await owner.post(`${host}/login`, { email: acme.owner.email, password: PASSWORD });
  await member.post(`${host}/login`, { email, password: PASSWORD });

  await t.step("members get a notice, and keep working until the deadline", async () => {
    const saved = await owner.post(`${host}/settings/security`, { grace_days: "7" });
    const notAllowed = await member.post(`${host}/settings/security`, {});
    const page = await member.get(`${host}/projects`);

    assert.match(saved.text, /Members need two-step verification from/);
    assert.equal(notAllowed.status, 403);
    assert.equal(page.status, 200);
    assert.match(page.text, /requires two-step verification from/);
  });

  await t.step("from then on, pages and the API are closed without one, except to set it up", async () => {
    world.clock.advance(7 * DAY);
    const browser = world.browser();
    await browser.post(`${host}/login`, { email, password: PASSWORD });
    const token = await world.accountToken(email);
    const closed = await browser.get(`${host}/projects`);
    const api = await world.api("GET", "/projects", { token });
    const pending = await browser.post(`${host}/account/security/factors`, { type: "totp" });
    const app = new Authenticator(
      world,
      /id="totp-secret"[^>]*>([^<]+)/.exec(pending.text)![1]!.replaceAll(" ", ""),
    );
    await browser.post(pending.url, { code: app.code() });
    const open = await browser.get(`${host}/projects`);
    const [{ id }] = (await world.api("GET", "/me/factors", { token })).json.data;
    const kept = await browser.post(`${host}/account/security/factors/${id}/remove`);

    assert.match(closed.url, /\/account\/security\?notice=required$/);
    assert.match(closed.text, /Your workspace requires two-step verification/);
    assert.equal(api.status, 403);
    assert.equal(api.json.type, "/problems/second-factor-required");
    assert.equal(open.url, `${host}/projects`);
    assert.equal(kept.status, 409, "the last factor");
  });
});

Deno.test("S57 after an emailed link, codes by email don't count, and the page says what does", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const { owner: { email } } = await world.company("acme");
  const token = await world.accountToken(email);
  const emailedCode = async (message: string) => {
    await worker.idle();
    const [newest] = (await world.emails(email)).filter((sent) => sent.message === message);
    return newest!.text.match(/\b\d{6}\b/)![0];
  };
  const { json } = await world.api("POST", "/me/factors", { token, body: { type: "email" } });
  await world.api("POST", `/me/factors/${json.id}/confirm`, {
    token,
    body: { code: await emailedCode("factor_code") },
  });
  const apex = `http://${world.host()}`;
  const browser = world.browser();
  await browser.post(`${apex}/login/email`, { email });

  const asked = await browser.post(`${apex}/login/code`, { code: await emailedCode("sign_in_link") });
  const refused = await browser.post(`${apex}/login/mfa/email`);
  const link = /href="(\/login\?email=[^"]+)"[^>]*>Use your password instead/.exec(asked.text)![1]!;
  const signIn = await browser.get(`${apex}${link}`);
  const mistyped = await browser.post(`${apex}/login`, { email, password: "not the password" });
  const byEmail = /href="(\/login\/email\?email=[^"]+)"/.exec(mistyped.text)![1]!;
  const carried = await browser.get(`${apex}${byEmail}`);
  const second = await browser.post(`${apex}/login`, { email, password: PASSWORD });
  const done = await browser.post(second.url, { code: await emailedCode("factor_code") });

  assert.match(asked.url, MFA);
  assert.match(asked.text, /You signed in by email, so we can(&#39;|')t email you a code/);
  assert.match(asked.text, /Enter one of your recovery codes/);
  assert.doesNotMatch(asked.text, /Email me a code/);
  assert.equal(refused.status, 400);
  for (const { text } of [signIn, carried]) assert.match(text, new RegExp(`value="${email}"`));
  assert.match(done.url, /\/dashboard$/);
});

Deno.test("a program asks for the emailed code of a sign-in and of a proof, and each code counts", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const { owner: { email } } = await world.company("acme");
  const token = await world.accountToken(email);
  const emailedCode = async () => {
    await worker.idle();
    const [newest] = (await world.emails(email)).filter(({ message }) => message === "factor_code");
    return newest!.text.match(/\b\d{6}\b/)![0];
  };
  const { json: { id } } = await world.api("POST", "/me/factors", { token, body: { type: "email" } });
  await world.api("POST", `/me/factors/${id}/confirm`, { token, body: { code: await emailedCode() } });
  world.clock.advance(6 * MINUTE); // the next code may be emailed
  const { json: { mfa_token } } = await world.api("POST", "/auth/login", {
    body: { email, password: PASSWORD },
  });

  const sent = await world.api("POST", "/auth/mfa/email", { body: { mfa_token } });
  const code = await emailedCode();
  const signedIn = await world.api("POST", "/auth/mfa", { body: { mfa_token, code, factor: "email" } });
  world.clock.advance(6 * MINUTE);
  const fresh = signedIn.json.access_token;
  const asked = await world.api("POST", "/auth/reauthenticate/email", { token: fresh });
  const proof = { code: await emailedCode() };
  const proved = await world.api("POST", "/auth/reauthenticate", { token: fresh, body: proof });

  assert.deepEqual([sent.status, signedIn.status], [204, 200]);
  assert.deepEqual([asked.status, proved.status], [204, 204]);
});

Deno.test("S12 signing in by an emailed code asks for the second factor too", async () => {
  await using world = await World.open();
  const { owner: { email } } = await world.company("acme");
  const token = await world.accountToken(email);
  const { json } = await world.api("POST", "/me/factors", { token, body: { type: "totp", name: "Phone" } });
  const app = new Authenticator(world, json.secret);
  await world.api("POST", `/me/factors/${json.id}/confirm`, { token, body: { code: app.code() } });
  const apex = `http://${world.host()}`;
  const browser = world.browser();
  await browser.post(`${apex}/login/email`, { email });
  {
    await using worker = await startWorker(world, "kv");
    await worker.idle();
  }
  const code = (await world.emails(email))[0]!.text.match(/\b\d{6}\b/)![0];

  const asked = await browser.post(`${apex}/login/code`, { code });
  const early = await browser.get(`${apex}/workspaces`);
  const entered = await browser.post(`${apex}/login/mfa`, { code: app.nextCode() });

  assert.match(asked.url, MFA);
  assert.match(early.url, /\/login\b/);
  assert.match(entered.url, /\/dashboard$/);
});
