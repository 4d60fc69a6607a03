import { and, eq, gt, isNull, lte, or } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { apiKeys, apiKeySecrets } from "../../db/control/schema/api_keys.ts";
import { authorize } from "../access/authorize.ts";
import type { MemberContext } from "../context.ts";
import { conflict, forbidden, notFound } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { requireRecentSignIn } from "../identity/recent_sign_in.ts";
import { SIGN_INS } from "../identity/sign_in_caches.ts";
import { after, HOUR } from "../platform/clock.ts";
import { sha256 } from "../platform/crypto.ts";
import { isId } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import { type ApiKey, findKey, KEY_NOT_FOUND, type KeyWithSecret, lockKeys } from "./api_keys.ts";
import { API_KEYS_MANAGE } from "./permissions.ts";
import { API_KEY_ROTATED } from "./events.ts";
import { announceKeyChange } from "./key_changes.ts";
import { newKeySecret, prefixOfSecret } from "./key_secret.ts";

const OVERLAP_INVALID = problem("api_key_overlap_invalid", "Use a whole number of hours from 0 to 168.");
const NOT_YOUR_KEY = problem(
  "api_key_not_yours",
  "{name} created this key, and it acts in their name. Create a key of your own instead.",
);
const KEY_EXPIRED = problem("api_key_rotation_expired", "This key has expired. Create a new one.");
const TOO_MANY_SECRETS = problem(
  "api_key_too_many_secrets",
  "{count} secrets of this key still work. Wait until one expires, or rotate the key without an overlap.",
);

const DEFAULT_OVERLAP_HOURS = 24;
const MAX_OVERLAP_HOURS = 7 * 24;
const MAX_SECRETS = 5;

/** How long the current secret keeps working. 0 ends all earlier secrets immediately. */
export const keyRotation = z.object({
  overlapHours: z.int(OVERLAP_INVALID.code).min(0, OVERLAP_INVALID.code)
    .max(MAX_OVERLAP_HOURS, OVERLAP_INVALID.code).default(DEFAULT_OVERLAP_HOURS),
});

/** Whether the actor may rotate the key. Use it to decide what to show. */
export function canRotate({ actor, services }: MemberContext, { createdBy, expiresAt }: ApiKey): boolean {
  return createdBy.id === actor.id && !(expiresAt && expiresAt <= services.clock.now());
}

/**
 * Gives a key a new secret. Earlier secrets work until the overlap ends, so that programs can change over one by one. A key acts in
 * its creator's name, so nobody else gets a secret of it. Throws `reauthentication_required`, `not_found`, `forbidden`, or `conflict`
 * for an expired key and for too many secrets.
 */
export async function rotateApiKey(
  ctx: MemberContext,
  id: string,
  { overlapHours }: z.output<typeof keyRotation>,
): Promise<KeyWithSecret> {
  authorize(ctx, API_KEYS_MANAGE);
  await requireRecentSignIn(ctx);
  if (!isId(id)) throw notFound(KEY_NOT_FOUND);
  const secret = newKeySecret();
  const rotated = await ctx.system.tx(async (tx) => {
    const { name } = await lockOwnKey(ctx, tx, id);
    await endSecrets(ctx, tx, id, overlapHours);
    await tx.insert(apiKeySecrets).values({
      hash: sha256(secret),
      keyId: id,
      createdAt: ctx.services.clock.now(),
    });
    await tx.update(apiKeys).set({ prefix: prefixOfSecret(secret) }).where(eq(apiKeys.id, id));
    await publish(ctx.system, tx, API_KEY_ROTATED, {
      after: { id, name },
      details: { overlap_hours: overlapHours },
      schema: ctx.tenant.schemaName,
    });
    await announceKeyChange(tx, id);
    return { ...(await findKey(ctx, tx, id))!, apiKey: secret };
  });
  ctx.services.use(SIGN_INS).forgetKey(id);
  return rotated;
}

async function lockOwnKey(ctx: MemberContext, tx: ControlTx, id: string): Promise<ApiKey> {
  await lockKeys(ctx, tx);
  const key = await findKey(ctx, tx, id);
  if (!key) throw notFound(KEY_NOT_FOUND);
  if (key.createdBy.id !== ctx.actor.id) throw forbidden(NOT_YOUR_KEY.with({ name: key.createdBy.name }));
  if (!canRotate(ctx, key)) throw conflict(KEY_EXPIRED);
  return key;
}

/** Lets the key's secrets work until the overlap ends, and deletes those that no longer do. */
async function endSecrets(
  { services }: MemberContext,
  tx: ControlTx,
  keyId: string,
  overlapHours: number,
): Promise<void> {
  const now = services.clock.now();
  const until = after(now, overlapHours * HOUR);
  const { expiresAt } = apiKeySecrets;
  const isLonger = or(isNull(expiresAt), gt(expiresAt, until));
  await tx.update(apiKeySecrets).set({ expiresAt: until })
    .where(and(eq(apiKeySecrets.keyId, keyId), isLonger));
  await tx.delete(apiKeySecrets).where(and(eq(apiKeySecrets.keyId, keyId), lte(expiresAt, now)));
  const left = await tx.$count(apiKeySecrets, eq(apiKeySecrets.keyId, keyId));
  if (left >= MAX_SECRETS) throw conflict(TOO_MANY_SECRETS.with({ count: left }));
}
