import { z } from "zod";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import type { AuthenticationMethod } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { badRequest, invalid } from "../errors.ts";
import { problem } from "../platform/problem.ts";
import { findUserOfToken } from "./address_tokens.ts";
import { findChallenge, openChallenge, textChallenge, textedFor } from "./challenges.ts";
import { proveCode } from "./factor_codes.ts";
import { findPhones, type Phone } from "./factor_texts.ts";
import { type CodeKind, findProvable, waysOf } from "./factors.ts";
import { lockUser, type User } from "./users.ts";

export const LINK_EXPIRED = problem(
  "password_link_expired",
  "This link has been used or has expired. Ask for a new one.",
);
const NO_CODE_BY_TEXT = problem(
  "password_link_without_text",
  "You can't set this password with a code by text message.",
);

const MAX_ID_LENGTH = 64;

/** `phone` is the id of the phone that gets the code. */
export const linkText = z.object({ token: z.string(), phone: z.string().max(MAX_ID_LENGTH).optional() });

/** The second factor that a link asks for. `phones` can get a code, the one that was used last first. */
export type LinkStep = { kinds: CodeKind[]; isTexted: boolean; phones: Phone[] };

/**
 * The second factor that a link to set a password asks its user for. Null if it asks for none. Factors of an account with an unconfirmed
 * address may be a stranger's, so the link alone decides.
 */
export async function findLinkStep(
  ctx: SystemContext,
  db: ControlDb | ControlTx,
  { id, emailVerifiedAt }: User,
  token: string,
): Promise<LinkStep | null> {
  const provable = emailVerifiedAt === null ? [] : await findProvable(db, id);
  if (provable.length === 0) return null;
  const { kinds: all, hasPasskey } = waysOf(ctx, provable);
  const isStronger = hasPasskey || all.includes("totp");
  // The link came by email, and a text message is too weak in place of an app or a passkey.
  const kinds = all.filter((kind) => kind !== "email" && !(kind === "sms" && isStronger));
  if (!kinds.includes("sms")) return { kinds, isTexted: false, phones: [] };
  const challenge = await findChallenge(ctx, "set_password", challengeToken(token), db);
  return { kinds, isTexted: textedFor(challenge) !== null, phones: await findPhones(db, id) };
}

/**
 * Texts a code for a link, to the phone with this id, or else to the one that was used last. Throws `invalid` on `token`, `bad_request`
 * if the link takes no such code, or `rate_limited`.
 */
export async function textPasswordLink(
  ctx: SystemContext,
  { token, phone }: z.output<typeof linkText>,
): Promise<void> {
  const user = await findUserOfToken(ctx, "set_password", token);
  if (!user) throw invalid({ token: LINK_EXPIRED });
  await ctx.tx(async (tx) => {
    await lockUser(tx, user.id);
    const step = await findLinkStep(ctx, tx, user, token);
    if (!step?.kinds.includes("sms")) throw badRequest(NO_CODE_BY_TEXT);
    const wanted = { purpose: "set_password", userId: user.id } as const;
    await textChallenge(ctx, tx, await openChallenge(ctx, tx, wanted, challengeToken(token)), phone);
  });
}

/** Which second factor of the link's user a code proves, using the code up. Null if the code is wrong or was used before. */
export async function proveLinkCode(
  ctx: SystemContext,
  tx: ControlTx,
  { id }: User,
  { kinds }: LinkStep,
  { token, code }: { token: string; code: string },
): Promise<AuthenticationMethod | null> {
  const challenge = kinds.includes("sms")
    ? await findChallenge(ctx, "set_password", challengeToken(token), tx)
    : null;
  return await proveCode(ctx, tx, id, { code, emailedFor: null, texted: textedFor(challenge) });
}

/** Whoever has the link can derive it, and nobody else. */
function challengeToken(token: string): string {
  return `password link ${token}`;
}
