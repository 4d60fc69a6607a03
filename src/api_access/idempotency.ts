import { and, eq, isNull, lte, sql } from "drizzle-orm";
import type { ControlTx, TenantTx } from "../../db/connection/with_tenant.ts";
import { idempotencyKeys } from "../../db/control/schema/idempotency.ts";
import type { TenantId } from "../../db/ids.ts";
import { type Actor, describeActor } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { badRequest, conflict, type DomainError, type ErrorKind, invalid } from "../errors.ts";
import { after, DAY, MINUTE } from "../platform/clock.ts";
import { decrypt, derivedToken, encrypt, sha256 } from "../platform/crypto.ts";
import { newId } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import { sealedColumn } from "../platform/sealed_column.ts";
import type { Services } from "../ports.ts";

const KEY_MALFORMED = problem(
  "idempotency_key_malformed",
  "Idempotency-Key must be 1 to {maximum} printable ASCII characters, with or without quotes.",
);
const KEY_REUSED = problem(
  "idempotency_key_reused",
  "This key was sent with another request. Use a new key for each change.",
);
const KEY_IN_USE = problem(
  "idempotency_key_in_use",
  "A request with this key is still running. Try again in a moment.",
);

export const MAX_KEY_LENGTH = 255;
const ANSWERS_KEPT = DAY;
/** A request runs for less time than this, unless its process has died. */
const CLAIM_TIME = MINUTE;
const RETRY_SECONDS = 1;
/** A key changes hands between two statements only if its holder dies or its answer expires. */
const MAX_ATTEMPTS = 5;
const REQUEST_PURPOSE = "idempotency request";
const ANSWER_PURPOSE = "idempotency answer";

/** A string of RFC 8941, section 3.3.3. */
const QUOTED = /^"((?:[ !#-[\]-~]|\\["\\])*)"$/;
/** The same characters without quotes, which many clients send. */
const BARE = /^[!#-[\]-~]+$/;

/** Refusals that a repeat may overcome, such as after signing in again. */
const NOT_STORED: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  "invalid",
  "unauthenticated",
  "reauthentication_required",
  "second_factor_required",
  "rate_limited",
  "unavailable",
]);

export const STORED_ANSWERS = sealedColumn("API answers", {
  table: idempotencyKeys,
  id: idempotencyKeys.scopeHash,
  column: idempotencyKeys.sealedAnswer,
  purpose: ANSWER_PURPOSE,
});

/** An API request that changes something. `body` is the exact text that was sent. */
export type KeyedRequest = {
  key: string;
  actor: Actor;
  tenantId: TenantId | null;
  method: string;
  path: string;
  body: string;
};

/** An answer as it was first sent. */
export type StoredAnswer = { status: number; headers: Record<string, string>; body: string | null };

/** The right to run the request of a key, and to store its answer. */
export type Claim = { scopeHash: string; id: string };

/**
 * The key in the header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header). `"k"` and `k` are one key.
 * Throws `bad_request` for anything else.
 */
export function parseIdempotencyKey(header: string): string {
  const text = header.trim();
  const key = BARE.test(text) ? text : QUOTED.exec(text)?.[1]?.replaceAll(/\\(["\\])/g, "$1");
  if (!key || key.length > MAX_KEY_LENGTH) throw badRequest(KEY_MALFORMED.with({ maximum: MAX_KEY_LENGTH }));
  return key;
}

/**
 * Claims a key for a request. Returns the stored answer instead if the same request has ended. Throws `invalid` if the key
 * belongs to another request, and `conflict` while the first request runs.
 */
export async function claimKey(
  ctx: SystemContext,
  request: KeyedRequest,
): Promise<{ claim: Claim } | { answer: StoredAnswer }> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const outcome = await insertKey(ctx, request) ?? await readKey(ctx, request);
    if (outcome) return outcome;
  }
  throw keyInUse();
}

/** Throws `invalid` if the key belongs to another request. For requests that are safe to repeat without a stored answer. */
export async function rejectReusedKey(ctx: SystemContext, request: KeyedRequest): Promise<void> {
  const known = await findKey(ctx, scopeOf(request));
  if (known && known.expiresAt > ctx.services.clock.now() && !isSameRequest(ctx, known, request)) {
    throw keyReused();
  }
}

/**
 * Stores the answer in the transaction of the change, so that both are committed together. Throws `conflict` if another request
 * has taken over the key, which rolls the change back.
 */
export async function storeAnswer(
  { config }: Pick<Services, "config">,
  tx: ControlTx | TenantTx,
  { scopeHash, id }: Claim,
  answer: StoredAnswer,
): Promise<void> {
  const sealed = encrypt(JSON.stringify(answer), config.appSecret, ANSWER_PURPOSE);
  const [row] = await tx.execute<{ stored: boolean }>(
    sql`select api.store_answer(${scopeHash}, ${id}::uuid, ${sealed}) as stored`,
  );
  if (!row!.stored) throw keyInUse();
}

/** Stores the answer to a request that changed nothing, or whose change is committed. */
export async function storeAnswerAfterward(
  { control, services }: SystemContext,
  claim: Claim,
  answer: StoredAnswer,
): Promise<void> {
  const sealedAnswer = encrypt(JSON.stringify(answer), services.config.appSecret, ANSWER_PURPOSE);
  await control.update(idempotencyKeys).set({ sealedAnswer }).where(isUnanswered(claim));
}

/** Frees the key of a request that failed. Keeps an answer that was committed, even if the request failed afterward. */
export async function releaseKey({ control }: SystemContext, claim: Claim): Promise<void> {
  await control.delete(idempotencyKeys).where(isUnanswered(claim));
}

/** Whether repeating the request would be refused in the same way, so that the refusal is stored like an answer. */
export function isLasting({ kind }: DomainError): boolean {
  return !NOT_STORED.has(kind);
}

async function insertKey(ctx: SystemContext, request: KeyedRequest): Promise<{ claim: Claim } | null> {
  const now = ctx.services.clock.now();
  const claim = { scopeHash: scopeOf(request), id: newId() };
  const [inserted] = await ctx.control.insert(idempotencyKeys).values({
    scopeHash: claim.scopeHash,
    tenantId: request.tenantId,
    requestHash: hashOf(request, ctx.services.config.appSecret),
    claimId: claim.id,
    claimedUntil: after(now, CLAIM_TIME),
    expiresAt: after(now, ANSWERS_KEPT),
  }).onConflictDoNothing().returning({ claimId: idempotencyKeys.claimId });
  return inserted ? { claim } : null;
}

/** Returns null if the key has expired or changed hands meanwhile. */
async function readKey(
  ctx: SystemContext,
  request: KeyedRequest,
): Promise<{ claim: Claim } | { answer: StoredAnswer } | null> {
  const { services, control } = ctx;
  const now = services.clock.now();
  const scopeHash = scopeOf(request);
  const known = await findKey(ctx, scopeHash);
  if (!known) return null;
  if (known.expiresAt <= now) {
    const isExpired = and(eq(idempotencyKeys.scopeHash, scopeHash), lte(idempotencyKeys.expiresAt, now));
    await control.delete(idempotencyKeys).where(isExpired);
    return null;
  }
  if (!isSameRequest(ctx, known, request)) throw keyReused();
  if (known.sealedAnswer !== null) {
    return { answer: JSON.parse(decrypt(known.sealedAnswer, services.config.appSecrets, ANSWER_PURPOSE)) };
  }
  if (known.claimedUntil > now) throw keyInUse();
  const claim = { scopeHash, id: newId() };
  const [taken] = await control.update(idempotencyKeys)
    .set({ claimId: claim.id, claimedUntil: after(now, CLAIM_TIME) })
    .where(isUnanswered({ scopeHash, id: known.claimId })).returning({ claimId: idempotencyKeys.claimId });
  return taken ? { claim } : null;
}

type KnownKey = typeof idempotencyKeys.$inferSelect;

async function findKey({ control }: SystemContext, scopeHash: string): Promise<KnownKey | undefined> {
  const [known] = await control.select().from(idempotencyKeys)
    .where(eq(idempotencyKeys.scopeHash, scopeHash));
  return known;
}

function isUnanswered({ scopeHash, id }: Claim) {
  return and(
    eq(idempotencyKeys.scopeHash, scopeHash),
    eq(idempotencyKeys.claimId, id),
    isNull(idempotencyKeys.sealedAnswer),
  );
}

/** A person has the same keys with any of their tokens for the tenant. */
function scopeOf({ tenantId, actor, key }: KeyedRequest): string {
  const kind = actor.type === "user" ? "member" : actor.type;
  const id = actor.type === "key" ? actor.key.id : describeActor(actor).id;
  return sha256(JSON.stringify([tenantId, kind, id, key]));
}

function hashOf({ method, path, body }: KeyedRequest, secret: string): string {
  return derivedToken(JSON.stringify([method, path, body]), secret, REQUEST_PURPOSE);
}

function isSameRequest({ services }: SystemContext, { requestHash }: KnownKey, request: KeyedRequest) {
  return services.config.appSecrets.some((secret) => hashOf(request, secret) === requestHash);
}

function keyReused() {
  return invalid({ "Idempotency-Key": KEY_REUSED }, KEY_REUSED);
}

function keyInUse() {
  return conflict(KEY_IN_USE, RETRY_SECONDS);
}
