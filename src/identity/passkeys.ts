import { Buffer } from "node:buffer";
import type { PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/server";
import { and, eq, lt } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { factors } from "../../db/control/schema/factors.ts";
import { passkeys } from "../../db/control/schema/passkeys.ts";
import type { UserId } from "../access/actor.ts";
import { requirePerson } from "../access/authorize.ts";
import type { SystemContext } from "../context.ts";
import { unauthenticated } from "../errors.ts";
import { MINUTE } from "../platform/clock.ts";
import { logOf } from "../platform/log.ts";
import { problem } from "../platform/problem.ts";
import type { Device, Session } from "./credentials.ts";
import {
  type Ceremony,
  PASSKEY_MINUTES,
  readCredential,
  redeemChallenge,
  refused,
  relyingParty,
  startCeremony,
} from "./passkey_ceremonies.ts";
import { type StartedSession, startSession } from "./sessions.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import { recordProof } from "./step_up.ts";
import { getUserById, lockUser, type User } from "./users.ts";

const PASSKEY_UNKNOWN = problem(
  "passkey_unknown",
  "We don't know this passkey. It may have been removed from your account.",
);

const MAX_TEXT_LENGTH = 8_000;

const log = logOf("security");

const text = z.string().max(MAX_TEXT_LENGTH);

/** The answer of a browser, as `startAuthentication` of @simplewebauthn/browser makes it. */
const assertion = z.object({
  id: text,
  rawId: text,
  type: z.literal("public-key"),
  response: z.object({
    clientDataJSON: text,
    authenticatorData: text,
    signature: text,
    userHandle: text.optional(),
  }),
});
type Assertion = z.output<typeof assertion>;

/** A browser's answer as a form sends it: the JSON of the credential. */
export const passkeyAnswer = z.object({ credential: z.string().max(MAX_TEXT_LENGTH).default("") });

type StoredPasskey =
  & Pick<
    typeof passkeys.$inferSelect,
    "factorId" | "credentialId" | "publicKey" | "counter"
  >
  & { userId: UserId };

/** A passkey whose signature was right. */
type ProvenPasskey = StoredPasskey & { newCounter: number; isBackedUp: boolean };

/**
 * What a browser needs to ask for a passkey: any of this installation to sign in, one of the person's to prove who they are. Throws
 * `rate_limited`.
 */
export async function askForPasskey(
  ctx: SystemContext,
  ceremony: Ceremony & { purpose: "sign_in" | "step_up" },
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await import("@simplewebauthn/server");
  return await generateAuthenticationOptions({
    rpID: relyingParty(ctx).id,
    challenge: await startCeremony(ctx, ceremony),
    userVerification: "required",
    timeout: PASSKEY_MINUTES * MINUTE,
    allowCredentials: ceremony.userId ? await findCredentials(ctx, ceremony.userId) : [],
  });
}

/** The ids of a person's passkeys, and how browsers reach them. */
export async function findCredentials(
  ctx: SystemContext,
  userId: UserId,
): Promise<{ id: string; transports: string[] }[]> {
  return await ctx.control.select({ id: passkeys.credentialId, transports: passkeys.transports }).from(
    passkeys,
  )
    .innerJoin(factors, eq(factors.id, passkeys.factorId)).where(eq(factors.userId, userId));
}

/** A person whom a passkey signed in. `session` is null if the browser was signed in as this person already. */
export type SignedInByPasskey = {
  user: User;
  signIn: Pick<StartedSession, "signInId" | "remember">;
  session: StartedSession | null;
};

/**
 * Signs a browser in on the apex with a passkey, which counts as both factors. If the browser is signed in as the same person, proves
 * again who they are. Throws `unauthenticated`.
 */
export async function signInByPasskey(
  ctx: SystemContext,
  browser: string,
  credential: string,
  { current, remember, device }: { current: Session | null; remember: boolean; device: Device },
): Promise<SignedInByPasskey> {
  const proven = await verifyPasskey(ctx, { browser, purpose: "sign_in", userId: null }, credential);
  const { userId } = proven;
  const signedIn = await ctx.tx(async (tx) => {
    await lockUser(tx, userId);
    await usePasskey(ctx, tx, proven);
    const user = await getUserById(tx, userId);
    if (current?.actor.id === userId && current.actor.authentication) {
      await recordProof(ctx, tx, userId, current.actor.authentication, "passkey");
      return { user, signIn: current, session: null };
    }
    const wanted = { userId, tenantId: null, methods: ["passkey"], remember, device } as const;
    const session = await startSession(ctx, tx, wanted);
    return { user, signIn: session, session };
  });
  ctx.services.use(SIGN_INS).forgetUser(userId);
  log.info("signed in", { userId, method: "passkey", requestId: ctx.requestId });
  return signedIn;
}

/** Proves with a passkey who the signed-in person is, for ten minutes on every host of their sign-in. Throws `unauthenticated`. */
export async function reauthenticateByPasskey(
  ctx: SystemContext,
  browser: string,
  credential: string,
): Promise<void> {
  const { actor } = ctx;
  requirePerson(actor);
  if (actor.type === "visitor" || actor.type === "system" || !actor.authentication) throw unauthenticated();
  const { id: userId, authentication } = actor;
  const proven = await verifyPasskey(ctx, { browser, purpose: "step_up", userId }, credential);
  await ctx.tx(async (tx) => {
    await lockUser(tx, userId);
    await usePasskey(ctx, tx, proven);
    await recordProof(ctx, tx, userId, authentication, "passkey");
  });
  ctx.services.use(SIGN_INS).forgetUser(userId);
  log.info("identity confirmed", { userId, method: "passkey", requestId: ctx.requestId });
}

/**
 * The passkey that signed the ceremony's challenge. Uses the challenge up, whatever the outcome. Throws `unauthenticated` for another
 * person's passkey, another origin or relying party, a wrong signature, or a person whom the authenticator didn't check.
 */
async function verifyPasskey(
  ctx: SystemContext,
  ceremony: Ceremony,
  credential: string,
): Promise<ProvenPasskey> {
  const parsed = assertion.safeParse(readCredential(credential));
  if (!parsed.success) throw refused(ctx, { reason: "the answer is malformed" });
  const answer = parsed.data;
  const challenge = await redeemChallenge(ctx, ceremony, answer.response.clientDataJSON);
  const stored = await findPasskey(ctx, answer.id);
  if (!stored) throw refused(ctx, { reason: "the passkey is unknown" }, PASSKEY_UNKNOWN);
  const { userId } = stored;
  if (!isOwnedAs(answer, userId) || (ceremony.userId !== null && ceremony.userId !== userId)) {
    throw refused(ctx, { userId, reason: "the passkey is another person's" });
  }
  return { ...stored, ...await checkSignature(ctx, stored, answer, challenge) };
}

async function checkSignature(
  ctx: SystemContext,
  { userId, credentialId, publicKey }: StoredPasskey,
  answer: Assertion,
  challenge: string,
): Promise<Pick<ProvenPasskey, "newCounter" | "isBackedUp">> {
  const { verifyAuthenticationResponse } = await import("@simplewebauthn/server");
  const { id: expectedRPID, origin: expectedOrigin } = relyingParty(ctx);
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: { ...answer, clientExtensionResults: {} },
    expectedChallenge: challenge,
    expectedOrigin,
    expectedRPID,
    // `usePasskey` compares the counter with the stored one in one statement.
    credential: { id: credentialId, publicKey: fromBase64url(publicKey), counter: 0 },
    requireUserVerification: true,
  }).catch((error: Error) => {
    throw refused(ctx, { userId, reason: error.message });
  });
  if (!verified) throw refused(ctx, { userId, reason: "the signature is wrong" });
  return { newCounter: authenticationInfo.newCounter, isBackedUp: authenticationInfo.credentialBackedUp };
}

async function findPasskey(ctx: SystemContext, credentialId: string): Promise<StoredPasskey | null> {
  const [row] = await ctx.control.select({
    factorId: passkeys.factorId,
    credentialId: passkeys.credentialId,
    publicKey: passkeys.publicKey,
    counter: passkeys.counter,
    userId: factors.userId,
  }).from(passkeys).innerJoin(factors, eq(factors.id, passkeys.factorId))
    .where(eq(passkeys.credentialId, credentialId));
  return row ?? null;
}

/**
 * Records that a passkey was used. A counter that doesn't go up means that there is a copy of the key, so it is refused, unless the
 * authenticator always says 0 (WebAuthn Level 3, section 6.1.1). Throws `unauthenticated`.
 */
async function usePasskey(
  ctx: SystemContext,
  tx: ControlTx,
  { factorId, userId, counter, newCounter, isBackedUp }: ProvenPasskey,
): Promise<void> {
  const goesUp = newCounter === 0 ? eq(passkeys.counter, 0) : lt(passkeys.counter, newCounter);
  const used = await tx.update(passkeys).set({ counter: newCounter, isBackedUp })
    .where(and(eq(passkeys.factorId, factorId), goesUp)).returning({ id: passkeys.factorId });
  if (used.length === 0) {
    throw refused(ctx, { userId, reason: `the counter went from ${counter} to ${newCounter}` });
  }
  await tx.update(factors).set({ lastUsedAt: ctx.services.clock.now() }).where(eq(factors.id, factorId));
}

/** A browser that found the passkey by itself says whose it is. */
function isOwnedAs({ response: { userHandle } }: Assertion, userId: UserId): boolean {
  return userHandle === undefined || Buffer.from(userHandle, "base64url").toString() === userId;
}

function fromBase64url(value: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(value, "base64url"));
}
