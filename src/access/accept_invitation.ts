import { eq } from "drizzle-orm";
import { z } from "zod";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { invitations } from "../../db/control/schema/invitations.ts";
import { describeActor } from "./actor.ts";
import { findInvitationOfLink, type InvitationRow } from "./invitation_links.ts";
import { join } from "./joining.ts";
import { toRole } from "./member_role.ts";
import { plainRole } from "./plain_role.ts";
import { lockMembers } from "./seats.ts";
import type { SystemContext } from "../context.ts";
import { isPlainName } from "../email/plain_names.ts";
import { forbidden, invalid } from "../errors.ts";
import { problem } from "../platform/problem.ts";
import { admit } from "../tenancy/admission.ts";
import type { Tenant } from "../tenancy/tenant.ts";
import { TENANTS } from "../tenancy/tenant_directory.ts";
import { resetAccess } from "../identity/account_access.ts";
import type { Device, Session } from "../identity/credentials.ts";
import { markEmailConfirmed } from "../identity/email_verification.ts";
import { createHandoff } from "../identity/handoffs.ts";
import { addIdentity } from "../identity/identities.ts";
import { checkNewPassword, hashPassword } from "../identity/passwords.ts";
import { findKeptIdentity, type PendingIdentity, takeKeptIdentity } from "../identity/pending_identities.ts";
import { type StartedSession, startSession } from "../identity/sessions.ts";
import { SIGN_INS } from "../identity/sign_in_caches.ts";
import {
  findOrCreateUser,
  findUserByEmail,
  findUserById,
  lockUser,
  personName,
  renameUser,
  type User,
} from "../identity/users.ts";
import { canSignIn } from "../identity/ways_in.ts";

const INVITATION_CLOSED = problem(
  "invitation_closed",
  "This invitation has been used or revoked, or has expired.",
);
const INVITATION_OF_ANOTHER = problem(
  "invitation_of_another",
  "This invitation is for {email}. Sign in with that address.",
);

/** The person's name and the password that they choose. */
export const newcomer = z.object({ name: personName, password: z.string() });
/** Someone who proved the address at a provider needs no password. */
export const newcomerAtProvider = newcomer.pick({ name: true });

/**
 * What a visitor with the link must do. `set_up`: choose a password, or use an account at a provider, because the address has no
 * account that its owner has confirmed. `sign_in`: sign in to the account. `accept`: they are signed in. `switch`: somebody else
 * is signed in.
 */
export type InvitationStep = "set_up" | "sign_in" | "accept" | "switch";

export type OpenInvitation = {
  id: string;
  step: InvitationStep;
  email: string;
  /** The name of the role. `member` if the name looks like a link or an address. */
  role: string;
  expiresAt: Date;
  /** Null if the product itself invited, the inviter's account is gone, or their name looks like a link or an address. */
  invitedBy: string | null;
  tenant: Tenant;
};

/** The new member's session on the apex, and the URL that opens the workspace. */
export type Accepted = { url: string; session: StartedSession };

/** The invitation of a link, without accepting it. Null if it no longer works. Throws the errors of `admit`. */
export async function findOpenInvitation(ctx: SystemContext, token: string): Promise<OpenInvitation | null> {
  const row = await findInvitationOfLink(ctx, ctx.control, token);
  const tenant = row && await ctx.services.use(TENANTS).findById(row.tenantId);
  if (!tenant) return null;
  admit(ctx.services, tenant);
  const user = await findUserByEmail(ctx.control, row.email);
  const inviter = row.invitedBy && await findUserById(ctx.control, row.invitedBy);
  const { id, email, expiresAt } = row;
  const invitedBy = inviter && isPlainName(inviter.name) ? inviter.name : null;
  const step = await stepFor(ctx, ctx.control, user);
  return { id, step, email, role: plainRole(toRole(row)), expiresAt, invitedBy, tenant };
}

/**
 * Accepts an invitation for the person who is signed in with its address. Returns the URL that opens the workspace. Throws
 * `invalid` on `token`, `forbidden` for anybody else, or `limit_reached`. The invitation then stays open.
 */
export async function acceptInvitation(
  ctx: SystemContext,
  { actor, signInId, remember }: Session,
  token: string,
): Promise<string> {
  const invitation = await getOpen(ctx, token);
  const { user, row } = await ctx.tx(async (tx) => {
    await lockUser(tx, actor.id);
    const row = await take(ctx, tx, token);
    const user = await findUserByEmail(tx, row.email);
    if (await stepFor(ctx, tx, user) !== "accept") {
      throw forbidden(INVITATION_OF_ANOTHER.with({ email: row.email }));
    }
    await join(ctx, tx, invitation.tenant, user!, toRole(row));
    return { user: user!, row };
  });
  ctx.services.use(SIGN_INS).forgetMember(invitation.tenant.id, user.id);
  return await openWorkspace(ctx, row, user, { signInId, remember });
}

/**
 * Accepts an invitation for a person without a confirmed account: creates the account, or takes it over if someone else signed up
 * with the address. The link proves the address. Throws `invalid` on `token` or `password`, `forbidden` if another step is
 * needed, or `limit_reached`. The invitation then stays open.
 */
export async function acceptAsNewcomer(
  ctx: SystemContext,
  token: string,
  { name, password }: z.output<typeof newcomer>,
  device: Device,
): Promise<Accepted> {
  const { step, email, tenant } = await getOpen(ctx, token);
  if (step !== "set_up") throw forbidden(INVITATION_OF_ANOTHER.with({ email }));
  await checkNewPassword(ctx.services.config, password, { email, names: [name, tenant.name] });
  const passwordHash = await hashPassword(password, ctx.signal);
  const joined = await ctx.tx(async (tx) => {
    const user = await claimAccount(ctx, tx, { email, name, passwordHash });
    return await joinIn(ctx, tx, { token, tenant, user, method: "email", device });
  });
  return await enter(ctx, joined);
}

/** The account at a provider that waits in this browser to accept the invitation. Null if there is none. */
export async function findNewcomerIdentity(
  ctx: SystemContext,
  { id, step, email }: OpenInvitation,
  kept: string,
): Promise<PendingIdentity | null> {
  const identity = step === "set_up" ? await findKeptIdentity(ctx, kept) : null;
  const isForNewcomer = identity?.invitationId === id && identity.userId === null;
  return isForNewcomer && identity.email === email ? identity : null;
}

/**
 * Like `acceptAsNewcomer`, for a person who proved the invited address at a provider. `kept` is the browser's secret. Throws
 * `forbidden` if no such account waits in the browser.
 */
export async function acceptAtProvider(
  ctx: SystemContext,
  token: string,
  kept: string,
  { name }: z.output<typeof newcomerAtProvider>,
  device: Device,
): Promise<Accepted> {
  const invitation = await getOpen(ctx, token);
  const { email, tenant } = invitation;
  const identity = await findNewcomerIdentity(ctx, invitation, kept);
  if (!identity) throw forbidden(INVITATION_OF_ANOTHER.with({ email }));
  const joined = await ctx.tx(async (tx) => {
    if (!await takeKeptIdentity(tx, identity)) throw closed();
    const user = await claimAccount(ctx, tx, { email, name, passwordHash: null });
    await addIdentity(ctx, tx, user, identity);
    return await joinIn(ctx, tx, { token, tenant, user, method: "oauth", device });
  });
  return await enter(ctx, joined);
}

/** A link doesn't set the password of an account with a second factor, because the link proves only the address. */
async function stepFor(
  { actor }: SystemContext,
  db: ControlDb | ControlTx,
  user: User | null,
): Promise<InvitationStep> {
  const signedIn = describeActor(actor).id;
  if (signedIn && signedIn !== user?.id) return "switch";
  if (signedIn && user?.emailVerifiedAt) return "accept";
  return user && await canSignIn(db, user) ? "sign_in" : "set_up";
}

async function getOpen(ctx: SystemContext, token: string): Promise<OpenInvitation> {
  const invitation = await findOpenInvitation(ctx, token);
  if (!invitation) throw closed();
  return invitation;
}

/** Ends all other access to an account that nobody has confirmed: a stranger may have created it. */
async function claimAccount(
  ctx: SystemContext,
  tx: ControlTx,
  { email, name, passwordHash }: { email: string; name: string; passwordHash: string | null },
): Promise<User> {
  const emailVerifiedAt = ctx.services.clock.now();
  const { user, created } = await findOrCreateUser(ctx, tx, { email, name, passwordHash, emailVerifiedAt });
  if (created) return user;
  await lockUser(tx, user.id);
  const current = await findUserByEmail(tx, email);
  if (await stepFor(ctx, tx, current) !== "set_up") throw forbidden(INVITATION_OF_ANOTHER.with({ email }));
  await resetAccess(ctx, tx, user.id, passwordHash);
  await markEmailConfirmed(ctx, tx, user);
  await renameUser(ctx, tx, user.id, name);
  return { ...user, name, passwordHash, emailVerifiedAt };
}

type Joined = { user: User; row: InvitationRow; session: StartedSession };

/** Makes the owner of the account a member, and signs them in on the apex. */
async function joinIn(
  ctx: SystemContext,
  tx: ControlTx,
  { token, tenant, user, method, device }: {
    token: string;
    tenant: Tenant;
    user: User;
    method: "email" | "oauth";
    device: Device;
  },
): Promise<Joined> {
  const row = await take(ctx, tx, token);
  await join(ctx, tx, tenant, user, toRole(row));
  const wanted = { userId: user.id, tenantId: null, methods: [method], remember: true, device };
  return { user, row, session: await startSession(ctx, tx, wanted) };
}

async function enter(ctx: SystemContext, { user, row, session }: Joined): Promise<Accepted> {
  ctx.services.use(SIGN_INS).forgetMember(row.tenantId, user.id);
  return { url: await openWorkspace(ctx, row, user, session), session };
}

/** Uses the invitation up. If the transaction fails, it stays open. */
async function take(ctx: SystemContext, tx: ControlTx, token: string): Promise<InvitationRow> {
  const found = await findInvitationOfLink(ctx, tx, token);
  if (!found) throw closed();
  await lockMembers(tx, found.tenantId);
  const row = await findInvitationOfLink(ctx, tx, token);
  if (!row) throw closed();
  await tx.delete(invitations).where(eq(invitations.id, row.id));
  return row;
}

async function openWorkspace(
  ctx: SystemContext,
  { tenantId }: InvitationRow,
  { id: userId }: User,
  { signInId, remember }: Pick<StartedSession, "signInId" | "remember">,
): Promise<string> {
  const tenant = await ctx.services.use(TENANTS).findById(tenantId);
  if (!tenant) return "/workspaces";
  return await createHandoff(ctx, tenant, { userId, signInId, remember, welcome: "accepted" });
}

function closed() {
  return invalid({ token: INVITATION_CLOSED });
}
