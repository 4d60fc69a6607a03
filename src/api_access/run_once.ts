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
  storeAnswerWithoutChange,
  type StoredAnswer,
} from "./idempotency.ts";

/** Stores the answer in the transaction of the change. */
export type StoreAnswer = (tx: ControlTx | TenantTx, answer: StoredAnswer) => Promise<void>;

type Run = {
  /** Makes the change and calls `store` in its transaction. Returns the same answer. */
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
  try {
    const answer = await run(async (tx, answer) => {
      await storeAnswer(ctx.services, tx, claim, answer);
      isStored = true;
    });
    if (!isStored) await storeAnswerWithoutChange(ctx, claim, answer);
    return answer;
  } catch (error) {
    await settle(ctx, claim, error, toRefusal);
    throw error;
  }
}

/**
 * Stores a refusal that would be the same again. After any other failure, frees the key. If that fails as well, the key is free
 * after a minute, and the caller learns the original error.
 */
async function settle(
  ctx: SystemContext,
  claim: Claim,
  error: unknown,
  toRefusal: Run["toRefusal"],
): Promise<void> {
  try {
    if (error instanceof DomainError && isLasting(error)) {
      await storeAnswerWithoutChange(ctx, claim, toRefusal(error));
    } else await releaseKey(ctx, claim);
  } catch (failure) {
    log.warn("an idempotency key could not be freed", {
      requestId: ctx.requestId,
      ...describeError(failure),
    });
  }
}
