import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import type { AuthenticationMethod } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { unauthenticated } from "../errors.ts";
import { logOf } from "../platform/log.ts";
import { problem } from "../platform/problem.ts";
import { attemptChallenge, type Challenge, endChallenge, textedFor } from "./challenges.ts";
import type { Device } from "./credentials.ts";
import { proveCode, withinCodeLimit } from "./factor_codes.ts";
import { CODE_KINDS } from "./factors.ts";
import { secondStepEnded } from "./second_step.ts";
import { type StartedSession, startSession } from "./sessions.ts";
import { recordAttempt, recordingLimit } from "./sign_in_attempts.ts";
import { type Trust, trustBrowser } from "./trusted_browsers.ts";
import { getLockedUser, type User } from "./users.ts";

const CODE_WRONG = problem(
  "second_factor_code_wrong",
  "This code is wrong or was used before. Try another one.",
);
const MAX_CODE_INPUT_LENGTH = 40;

const log = logOf("security");

/** `factor` is the only kind of code that counts. Without it, any kind does. */
export const secondStep = z.object({
  code: z.string().max(MAX_CODE_INPUT_LENGTH),
  factor: z.enum(CODE_KINDS).optional(),
});
type SecondStepInput = z.output<typeof secondStep>;

export type FinishedSecondStep = {
  user: User;
  session: StartedSession;
  trust: Trust | null;
  next: string | null;
};

/** Signs a browser in with the code of a second factor. Throws `unauthenticated`, or `rate_limited` after many codes. */
export async function finishSecondStep(
  ctx: SystemContext,
  token: string,
  input: SecondStepInput,
  { tenantId, trusts, device }: { tenantId: string | null; trusts: boolean; device: Device },
): Promise<FinishedSecondStep> {
  return await redeemSecondStep(
    ctx,
    "browser_sign_in",
    token,
    input,
    async (tx, { challenge, user, methods }) => {
      if (challenge.tenantId !== tenantId) throw secondStepEnded();
      const { remember, next } = challenge;
      const wanted = { userId: user.id, tenantId: challenge.tenantId, methods, remember, device };
      const session = await startSession(ctx, tx, wanted);
      return { user, session, trust: trusts ? await trustBrowser(ctx, tx, user) : null, next };
    },
  );
}

export type RedeemedStep = { challenge: Challenge; user: User; methods: AuthenticationMethod[] };

/**
 * Checks the code of a second step, ends the step, and does `work` in the same transaction. Throws `unauthenticated` if the code is
 * wrong or the step has ended, or `rate_limited`.
 */
export async function redeemSecondStep<T>(
  ctx: SystemContext,
  purpose: "browser_sign_in" | "api_sign_in",
  token: string,
  { code, factor: kind }: SecondStepInput,
  work: (tx: ControlTx, redeemed: RedeemedStep) => Promise<T>,
): Promise<T> {
  const challenge = await attemptChallenge(ctx, purpose, token);
  if (!challenge) throw secondStepEnded();
  const { id, userId, firstMethod } = challenge;
  const done = await recordingLimit(
    ctx,
    userId,
    [firstMethod],
    () =>
      withinCodeLimit(ctx, userId, () =>
        ctx.tx(async (tx) => {
          const user = await getLockedUser(tx, userId);
          const emailedFor = challenge.emailedAt && firstMethod !== "email" ? id : null;
          const texted = textedFor(challenge);
          const method = await proveCode(ctx, tx, userId, { code, emailedFor, texted, kind });
          if (!method) return null;
          if (!await endChallenge(tx, challenge)) throw secondStepEnded();
          return { result: await work(tx, { challenge, user, methods: [firstMethod, method] }) };
        })),
  );
  log[done ? "info" : "warn"](done ? "second factor accepted" : "second factor refused", {
    userId,
    requestId: ctx.requestId,
  });
  if (done) return done.result;
  recordAttempt(ctx, { userId, methods: [firstMethod], outcome: "wrong_code" });
  throw unauthenticated(CODE_WRONG);
}
