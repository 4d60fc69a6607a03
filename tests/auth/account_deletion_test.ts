import assert from "node:assert/strict";
import { MINUTE } from "../../src/platform/clock.ts";
import { Authenticator } from "../support/authenticator.ts";
import { startWorker } from "../support/jobs.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: people take their data with them, hear of new browsers, and leave nothing behind when they go (S22, S45). */

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const SAFARI =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15";

Deno.test("a person's data and account", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const ada = acme.owner;
  const noor = await world.member(acme, "noor@acme.example", "member");
  const apex = `http://${world.host()}`;
  const host = `http://${world.host("acme")}`;
  const signIn = async (email: string, userAgent: string) => {
    const browser = world.browser();
    await browser.post(`${host}/login`, { email, password: PASSWORD }, { "User-Agent": userAgent });
    return browser;
  };
  const work = async () => {
    await using worker = await startWorker(world, "kv");
    await worker.idle();
  };

  await t.step(
    "a sign-in with a new kind of browser is announced, once, and the first is no news",
    async () => {
      await signIn(noor.email, FIREFOX);
      await signIn(noor.email, FIREFOX);
      await work();
      const before = await world.emails(noor.email);
      await signIn(noor.email, SAFARI);
      await signIn(noor.email, SAFARI);
      await work();
      const [email, ...others] = await world.emails(noor.email);

      assert.deepEqual([before, others], [[], []]);
      assert.equal(email!.subject, "New sign-in to your Denizen account");
      assert.match(email!.text, /Safari on macOS[^]*127\.0\.0\.1/);
    },
  );

  await t.step("a person downloads what is stored about them, without secrets", async () => {
    const browser = await signIn(noor.email, FIREFOX);
    const { text } = await browser.get(`${host}/account/data.json`);
    const visitor = await world.browser().get(`${host}/account/data.json`);

    const data = JSON.parse(text);
    assert.equal(data.profile.email, noor.email);
    assert.deepEqual(
      data.workspaces.map(({ subdomain, role }: Record<string, string>) => [subdomain, role]),
      [
        ["acme", "member"],
      ],
    );
    assert.equal(data.browsers.length, 2);
    assert.doesNotMatch(text, /argon2|token|password_?hash/i);
    assert.match(visitor.url, /\/login\?/);
  });

  await t.step("a password that was set by a link is announced", async () => {
    const token = new URL(await world.passwordLink(noor)).searchParams.get("token")!;
    await world.browser().post(`${apex}/reset-password`, { token, password: "four other random words" });
    await work();
    const subjects = (await world.emails(noor.email)).map(({ subject }) => subject);
    await world.setPasswordHash(noor, noor.passwordHash!);

    assert.ok(subjects.includes("Your password was changed"));
  });

  await t.step("S22 the last owner can't delete their account, and sees why", async () => {
    const browser = await signIn(ada.email, FIREFOX);
    const page = await browser.get(`${host}/account/data`);
    const forced = await browser.post(`${host}/account/data/deletion`, { password: PASSWORD });

    assert.match(page.text, /only owner of[^]*acme Ltd/);
    assert.doesNotMatch(page.text, /action="\/account\/data\/deletion"/);
    assert.equal(forced.status, 422);
    assert.equal((await browser.get(`${host}/dashboard`)).status, 200);
  });

  await t.step(
    "S45 a deleted account leaves nothing, and the workspace's log says that the person left",
    async () => {
      const browser = await signIn(noor.email, FIREFOX);
      const token = await world.accountToken(noor.email);
      await browser.post(`${host}/account`, {
        name: "Noor Haddad",
        theme: "dark",
        locale: "",
        avatar_color: "",
      });
      await browser.post(`${apex}/login/email`, { email: noor.email });

      const refused = await browser.post(`${host}/account/data/deletion`, { password: "not the password" });
      const deleted = await browser.post(`${host}/account/data/deletion`, { password: PASSWORD });
      await work();

      const activity = await (await signIn(ada.email, FIREFOX)).get(`${host}/dashboard`);
      const left = JSON.parse(await world.dumpControl()).flat().filter((row: Record<string, unknown>) =>
        row.message === undefined && row.payload === undefined && !("html" in row)
      );
      assert.equal(refused.status, 422);
      assert.match(deleted.text, /Your account was deleted\./);
      assert.equal((await signIn(noor.email, FIREFOX)).cookies(world.host("acme")).size, 0);
      assert.equal((await world.api("GET", "/me", { token })).status, 401);
      assert.match(activity.text.replaceAll(/<[^>]+>/g, ""), /deleted the account of\s+Noor Haddad/);
      assert.deepEqual(left.filter((row: unknown) => JSON.stringify(row).includes(noor.id)), []);
      assert.deepEqual(left.filter((row: unknown) => JSON.stringify(row).includes(noor.email)), []);
      assert.equal((await world.emails(noor.email))[0]!.subject, "Your Denizen account was deleted");
    },
  );

  await t.step("without a password, deleting takes a sign-in in the last ten minutes", async () => {
    const jae = await world.unconfirmedUser("jae@else.example");
    const browser = world.browser();
    await browser.post(`${apex}/login/email`, { email: jae.email });
    await work();
    const code = /\b\d{6}\b/.exec((await world.emails(jae.email))[0]!.text)![0];
    await browser.post(`${apex}/login/code`, { code });

    world.clock.advance(11 * MINUTE);
    const late = await browser.post(`${apex}/account/data/deletion`);
    world.clock.advance(60 * MINUTE);
    await browser.post(`${apex}/login/email`, { email: jae.email });
    await work();
    const next = /\b\d{6}\b/.exec((await world.emails(jae.email))[0]!.text)![0];
    await browser.post(`${apex}/login/code`, { code: next });
    const soon = await browser.post(`${apex}/account/data/deletion`);

    assert.equal(late.status, 422);
    assert.match(late.text, /sign in again by email/);
    assert.match(soon.text, /Your account was deleted\./);
  });
});

Deno.test("with a second factor, changing the email and deleting the account take its code, too", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const { email } = await world.member(acme, "noor@acme.example", "member");
  const apex = `http://${world.host()}`;
  const token = await world.accountToken(email);
  const browser = await world.signedInBrowser(email);
  const { json } = await world.api("POST", "/me/factors", { token, body: { type: "totp" } });
  const app = new Authenticator(world, json.secret);
  await world.api("POST", `/me/factors/${json.id}/confirm`, { token, body: { code: app.code() } });
  const change = { email: "noor@new.example", password: PASSWORD };
  const proof = (step_up_code: string) => ({ step_up: "confirm", step_up_code });

  const byPassword = await browser.post(`${apex}/account/email`, change);
  const deletion = await browser.post(`${apex}/account/data/deletion`, { password: PASSWORD });
  const wrong = await browser.post(`${apex}/account/data/deletion`, {
    password: PASSWORD,
    ...proof("000000"),
  });
  const changed = await browser.post(`${apex}/account/email`, { ...change, ...proof(app.nextCode()) });
  const deleted = await browser.post(`${apex}/account/data/deletion`, { password: PASSWORD });

  assert.deepEqual([byPassword, deletion, wrong].map(({ status }) => status), [403, 403, 422]);
  assert.match(byPassword.text, /authenticator app to continue/);
  assert.match(changed.text, /We sent a link to noor@new\.example/);
  assert.match(deleted.text, /Your account was deleted\./);
});
