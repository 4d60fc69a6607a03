import type { Context } from "hono";
import {
  type KeyedRequest,
  parseIdempotencyKey,
  rejectReusedKey,
  type StoredAnswer,
} from "../../src/api_access/idempotency.ts";
import { runOnce } from "../../src/api_access/run_once.ts";
import { authorize } from "../../src/access/authorize.ts";
import type { Permission } from "../../src/access/permissions.ts";
import type { BeforeCommit, SystemContext } from "../../src/context.ts";
import type { HttpEnv } from "../http.ts";
import { problemAnswer } from "./problem.ts";

/** How the context of an audience takes part in storing answers. */
export type Recording<Ctx> = {
  systemOf(ctx: Ctx): SystemContext;
  /** The same context, whose transactions also run `beforeCommit`. */
  recordingWith(ctx: Ctx, beforeCommit: BeforeCommit): Ctx;
};

/** An operation that changes something. */
export type Change<Ctx, Result> = {
  /** Returns what its transaction returned, if the answer is stored in that transaction. */
  run(ctx: Ctx): Promise<Result>;
  toAnswer(result: Result): StoredAnswer;
  /** What the actor still needs to see the stored answer again. */
  permission: Permission | undefined;
  storesAnswer: "in_transaction" | "afterward" | "never";
};

/**
 * Runs an operation once for each `Idempotency-Key` of the actor in the tenant, and answers repeats with the stored answer. Without
 * the header, just runs the operation.
 */
export async function answerOnce<E extends HttpEnv, Ctx, Result>(
  c: Context<E>,
  ctx: Ctx,
  { systemOf, recordingWith }: Recording<Ctx>,
  { run, toAnswer, permission, storesAnswer }: Change<Ctx, Result>,
): Promise<StoredAnswer> {
  const system = systemOf(ctx);
  const request = await keyedRequest(c, system);
  if (!request) return toAnswer(await run(ctx));
  return await runOnce(system, request, {
    run: async (store) => {
      if (storesAnswer === "afterward") return toAnswer(await run(ctx));
      const recording = recordingWith(ctx, async (tx, result) => {
        const isChanged = result !== null && result !== false;
        if (isChanged) await store(tx, toAnswer(result as Result));
      });
      return toAnswer(await run(recording));
    },
    toRefusal: (error) => problemAnswer(error, system.requestId),
    authorizeReplay: () => permission && authorize(system, permission),
  });
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
