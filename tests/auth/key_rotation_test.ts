import { decodeProtectedHeader } from "jose";
import assert from "node:assert/strict";
import { systemContext } from "../../src/context.ts";
import { readUnsubscribeToken, unsubscribeUrl } from "../../src/email/preferences.ts";
import { verifyAccessToken } from "../../src/identity/access_tokens.ts";
import { rotateKeys } from "../../src/identity/key_rotation.ts";
import { SIGNING_KEYS } from "../../src/identity/signing_keys.ts";

import { MINUTE, SECOND } from "../../src/platform/clock.ts";
import { World } from "../support/world.ts";

/** Protects: signing keys and `APP_SECRET` can be replaced without signing anyone out. */

const NEW_SECRET = "the new secret of this installation";

Deno.test("a rotated key signs within a minute, and tokens of the old key work until they expire", async () => {
  await using world = await World.open();
  const { owner } = await world.company("acme");
  const replica = await world.replica();
  const old = await world.accountToken(owner.email);

  world.clock.advance(MINUTE);
  const { keyId, signsFrom } = await rotateKeys(world.system);
  world.clock.advance(16 * SECOND);
  const published = await keysOf(world);
  const early = await world.accountToken(owner.email);
  world.clock.advance(40 * SECOND);
  const fresh = await world.accountToken(owner.email);
  const onReplica = await verifyAccessToken(replica, fresh);
  world.clock.advance(13 * MINUTE);
  const late = await world.api("GET", "/me", { token: old });
  world.clock.advance(4 * MINUTE);
  const left = await keysOf(world);
  const forgotten = await rotateKeys(world.system);
  await replica.close();

  assert.ok(signsFrom.getTime() > 0);
  assert.equal(published.length, 2);
  assert.equal(kidOf(early), kidOf(old));
  assert.equal(kidOf(fresh), keyId);
  assert.equal(onReplica.userId, owner.id);
  assert.equal(late.status, 200);
  assert.deepEqual(left, [keyId]);
  assert.equal(forgotten.removedKeys, 1);
});

Deno.test("a new APP_SECRET takes over while the former one still opens what it sealed", async () => {
  await using world = await World.open();
  const { owner } = await world.company("acme");
  const former = world.config.appSecret;
  const link = unsubscribeUrl(world.system, owner.id, { name: "reports" }).split("/").at(-1)!;
  const token = await world.accountToken(owner.email);
  const both = await world.replica({ appSecret: NEW_SECRET, appSecrets: [NEW_SECRET, former] });
  const ctx = systemContext(both, world.system.actor, "test");

  const verified = await verifyAccessToken(both, token);
  const first = await rotateKeys(ctx);
  world.clock.advance(SECOND);
  const second = await rotateKeys(ctx);
  world.clock.advance(MINUTE);
  const alone = await world.replica({ appSecret: NEW_SECRET, appSecrets: [NEW_SECRET] });
  const outdated = await world.api("GET", "/me", { token });

  assert.equal(verified.userId, owner.id);
  assert.deepEqual([first.resealed, second.resealed], [1, 0]);
  assert.equal(alone.use(SIGNING_KEYS).current.id, second.keyId);
  assert.equal(readUnsubscribeToken(both, link)?.userId, owner.id);
  assert.equal(readUnsubscribeToken(alone, link), null);
  assert.equal(outdated.status, 200);
  await assert.rejects(world.replica(), /APP_SECRET can't decrypt the signing keys/);
  await Promise.all([both.close(), alone.close()]);
});

async function keysOf(world: World): Promise<string[]> {
  const { text } = await world.raw("GET", world.host(), "/.well-known/jwks.json");
  return JSON.parse(text).keys.map(({ kid }: { kid: string }) => kid);
}

function kidOf(token: string): string {
  return decodeProtectedHeader(token).kid!;
}
