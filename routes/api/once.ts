import type { Context } from "hono";
import {
  type Claim,
  claimKey,
  isLasting,
  type KeyedRequest,
  parseIdempotencyKey,
  rejectReusedKey,
  releaseKey,
  storeAnswer,
  storeAnswerWithoutChange,
  type StoredAnswer,
} from "../../src/api_access/idempotency.ts";
import type { BeforeCommit, SystemContext } from "../../src/context.ts";
import { DomainError } from "../../src/errors.ts";
import type { HttpEnv } from "../http.ts";
import { problemAnswer } from "./problem.ts";

/** How the context of an audience takes part in storing answers. */
export type Recording<Ctx> = {
  systemOf(ctx: Ctx): SystemContext;
  /** The same context, whose transactions also run `beforeCommit`. */
  recordingWith(ctx: Ctx, beforeCommit: BeforeCommit): Ctx;
};

type Operation<Ctx, Result> = {
  /** Returns what its transaction returned. */
  run(ctx: Ctx): Promise<Result>;
  toAnswer(result: Result): StoredAnswer;
};

/**
 * Runs an operation once for each `Idempotency-Key` of the actor in the tenant, and answers repeats with the stored answer. The answer is
 * stored in the operation's transaction. Without the header, just runs the operation.
 */
export async function answerOnce<E extends HttpEnv, Ctx, Result>(
  c: Context<E>,
  ctx: Ctx,
  { systemOf, recordingWith }: Recording<Ctx>,
  { run, toAnswer }: Operation<Ctx, Result>,
): Promise<StoredAnswer> {
  const system = systemOf(ctx);
  const request = await keyedRequest(c, system);
  if (!request) return toAnswer(await run(ctx));
  const claimed = await claimKey(system, request);
  if ("answer" in claimed) return replayed(claimed.answer);
  const { claim } = claimed;
  let isStored = false;
  const recording = recordingWith(ctx, async (tx, result) => {
    if (result === null || result === false) return; // the transaction changed nothing
    await storeAnswer(system.services, tx, claim, toAnswer(result as Result));
    isStored = true;
  });
  try {
    const answer = toAnswer(await run(recording));
    if (!isStored) await storeAnswerWithoutChange(system, claim, answer);
    return answer;
  } catch (error) {
    await settleFailure(system, claim, error);
    throw error;
  }
}

/** Throws `invalid` if the key of a request that is safe to repeat belongs to another request. */
export async function checkKey<E extends HttpEnv>(c: Context<E>, system: SystemContext): Promise<void> {
  const request = await keyedRequest(c, system);
  if (request) await rejectReusedKey(system, request);
}

async function keyedRequest<E extends HttpEnv>(
  c: Context<E>,
  { actor }: SystemContext,
): Promise<KeyedRequest | null> {
  const header = c.req.header("Idempotency-Key");
  if (header === undefined) return null;
  return {
    key: parseIdempotencyKey(header),
    actor,
    tenantId: c.get("target")?.id ?? null,
    method: c.req.method,
    path: c.req.path.replace(/^\/api(\/v1)?(?=\/)/, ""),
    body: await c.req.text(),
  };
}

function replayed(answer: StoredAnswer): StoredAnswer {
  return { ...answer, headers: { ...answer.headers, "Idempotent-Replayed": "true" } };
}

/** Stores a refusal that would be the same again. After any other failure, the client can try again with the same key. */
async function settleFailure(system: SystemContext, claim: Claim, error: unknown): Promise<void> {
  if (!(error instanceof DomainError && isLasting(error))) return await releaseKey(system, claim);
  await storeAnswerWithoutChange(system, claim, problemAnswer(error, system.requestId));
}
