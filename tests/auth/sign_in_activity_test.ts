import assert from "node:assert/strict";
import { runScript } from "../../db/connection/transaction.ts";
import { signInAttempts } from "../../db/control/schema/identity.ts";
import type { SystemContext } from "../../src/context.ts";
import { withMigrator } from "../../db/migration/migrator.ts";
import { recordAttempt, SIGN_IN_ATTEMPTS } from "../../src/identity/sign_in_attempts.ts";
import { SIGN_IN_ACCOUNT } from "../../src/identity/sign_in_limits.ts";
import { deleteExpired } from "../../src/operations/retention.ts";
import { DAY } from "../../src/platform/clock.ts";
import { take } from "../../src/rate_limits/limiter.ts";
import { startWorker } from "../support/jobs.ts";
import { recordedAttempts } from "../support/sign_in_attempts.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: people see who signed in to their account or tried to, nothing is kept about strangers, and it ends after 90 days. */

Deno.test("every attempt to sign in to an account is recorded, and none with an unknown address", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const { email, id } = acme.owner;
  const apex = `http://${world.host()}`;
  const stranger = world.browser();
  const owner = await world.signedInBrowser(email);

  await t.step("wrong passwords, also in programs and many at once", async () => {
    for (let attempt = 0; attempt < 2; attempt++) {
      await stranger.post(`${apex}/login`, { email, password: "wrong" });
    }
    await world.api("POST", "/auth/login", { body: { email, password: "wrong" } });
    await stranger.post(`${apex}/login`, { email: "nobody@else.example", password: "wrong" });

    const recorded = await recordedAttempts(world);

    const wrong = recorded.filter(({ outcome }) => outcome === "wrong_password");
    assert.equal(wrong.reduce((sum, { attempts }) => sum + attempts, 0), 3);
    assert.ok(wrong.every(({ methods }) => methods.join() === "password"));
    assert.deepEqual(new Set(recorded.map(({ userId }) => userId)), new Set([id]));
    assert.doesNotMatch(await world.dumpControl(), /nobody@else\.example/);
  });

  await t.step("sign-ins of browsers and programs, with what was proved", async () => {
    await world.api("POST", "/auth/login", { body: { email, password: PASSWORD } });
    await world.signedInBrowser(email);

    const succeeded = (await recordedAttempts(world)).filter(({ outcome }) => outcome === "succeeded");

    assert.deepEqual(succeeded.map(({ methods }) => methods), [["password"], ["password"], ["password"]]);
    assert.ok(succeeded.every(({ ipAddress }) => ipAddress === "127.0.0.1"));
  });

  await t.step("what the limit refuses, and wrong codes from an email", async () => {
    await stranger.post(`${apex}/login/email`, { email });
    await stranger.post(`${apex}/login/code`, { code: "000000" });
    await take(world.system, SIGN_IN_ACCOUNT, email, { cost: SIGN_IN_ACCOUNT.limit - 3 });
    await stranger.post(`${apex}/login`, { email, password: PASSWORD });

    const outcomes = (await recordedAttempts(world)).map(({ outcome, methods }) =>
      [outcome, ...methods].join(" ")
    );

    assert.deepEqual(outcomes.slice(-2), ["wrong_code email", "limited password"]);
  });

  await t.step("the person sees them, also in the download of their data", async () => {
    const sessions = await owner.get(`${apex}/account/sessions`);
    const page = await owner.get(`${apex}/account/sessions/activity`);
    const { sign_in_attempts } = JSON.parse((await owner.get(`${apex}/account/data.json`)).text);

    assert.match(sessions.text, /href="\/account\/sessions\/activity"/);
    for (
      const shown of [
        /Wrong password/,
        /3 attempts/,
        /Signed in with password/,
        /Blocked after too many attempts/,
      ]
    ) {
      assert.match(page.text, shown);
    }
    assert.ok(sign_in_attempts.length >= 6);
    assert.doesNotMatch(JSON.stringify(sign_in_attempts), /"id"|user_id/);
  });

  await t.step("after 90 days, they are deleted", async () => {
    world.clock.advance(90 * DAY - 1_000);
    await deleteExpired(world.system);
    assert.ok(await world.system.control.$count(signInAttempts) > 0);

    world.clock.advance(DAY);
    await deleteExpired(world.system);
    assert.equal(await world.system.control.$count(signInAttempts), 0);
  });
});

Deno.test("equal failed attempts within a few seconds are one row", async () => {
  await using world = await World.open();
  const { id: userId } = await world.user("ada@acme.example");
  const from = (ipAddress: string): SystemContext => ({ ...world.system, ipAddress, userAgent: "curl/8" });

  await recordedAttempts(world);
  for (const address of ["203.0.113.1", "203.0.113.1", "203.0.113.2"]) {
    recordAttempt(from(address), { userId, methods: ["password"], outcome: "wrong_password" });
  }
  recordAttempt(world.system, { userId, methods: ["password"], outcome: "wrong_password" });

  const rows = (await recordedAttempts(world)).map(({ ipAddress, attempts }) => [ipAddress, attempts]);
  assert.deepEqual(rows, [["203.0.113.1", 2], ["203.0.113.2", 1]], "commands have no address");
});

Deno.test("attempts that can't be written are kept, and those of a deleted account are dropped", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const person = await world.user("ada@acme.example");
  const apex = `http://${world.host()}`;
  const browser = await world.signedInBrowser(person.email);
  await rename(world, "sign_in_attempts", "moved");
  await world.services.use(SIGN_IN_ATTEMPTS).flush();
  await rename(world, "moved", "sign_in_attempts");

  assert.equal((await recordedAttempts(world)).length, 1);

  await browser.post(`${apex}/login`, { email: person.email, password: "wrong" });
  await browser.post(`${apex}/account/data/deletion`, { password: PASSWORD });
  await worker.idle();
  assert.deepEqual(await recordedAttempts(world), []);
});

function rename(world: World, from: string, to: string): Promise<void> {
  return withMigrator(
    world.services.db,
    (tx) => runScript(tx, `alter table control.${from} rename to ${to}`),
  );
}
