import { and, eq, gt, isNull } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { factors } from "../../db/control/schema/factors.ts";
import type { UserId } from "../access/actor.ts";
import { authorizeSelf } from "../access/authorize.ts";
import type { SystemContext } from "../context.ts";
import { badRequest, notFound } from "../errors.ts";
import { after, MINUTE } from "../platform/clock.ts";
import { decrypt } from "../platform/crypto.ts";
import { isId } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import { FACTOR_CODE_MINUTES, SECRET_PURPOSE } from "./factor_codes.ts";
import { maskedNumber, textCode } from "./factor_texts.ts";
import type { CodeFactorType } from "./factors.ts";
import { requireRecentSignIn } from "./recent_sign_in.ts";
import { totpUri } from "./totp.ts";
import { getUserById, lockUser } from "./users.ts";

const FACTOR_NOT_FOUND = problem("factor_not_found", "This second factor was not found.");
const NOT_A_PHONE = problem("factor_not_a_phone", "Only a phone gets its code by text message.");

const CONFIRM_WITHIN = FACTOR_CODE_MINUTES * MINUTE;

/** A second factor that waits for its first code. An authenticator app takes the secret, typed or as the QR code of the URI. */
export type PendingFactor = {
  id: string;
  type: CodeFactorType;
  name: string;
  secret?: string;
  otpauthUri?: string;
  /** The end of the phone's number, for type `sms`. */
  phone?: string;
};

/** The factor that waits for its first code. Throws `not_found` after ten minutes. */
export async function getPendingFactor(
  ctx: SystemContext,
  userId: UserId,
  id: string,
): Promise<PendingFactor> {
  authorizeSelf(ctx, userId);
  if (!isId(id)) throw unknownFactor();
  const [row] = await ctx.control.select().from(factors).where(isPending(ctx, userId, id));
  if (!row) throw unknownFactor();
  const { type, name, sealedSecret } = row;
  if (type === "passkey") throw unknownFactor();
  const opened = sealedSecret
    ? decrypt(sealedSecret, ctx.services.config.appSecrets, SECRET_PURPOSE)
    : undefined;
  const secret = type === "totp" ? opened : undefined;
  const { email } = await getUserById(ctx.control, userId);
  return {
    id,
    type,
    name,
    secret,
    otpauthUri: secret && totpUri(secret, email),
    phone: type === "sms" && opened ? maskedNumber(opened) : undefined,
  };
}

/**
 * Texts the first code of a new phone again. It still ends ten minutes after the phone was added. Throws `not_found` after that,
 * `bad_request` if the factor is no phone, `reauthentication_required`, or `rate_limited`.
 */
export async function textPendingAgain(ctx: SystemContext, userId: UserId, id: string): Promise<void> {
  authorizeSelf(ctx, userId);
  await requireRecentSignIn(ctx);
  if (!isId(id)) throw unknownFactor();
  await ctx.tx(async (tx) => {
    await lockUser(tx, userId);
    const [pending] = await tx.select().from(factors).where(isPending(ctx, userId, id));
    if (!pending) throw unknownFactor();
    if (pending.type !== "sms") throw badRequest(NOT_A_PHONE);
    await textPending(ctx, tx, pending);
  });
}

/** Texts the first code of a new phone. Throws `rate_limited`. */
export async function textPending(
  ctx: SystemContext,
  tx: ControlTx,
  { id, userId, createdAt }: Pick<typeof factors.$inferSelect, "id" | "userId" | "createdAt">,
): Promise<void> {
  const until = after(createdAt, CONFIRM_WITHIN);
  await textCode(ctx, tx, { userId, factorId: id, codeFor: id, until });
}

/** Matches a person's factor if it still waits for its first code. */
export function isPending({ services }: SystemContext, userId: UserId, id: string) {
  return and(
    eq(factors.id, id),
    eq(factors.userId, userId),
    isNull(factors.confirmedAt),
    gt(factors.createdAt, after(services.clock.now(), -CONFIRM_WITHIN)),
  );
}

export function unknownFactor() {
  return notFound(FACTOR_NOT_FOUND);
}
