import assert from "node:assert/strict";
import { MINUTE } from "../../src/platform/clock.ts";
import { emailedToken } from "../support/emailed_links.ts";
import { startWorker } from "../support/jobs.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: an account's address moves only to one that its owner reads, and its former reader hears of it (S14, S48, S58). */

const NEW = "ada@new.example";

Deno.test("changing one's email", async (t) => {
  await using world = await World.open();
  const { owner: ada } = await world.company("acme");
  const stranger = await world.user("mallory@else.example");
  const apex = `http://${world.host()}`;
  const browser = await world.signedInBrowser(ada.email);
  const ask = (email: string, password = PASSWORD) =>
    browser.post(`${apex}/account/email`, { email, password });
  const send = async () => {
    await using worker = await startWorker(world, "kv");
    await worker.idle();
  };

  await t.step("both mistakes in the form are named at once", async () => {
    const refused = await ask(ada.email, "not the password");

    assert.equal(refused.status, 422);
    assert.match(refused.text, /already your email\.[^]*This isn&#39;t your password\./);
  });

  await t.step(
    "the old address is notified, the new one gets the link, and nothing changes yet",
    async () => {
      await ask(NEW);
      await send();
      const asked = await ask(NEW);
      await send();

      const [notice] = await world.emails(ada.email);
      const [link] = await world.emails(NEW);
      assert.match(asked.text, /We sent a link to ada@new\.example/);
      assert.match(asked.text, /owner@acme\.example/);
      assert.equal(notice!.subject, "Someone asked to change your email");
      assert.match(notice!.text, /ada@new\.example/);
      assert.doesNotMatch(link!.text + link!.subject, /Owner of acme|owner@acme/);
      assert.equal((await signIn(NEW)).status, 422);
    },
  );

  await t.step("S58 link checkers and strangers change nothing", async () => {
    const token = await emailedToken(world, "confirm_new_email", NEW);
    const other = await world.signedInBrowser(stranger.email);
    const before = await world.dumpControl();

    const scans = await Promise.all(
      ["HEAD", "GET", "GET"].map((method) =>
        world.raw(method, world.host(), `/confirm-email?token=${token}`)
      ),
    );
    const visitor = await world.browser().post(`${apex}/confirm-email`, { token });
    const someoneElse = await other.post(`${apex}/confirm-email`, { token });
    const signInFirst = await world.browser().get(`${apex}/confirm-email?token=${token}`);

    for (const { status, headers } of scans) {
      assert.deepEqual([status, headers["set-cookie"]], [200, undefined]);
    }
    assert.deepEqual([visitor.status, someoneElse.status], [403, 403]);
    assert.match(signInFirst.text, /href="\/login\?next=%2Fconfirm-email/);
    assert.equal(await world.dumpControl(), before);
  });

  await t.step("the account's owner confirms, and the former address is notified again", async () => {
    const token = await emailedToken(world, "confirm_new_email", NEW);

    const changed = await browser.post(`${apex}/confirm-email`, { token });
    const again = await browser.post(`${apex}/confirm-email`, { token });
    await send();

    assert.match(changed.text, /Your email is now ada@new\.example\./);
    assert.equal(again.status, 422);
    const subjects = new Set((await world.emails(ada.email)).map(({ subject }) => subject));
    assert.deepEqual([...subjects].sort(), ["Someone asked to change your email", "Your email was changed"]);
    assert.equal((await signIn(ada.email)).status, 422);
    assert.match((await signIn(NEW)).url, /\/dashboard$/);
    assert.match(await world.dumpControl(), /"action":"user.email_changed"/);
  });

  await t.step("an address of another account looks the same, and gets no link", async () => {
    world.clock.advance(6 * MINUTE);

    const asked = await ask(stranger.email);
    await send();

    assert.match(asked.text, /We sent a link to mallory@else\.example/);
    assert.deepEqual(await world.emails(stranger.email), []);
  });

  await t.step("a new password ends a link that a stranger may have asked for", async () => {
    world.clock.advance(6 * MINUTE);
    await ask("ada@third.example");
    await send();
    const token = await emailedToken(world, "confirm_new_email", "ada@third.example");
    await browser.post(`${apex}/account/security`, {
      current_password: PASSWORD,
      new_password: "four other random words",
    });

    const late = await browser.post(`${apex}/confirm-email`, { token });

    assert.equal(late.status, 422);
    assert.match(late.text, /no longer works/);
  });

  function signIn(email: string) {
    return world.browser().post(`http://${world.host("acme")}/login`, { email, password: PASSWORD });
  }
});
