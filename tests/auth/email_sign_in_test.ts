import assert from "node:assert/strict";
import { findUserByEmail } from "../../src/identity/users.ts";
import { HOUR, MINUTE } from "../../src/platform/clock.ts";
import type { Browser } from "../support/browser.ts";
import { startWorker } from "../support/jobs.ts";
import { type MailboxJson, PASSWORD, World } from "../support/world.ts";

/**
 * Protects: an emailed link or code signs in the person who reads the email, once and only for a while, and says nothing about who has an
 * account (S09, S14, S48, S58, S62).
 */

Deno.test("signing in by email", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const ada = acme.owner;
  const apex = `http://${world.host()}`;
  const host = `http://${world.host("acme")}`;
  const ask = async (browser: Browser, email: string, origin = apex) => {
    const page = await browser.post(`${origin}/login/email`, { email, remember: "on" });
    await using worker = await startWorker(world, "kv");
    await worker.idle();
    return page;
  };
  const latest = async (email: string) => (await world.emails(email))[0]!;
  const enter = (browser: Browser, code: string, origin = apex) =>
    browser.post(`${origin}/login/code`, { code });
  const open = (browser: Browser, token: string, origin = apex) =>
    browser.post(`${origin}/login/link`, { token });

  await t.step("the sign-in page leads to it, and the code signs in the browser that asked", async () => {
    const browser = world.browser();
    const signIn = await browser.get(`${apex}/login`);
    const asked = await ask(browser, ada.email);
    const email = await latest(ada.email);

    const elsewhere = await enter(world.browser(), codeIn(email));
    const wrong = await enter(browser, "000000");
    const right = await enter(browser, ` ${codeIn(email).slice(0, 3)} ${codeIn(email).slice(3)} `);
    const link = await open(world.browser(), tokenIn(email));

    assert.match(signIn.text, /href="\/login\/email"[^>]*>Email me a link/);
    assert.equal(asked.url, `${apex}/login/code`);
    assert.match(elsewhere.url, /\/login\/email$/);
    assert.equal(wrong.status, 422);
    assert.match(right.url, /\/dashboard$/);
    assert.equal(link.status, 422, "the code has used the link up");
  });

  await t.step("S58 link checkers change nothing, then the link works once, in any browser", async () => {
    world.clock.advance(HOUR);
    const asking = world.browser();
    await ask(asking, ada.email, host);
    const email = await latest(ada.email);
    const token = tokenIn(email);
    const before = await world.dumpControl();

    const scans = [];
    for (const method of ["HEAD", "GET", "GET"]) {
      scans.push(await world.raw(method, world.host("acme"), `/login/link?token=${token}`));
    }
    const after = await world.dumpControl();
    const onApex = await open(world.browser(), token);
    const phone = world.browser();
    const shown = await phone.get(`${host}/login/link?token=${token}`);
    const opened = await open(phone, token, host);
    const again = await open(world.browser(), token, host);
    const code = await enter(asking, codeIn(email), host);

    for (const { status, headers } of scans) {
      assert.deepEqual([status, headers["set-cookie"]], [200, undefined]);
    }
    assert.equal(after, before);
    assert.equal(onApex.status, 422, "a link works only on its own host");
    assert.match(shown.text, /owner@acme\.example/);
    assert.equal(opened.url, `${host}/dashboard`);
    assert.deepEqual([again.status, code.status], [422, 422]);
  });

  await t.step("a link and a code expire after ten minutes, and a code allows five attempts", async () => {
    world.clock.advance(HOUR);
    const [guessing, late] = [world.browser(), world.browser()];
    await ask(guessing, ada.email);
    const guessed = codeIn(await latest(ada.email));
    for (let attempt = 0; attempt < 5; attempt++) await enter(guessing, "000000");
    const sixth = await enter(guessing, guessed);
    await ask(late, ada.email);
    const email = await latest(ada.email);
    world.clock.advance(11 * MINUTE);

    const code = await enter(late, codeIn(email));
    const link = await open(late, tokenIn(email));

    assert.equal(sixth.status, 422);
    assert.match(code.text, /has expired/);
    assert.match(link.text, /no longer works/);
  });

  await t.step("S09 an unknown address gets the same page and no email", async () => {
    const asked = await ask(world.browser(), "nobody@acme.example");
    const known = await ask(world.browser(), ada.email);

    const normal = (text: string, address: string) =>
      text.replaceAll(address, "ADDRESS").replaceAll(/nonce="[^"]+"|value="[^"]+"|"hx[^"]*"/g, "");
    assert.equal(asked.url, known.url);
    assert.equal(
      normal(asked.text, "nobody@acme.example").length,
      normal(known.text, ada.email).length,
    );
    assert.deepEqual(await world.emails("nobody@acme.example"), []);
  });

  await t.step("on a workspace's host, only its members get in", async () => {
    const stranger = await world.user("stranger@else.example");
    await ask(world.browser(), stranger.email, host);

    assert.deepEqual(await world.emails(stranger.email), []);
  });

  await t.step("S62 an address gets five emails an hour, and the sixth page looks the same", async () => {
    const noor = await world.user("noor@else.example");
    for (let email = 0; email < 5; email++) await ask(world.browser(), noor.email);

    const sixth = await ask(world.browser(), noor.email);

    assert.equal(sixth.url, `${apex}/login/code`);
    assert.equal((await world.emails(noor.email)).length, 5);
  });

  await t.step(
    "S48 an unconfirmed address is confirmed, and its stranger's password stops working",
    async () => {
      await world.unconfirmedUser("jae@else.example");
      const stranger = await world.signedInBrowser("jae@else.example");
      const owner = world.browser();
      await ask(owner, "jae@else.example");
      const signedIn = await enter(owner, codeIn(await latest("jae@else.example")));

      const evicted = await stranger.get(`${apex}/workspaces`);
      const password = await world.browser().post(`${apex}/login`, {
        email: "jae@else.example",
        password: PASSWORD,
      });
      const jae = await findUserByEmail(world.system.control, "jae@else.example");

      assert.match(signedIn.url, /\/workspaces$/);
      assert.match(signedIn.text, /old password no longer works/);
      assert.match(evicted.url, /\/login\?/);
      assert.equal(password.status, 422);
      assert.deepEqual([jae!.passwordHash, jae!.emailVerifiedAt !== null], [null, true]);
    },
  );

  await t.step("a person without a password gets in", async () => {
    world.clock.advance(HOUR);
    const browser = world.browser();
    await ask(browser, "jae@else.example");

    const signedIn = await enter(browser, codeIn(await latest("jae@else.example")));

    assert.match(signedIn.url, /\/workspaces$/);
    assert.doesNotMatch(signedIn.text, /old password/);
  });
});

function codeIn({ text }: MailboxJson): string {
  return /\b\d{6}\b/.exec(text)![0];
}

function tokenIn({ links }: MailboxJson): string {
  return new URL(links.find((link) => link.includes("/login/link"))!).searchParams.get("token")!;
}
