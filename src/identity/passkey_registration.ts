import { Buffer } from "node:buffer";
import type {
  PublicKeyCredentialCreationOptionsJSON,
  VerifiedRegistrationResponse,
} from "@simplewebauthn/server";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { factors } from "../../db/control/schema/factors.ts";
import { passkeys } from "../../db/control/schema/passkeys.ts";
import type { UserId } from "../access/actor.ts";
import { authorizeSelf } from "../access/authorize.ts";
import type { SystemContext } from "../context.ts";
import { conflict } from "../errors.ts";
import { MINUTE } from "../platform/clock.ts";
import { newId } from "../platform/ids.ts";
import { logOf } from "../platform/log.ts";
import { problem } from "../platform/problem.ts";
import type { Device } from "./credentials.ts";
import { factorName, finishAdding, requireRoom } from "./factor_management.ts";
import { findFactors } from "./factors.ts";
import {
  type Ceremony,
  PASSKEY_MINUTES,
  readCredential,
  redeemChallenge,
  refused,
  relyingParty,
  startCeremony,
} from "./passkey_ceremonies.ts";
import { findCredentials } from "./passkeys.ts";
import { requireRecentSignIn } from "./recent_sign_in.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import { getUserById, lockUser } from "./users.ts";

const PASSKEY_KNOWN = problem("passkey_known", "This passkey has already been added.");

/** EdDSA, ES256 and RS256 (RFC 9053, RFC 8812), which all authenticators cover. */
const ALGORITHMS = [-8, -7, -257];
const RELYING_PARTY_NAME = "Denizen";
const MAX_TEXT_LENGTH = 16_000;

const log = logOf("security");

const text = z.string().max(MAX_TEXT_LENGTH);

/** A new passkey, as `startRegistration` of @simplewebauthn/browser makes it. */
const attestation = z.object({
  id: text,
  rawId: text,
  type: z.literal("public-key"),
  response: z.object({
    clientDataJSON: text,
    attestationObject: text,
    transports: z.array(z.string().max(20)).max(10).default([]),
  }),
});

/** `credential` is the JSON of the browser's answer. */
export const newPasskey = z.object({ name: factorName, credential: text.default("") });

type Registration = NonNullable<VerifiedRegistrationResponse["registrationInfo"]>;

/**
 * What a browser needs to create a passkey. Throws `reauthentication_required`, `conflict` if the person has ten second factors, or
 * `rate_limited`.
 */
export async function startPasskey(
  ctx: SystemContext,
  userId: UserId,
  browser: string,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  authorizeSelf(ctx, userId);
  await requireRecentSignIn(ctx);
  requireRoom(await findFactors(ctx.control, userId));
  const { email, name } = await getUserById(ctx.control, userId);
  const { generateRegistrationOptions } = await import("@simplewebauthn/server");
  return await generateRegistrationOptions({
    rpName: RELYING_PARTY_NAME,
    rpID: relyingParty(ctx).id,
    challenge: await startCeremony(ctx, { browser, purpose: "registration", userId }),
    userID: new TextEncoder().encode(userId),
    userName: email,
    userDisplayName: name,
    timeout: PASSKEY_MINUTES * MINUTE,
    attestationType: "none",
    // A passkey that browsers find without an address signs in alone.
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
    excludeCredentials: await findCredentials(ctx, userId),
    supportedAlgorithmIDs: ALGORITHMS,
  });
}

/**
 * Adds the passkey that a browser created. It counts as a second factor, and signs in alone. The first second factor brings recovery
 * codes, which are shown only once. Throws `reauthentication_required`, `unauthenticated`, or `conflict`.
 */
export async function addPasskey(
  ctx: SystemContext,
  userId: UserId,
  browser: string,
  { name, credential }: z.output<typeof newPasskey>,
  device: Device,
): Promise<{ recoveryCodes: string[] | null }> {
  authorizeSelf(ctx, userId);
  await requireRecentSignIn(ctx);
  const { transports, ...registration } = await verifyNewPasskey(
    ctx,
    { browser, purpose: "registration", userId },
    credential,
  );
  const outcome = await ctx.tx(async (tx) => {
    await lockUser(tx, userId);
    const known = await findFactors(tx, userId);
    requireRoom(known);
    await insertPasskey(ctx, tx, { userId, name, transports, ...registration });
    return await finishAdding(
      ctx,
      tx,
      userId,
      { type: "passkey", name, isFirst: known.length === 0 },
      device,
    );
  });
  ctx.services.use(SIGN_INS).forgetUser(userId);
  log.info("second factor added", { userId, type: "passkey", requestId: ctx.requestId });
  return outcome;
}

type NewPasskey = Registration & { transports: string[] };

async function verifyNewPasskey(
  ctx: SystemContext,
  ceremony: Ceremony & { userId: UserId },
  credential: string,
): Promise<NewPasskey> {
  const parsed = attestation.safeParse(readCredential(credential));
  if (!parsed.success) throw refused(ctx, { reason: "the answer is malformed" });
  const { response, ...answer } = parsed.data;
  const { userId } = ceremony;
  const { verifyRegistrationResponse } = await import("@simplewebauthn/server");
  const { id: expectedRPID, origin: expectedOrigin } = relyingParty(ctx);
  const { registrationInfo } = await verifyRegistrationResponse({
    response: { ...answer, response: { ...response, transports: [] }, clientExtensionResults: {} },
    expectedChallenge: await redeemChallenge(ctx, ceremony, response.clientDataJSON),
    expectedOrigin,
    expectedRPID,
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch((error: Error) => {
    throw refused(ctx, { userId, reason: error.message });
  });
  if (!registrationInfo) throw refused(ctx, { userId, reason: "the registration is wrong" });
  return { ...registrationInfo, transports: response.transports };
}

async function insertPasskey(
  { services }: SystemContext,
  tx: ControlTx,
  { userId, name, transports, credential, credentialDeviceType, credentialBackedUp }: NewPasskey & {
    userId: UserId;
    name: string;
  },
): Promise<void> {
  const now = services.clock.now();
  const factorId = newId();
  await tx.insert(factors).values({
    id: factorId,
    userId,
    type: "passkey",
    name,
    createdAt: now,
    confirmedAt: now,
  });
  const inserted = await tx.insert(passkeys).values({
    factorId,
    credentialId: credential.id,
    publicKey: Buffer.from(credential.publicKey).toString("base64url"),
    counter: credential.counter,
    transports,
    deviceType: credentialDeviceType,
    isBackedUp: credentialBackedUp,
  }).onConflictDoNothing().returning({ factorId: passkeys.factorId });
  if (inserted.length === 0) throw conflict(PASSKEY_KNOWN);
}
