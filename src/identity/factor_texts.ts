import { and, desc, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { factors } from "../../db/control/schema/factors.ts";
import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { PRODUCT_NAME } from "../email/brand.ts";
import { job } from "../outbox/job.ts";
import { enqueue } from "../outbox/outbox.ts";
import { MINUTE } from "../platform/clock.ts";
import { decrypt } from "../platform/crypto.ts";
import { idSchema } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import { enforce } from "../rate_limits/limiter.ts";
import { deliverText, TEXTS_ADDRESS, TEXTS_PERSON } from "../text_messages/deliver.ts";
import { SECRET_PURPOSE, textedCode } from "./factor_codes.ts";
import { isFactorOf } from "./factors.ts";
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
    const { clock, config } = system.services;
    const minutes = Math.ceil((new Date(until).getTime() - clock.now().getTime()) / MINUTE);
    if (minutes <= 0) return;
    const [factor] = await system.control.select({ sealed: factors.sealedSecret }).from(factors)
      .where(and(eq(factors.id, factorId), eq(factors.userId, userId), eq(factors.type, "sms")));
    if (!factor?.sealed) return;
    const to = decrypt(factor.sealed, config.appSecrets, SECRET_PURPOSE);
    const expiry = minutes === 1 ? "1 minute" : `${minutes} minutes`;
    const text = `${textedCode(system, codeFor)} is your ${PRODUCT_NAME} code. It expires in ${expiry}.`;
    await deliverText(system, { id, to, text });
  },
});

/** A phone that can get a code. */
export type Phone = { id: string; name: string };

/** A person's phones, the one that they used last first. */
export async function findPhones(db: ControlDb | ControlTx, userId: UserId): Promise<Phone[]> {
  return await db.select({ id: factors.id, name: factors.name }).from(factors)
    .where(and(isFactorOf(userId), eq(factors.type, "sms")))
    .orderBy(sql`${factors.lastUsedAt} desc nulls last`, desc(factors.createdAt));
}

/** Texts a code that works until `until` to the phone of one factor. Throws `rate_limited`. */
export async function textCode(
  ctx: SystemContext,
  tx: ControlTx,
  { until, ...request }: { userId: UserId; factorId: string; codeFor: string; until: Date },
): Promise<void> {
  await enforceForAddress(ctx, TEXTS_ADDRESS);
  await enforce(ctx, TEXTS_PERSON, request.userId);
  await enqueue(ctx, tx, FACTOR_TEXT, { ...request, until: until.toISOString() });
}

/** A number as pages show it: "•••• 56". */
export function maskedNumber(number: string): string {
  return `•••• ${number.slice(-2)}`;
}
