import { and, desc, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { factors } from "../../db/control/schema/factors.ts";
import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { PRODUCT_NAME } from "../email/brand.ts";
import { job } from "../outbox/job.ts";
import { enqueue } from "../outbox/outbox.ts";
import { after, MINUTE } from "../platform/clock.ts";
import { decrypt } from "../platform/crypto.ts";
import { idSchema } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import { deliverText, TEXTS_ADDRESS } from "../text_messages/deliver.ts";
import { FACTOR_CODE_MINUTES, SECRET_PURPOSE, textedCode } from "./factor_codes.ts";
import { enforceForAddress } from "./sign_in_limits.ts";

export const PHONE_INVALID = problem(
  "phone_invalid",
  "Enter the number with its country code, such as +1 555 012 3456.",
);

/** A phone number in E.164 (ITU-T), typed with spaces, dots, hyphens or parentheses. */
export const phoneNumber = z.string().max(40, PHONE_INVALID.code).transform((typed) =>
  typed.replaceAll(/[\s().-]/g, "")
).pipe(z.string().regex(/^\+[1-9]\d{6,14}$/, PHONE_INVALID.code));

/** Texts a code to the phone of a factor, confirmed or not. The code is made when the message is sent. */
export const FACTOR_TEXT = job("text.factor_code", {
  queue: "email",
  payload: z.object({
    factorId: z.uuid(),
    codeFor: z.uuid(),
    userId: idSchema<UserId>(),
    /** When the code ends. A later attempt sends nothing. */
    until: z.iso.datetime(),
  }),
  run: async ({ id, system }, { factorId, codeFor, userId, until }) => {
    if (system.services.clock.now() >= new Date(until)) return;
    const [factor] = await system.control.select({ sealed: factors.sealedSecret }).from(factors)
      .where(and(eq(factors.id, factorId), eq(factors.userId, userId), eq(factors.type, "sms")));
    if (!factor?.sealed) return;
    const to = decrypt(factor.sealed, system.services.config.appSecrets, SECRET_PURPOSE);
    const code = textedCode(system, codeFor);
    const text = `${code} is your ${PRODUCT_NAME} code. It expires in ${FACTOR_CODE_MINUTES} minutes.`;
    await deliverText(system, { id, to, text });
  },
});

/** Texts the code of a challenge to the phone that the person used last. Throws `rate_limited`. */
export async function textChallengeCode(
  ctx: SystemContext,
  tx: ControlTx,
  userId: UserId,
  codeFor: string,
): Promise<void> {
  const [factor] = await tx.select({ id: factors.id }).from(factors)
    .where(
      and(eq(factors.userId, userId), eq(factors.type, "sms"), sql`${factors.confirmedAt} is not null`),
    )
    .orderBy(sql`${factors.lastUsedAt} desc nulls last`, desc(factors.createdAt)).limit(1);
  if (factor) await textCode(ctx, tx, { userId, factorId: factor.id, codeFor });
}

/** Texts a code to the phone of one factor. Throws `rate_limited`. */
export async function textCode(
  ctx: SystemContext,
  tx: ControlTx,
  request: { userId: UserId; factorId: string; codeFor: string },
): Promise<void> {
  await enforceForAddress(ctx, TEXTS_ADDRESS);
  const until = after(ctx.services.clock.now(), FACTOR_CODE_MINUTES * MINUTE).toISOString();
  await enqueue(ctx, tx, FACTOR_TEXT, { ...request, until });
}

/** A number as pages show it: "•••• 56". */
export function maskedNumber(number: string): string {
  return `•••• ${number.slice(-2)}`;
}
