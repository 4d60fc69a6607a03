import assert from "node:assert/strict";
import { MINUTE } from "../../src/platform/clock.ts";
import { Authenticator } from "../support/authenticator.ts";
import { startWorker } from "../support/jobs.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: codes and tokens can't be guessed, and a code proves only what it was sent for. */

Deno.test("recovery codes have 120 bits, and an app's secret has 160", async () => {
  await using world = await World.open();
  const { owner } = await world.company("acme");
  const token = await world.accountToken(owner.email);

  const { json } = await world.api("POST", "/me/factors", { token, body: { type: "totp" } });
  const code = new Authenticator(world, json.secret).code();
  const { json: done } = await world.api("POST", `/me/factors/${json.id}/confirm`, { token, body: { code } });

  assert.match(json.secret, /^[A-Z2-7]{32}$/);
  assert.equal(new Set(done.recovery_codes).size, 10);
  for (const recovery of done.recovery_codes) assert.match(recovery, /^(?:[a-z2-7]{4}-){5}[a-z2-7]{4}$/);
});

Deno.test("session tokens have 256 bits, and none comes twice", async () => {
  await using world = await World.open();
  await world.company("acme");

  const browsers = await Promise.all(
    Array.from({ length: 5 }, () => world.signedInBrowser("owner@acme.example")),
  );
  const tokens = browsers.map((browser) => browser.cookies(world.host()).get("denizen_session")!);

  assert.equal(new Set(tokens).size, 5);
  for (const token of tokens) assert.match(token, /^[\w-]{43}$/);
});

Deno.test("an emailed code works once, for ten minutes, and only for the sign-in that it was sent for", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const { owner: { email } } = await world.company("acme");
  const newest = async () => {
    await worker.idle();
    return /\b\d{6}\b/.exec((await world.emails(email))[0]!.text)![0];
  };
  const signIn = async (): Promise<{ mfaToken: string; code: string }> => {
    world.clock.advance(MINUTE);
    const { json } = await world.api("POST", "/auth/login", { body: { email, password: PASSWORD } });
    return { mfaToken: json.mfa_token, code: await newest() };
  };
  const finish = async (mfa_token: string, code: string) =>
    (await world.api("POST", "/auth/mfa", { body: { mfa_token, code } })).status;
  const token = await world.accountToken(email);
  const { json: factor } = await world.api("POST", "/me/factors", { token, body: { type: "email" } });
  await world.api("POST", `/me/factors/${factor.id}/confirm`, { token, body: { code: await newest() } });
  await worker.idle();

  const [one, other, late] = [await signIn(), await signIn(), await signIn()];
  const foreign = await finish(other.mfaToken, one.code);
  const own = await finish(one.mfaToken, one.code);
  const again = await finish(one.mfaToken, one.code);
  world.clock.advance(11 * MINUTE);
  const expired = await finish(late.mfaToken, late.code);

  assert.deepEqual({ foreign, own, again, expired }, { foreign: 401, own: 200, again: 401, expired: 401 });
});
