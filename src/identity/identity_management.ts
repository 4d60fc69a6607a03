import { and, eq } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { identities } from "../../db/control/schema/identities.ts";
import { describeActor, type UserId } from "../access/actor.ts";
import { authorizeSelf } from "../access/authorize.ts";
import { requireConfirmedEmail } from "../access/confirmed_email.ts";
import type { SystemContext } from "../context.ts";
import { sendEmail } from "../email/email.ts";
import { conflict, notFound } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { isId } from "../platform/ids.ts";
import { logOf } from "../platform/log.ts";
import { problem } from "../platform/problem.ts";
import type { Device } from "./credentials.ts";
import { USER_IDENTITY_DISCONNECTED } from "./events.ts";
import { findFactors } from "./factors.ts";
import { addIdentity, findIdentities, type Identity } from "./identities.ts";
import { IDENTITY_CONNECTED, IDENTITY_DISCONNECTED } from "./identity_emails.ts";
import { destinationOf } from "./oauth_requests.ts";
import { findKeptIdentity, type PendingIdentity, takeKeptIdentity } from "./pending_identities.ts";
import { requireRecentSignIn } from "./recent_sign_in.ts";
import { getUserById, lockUser } from "./users.ts";

const IDENTITY_NOT_FOUND = problem("identity_not_found", "This connected account was not found.");
const CONNECTION_EXPIRED = problem("identity_connection_expired", "This took too long. Start again.");
const LAST_WAY_IN = problem(
  "identity_is_last_way_in",
  "Set a password first. Otherwise you could no longer sign in, because a code by email doesn't count after a link by email.",
);

const log = logOf("security");

/** What a browser that has proved an account at a provider can do with it. */
export type OpenConnection = {
  account: PendingIdentity;
  /** `sign_in`: the person has to sign in as `owner` first. `switch`: somebody else is signed in. */
  step: "connect" | "sign_in" | "switch";
  /** The address of the person who may connect the account. */
  owner: string;
};

/** The accounts with which a person signs in. Throws `forbidden` for anyone but themselves. */
export async function listIdentities(ctx: SystemContext, userId: UserId): Promise<Identity[]> {
  authorizeSelf(ctx, userId);
  return await findIdentities(ctx.control, userId);
}

/** The account that waits in this browser to be connected. Null if there is none. */
export async function findConnection(ctx: SystemContext, token: string): Promise<OpenConnection | null> {
  const account = await findKeptIdentity(ctx, token);
  if (!account?.userId) return null;
  const owner = await getUserById(ctx.control, account.userId);
  const signedIn = describeActor(ctx.actor).id;
  const step = signedIn === null ? "sign_in" : signedIn === owner.id ? "connect" : "switch";
  return { account, step, owner: owner.email };
}

/**
 * Connects the account that the person has proved in this browser, and emails them. Returns the path to open next, if the browser came
 * from a page of its own. Throws `reauthentication_required`, `forbidden` for anybody else or for an unconfirmed address, and
 * `conflict` if the account belongs to somebody else or has waited too long.
 */
export async function connectIdentity(
  ctx: SystemContext,
  token: string,
  device: Device,
): Promise<Pick<PendingIdentity, "provider" | "next">> {
  const account = await findKeptIdentity(ctx, token);
  if (!account?.userId) throw expired();
  const { userId, provider } = account;
  authorizeSelf(ctx, userId);
  await requireConfirmedEmail(ctx);
  await requireRecentSignIn(ctx);
  await ctx.tx(async (tx) => {
    await lockUser(tx, userId);
    if (!await takeKeptIdentity(tx, account)) throw expired();
    await addIdentity(ctx, tx, await getUserById(tx, userId), account);
    await sendEmail(ctx, tx, IDENTITY_CONNECTED, { userId, provider, account: account.email, ...device });
  });
  log.info("identity connected", { userId, provider, requestId: ctx.requestId });
  return { provider, next: destinationOf(ctx, { ...account, tenantId: null }) };
}

/**
 * Removes an account with which a person signs in, and emails them. Throws `not_found`, `reauthentication_required`, or `conflict` if
 * the person could no longer sign in.
 */
export async function disconnectIdentity(
  ctx: SystemContext,
  userId: UserId,
  id: string,
  device: Device,
): Promise<Identity> {
  authorizeSelf(ctx, userId);
  await requireRecentSignIn(ctx);
  if (!isId(id)) throw unknownIdentity();
  const removed = await ctx.tx(async (tx) => {
    await lockUser(tx, userId);
    const known = await findIdentities(tx, userId);
    const removed = known.find((identity) => identity.id === id);
    if (!removed) throw unknownIdentity();
    if (known.length === 1 && await needsIdentity(tx, userId)) throw conflict(LAST_WAY_IN);
    await tx.delete(identities).where(and(eq(identities.id, id), eq(identities.userId, userId)));
    const { provider, email } = removed;
    const { name } = await getUserById(tx, userId);
    await publish(ctx, tx, USER_IDENTITY_DISCONNECTED, {
      after: { id: userId, name },
      details: { provider },
    });
    await sendEmail(ctx, tx, IDENTITY_DISCONNECTED, { userId, provider, account: email, ...device });
    return removed;
  });
  log.info("identity disconnected", { userId, provider: removed.provider, requestId: ctx.requestId });
  return removed;
}

/**
 * Whether a person has no other way in. Everyone with a confirmed address can sign in by email. But if all their second factors are
 * codes by email, an emailed link leads to a question that they can't answer.
 */
async function needsIdentity(tx: ControlTx, userId: UserId): Promise<boolean> {
  const { passwordHash } = await getUserById(tx, userId);
  if (passwordHash !== null) return false;
  const factors = await findFactors(tx, userId);
  return factors.length > 0 && factors.every(({ type }) => type === "email");
}

function unknownIdentity() {
  return notFound(IDENTITY_NOT_FOUND);
}

function expired() {
  return conflict(CONNECTION_EXPIRED);
}
