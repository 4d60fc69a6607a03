import { and, eq, gt } from "drizzle-orm";
import { pendingSignUps } from "../../db/control/schema/identity.ts";
import type { SystemContext } from "../context.ts";
import { isSixDigitCode, sixDigitCode } from "../platform/crypto.ts";

export const CODE_MINUTES = 15;
const CODE_PURPOSE = "sign-up code";

/** A sign-up that waits for the code sent to its address. */
export type PendingSignUp = typeof pendingSignUps.$inferSelect;

/** The six-digit code of a sign-up. It is derived from the sign-up's id, so a resent email contains the same code. */
export function codeOf({ services }: SystemContext, { id }: Pick<PendingSignUp, "id">): string {
  return sixDigitCode(id, services.config.appSecret, CODE_PURPOSE);
}

export function isCodeOf(
  { services }: SystemContext,
  { id }: Pick<PendingSignUp, "id">,
  typed: string,
): boolean {
  return isSixDigitCode(typed, id, services.config.appSecrets, CODE_PURPOSE);
}

/** The pending sign-up with this id. Null if it is finished or has expired. */
export async function findPendingSignUpById(ctx: SystemContext, id: string): Promise<PendingSignUp | null> {
  const isOpen = and(eq(pendingSignUps.id, id), gt(pendingSignUps.expiresAt, ctx.services.clock.now()));
  const [row] = await ctx.control.select().from(pendingSignUps).where(isOpen);
  return row ?? null;
}
