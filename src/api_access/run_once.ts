import type { ControlTx, TenantTx } from "../../db/connection/with_tenant.ts";
import type { SystemContext } from "../context.ts";
import { DomainError } from "../errors.ts";
import { describeError, logOf } from "../platform/log.ts";
import {
  type Claim,
  claimKey,
  isLasting,
  type KeyedRequest,
  releaseKey,
  storeAnswer,
  storeAnswerAfterward,
  type StoredAnswer,
} from "./idempotency.ts";

/** Stores the answer in the transaction of the change. */
export type StoreAnswer = (tx: ControlTx | TenantTx, answer: StoredAnswer) => Promise<void>;

type Run = {
  /** Makes the change. Returns the answer, with which it may have called `store` in its transaction. */
  run(store: StoreAnswer): Promise<StoredAnswer>;
  /** The answer to a refusal. */
  toRefusal(error: DomainError): StoredAnswer;
  /** Throws if the actor may no longer see the answer to a change that was made. */
  authorizeReplay(): void;
};

const FIRST_REFUSAL = 400;

const log = logOf("api");

/**
 * Runs a request once for its key, and returns the stored answer to each repeat, with `Idempotent-Replayed`. Throws the errors of
 * `claimKey` and of `run`.
 */
export async function runOnce(
  ctx: SystemContext,
  request: KeyedRequest,
  { run, toRefusal, authorizeReplay }: Run,
): Promise<StoredAnswer> {
  const claimed = await claimKey(ctx, request);
  if ("answer" in claimed) {
    const { answer } = claimed;
    if (answer.status < FIRST_REFUSAL) authorizeReplay();
    return { ...answer, headers: { ...answer.headers, "Idempotent-Replayed": "true" } };
  }
  const { claim } = claimed;
  let isStored = false;
  let answer: StoredAnswer;
  try {
    answer = await run(async (tx, answer) => {
      await storeAnswer(ctx.services, tx, claim, answer);
      isStored = true;
    });
  } catch (error) {
    await orWarn(ctx, () => settle(ctx, claim, error, toRefusal));
    throw error;
  }
  if (!isStored) await orWarn(ctx, () => storeAnswerAfterward(ctx, claim, answer));
  return answer;
}

/** Stores a refusal that would be the same again. After any other failure, frees the key. */
async function settle(
  ctx: SystemContext,
  claim: Claim,
  error: unknown,
  toRefusal: Run["toRefusal"],
): Promise<void> {
  if (error instanceof DomainError && isLasting(error)) {
    await storeAnswerAfterward(ctx, claim, toRefusal(error));
  } else await releaseKey(ctx, claim);
}

/** The request has ended, so the caller learns how, even if this fails. The key is free after a minute. */
async function orWarn({ requestId }: SystemContext, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (failure) {
    log.warn("an idempotency key could not be settled", { requestId, ...describeError(failure) });
  }
}
