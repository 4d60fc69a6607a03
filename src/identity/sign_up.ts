import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { userActor } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { DomainError, type FieldProblems, invalid } from "../errors.ts";
import { logOf } from "../platform/log.ts";
import { problem } from "../platform/problem.ts";
import { emailAddress } from "../platform/text.ts";
import { createOwnTenant, ownTenant } from "../tenancy/own_tenants.ts";
import type { Tenant } from "../tenancy/tenant.ts";
import { createTenantFor, newTenant } from "../tenancy/tenants.ts";
import { findAddressProblem, isSubdomainTaken } from "../tenancy/workspace_addresses.ts";
import { resetAccess } from "./account_access.ts";
import type { Device } from "./credentials.ts";
import { markEmailConfirmed, sendVerification } from "./email_verification.ts";
import { hasFactors } from "./factors.ts";
import { createHandoff } from "./handoffs.ts";
import { checkPassword } from "./password_checks.ts";
import { checkNewPassword, findPasswordProblem, hashPassword, type PasswordOwner } from "./passwords.ts";
import {
  checkCode,
  finishPendingSignUp,
  type StartedSignUp,
  startPendingSignUp,
} from "./pending_sign_ups.ts";
import { type StartedSession, startSession } from "./sessions.ts";
import { startCheckedSession } from "./sign_in.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import { enforceForAddress, SIGN_UP_ADDRESS } from "./sign_in_limits.ts";
import { findOrCreateUser, findUserByEmail, lockUser, type NewUser, personName, type User } from "./users.ts";

/** Shown on `email` to a visitor whose password is not the account's. */
export const ACCOUNT_EXISTS = problem(
  "account_exists",
  "You already have an account. Sign in to create another workspace.",
);

const log = logOf("sign-up");

export const newAccount = z.object({
  companyName: newTenant.shape.name,
  subdomain: newTenant.shape.subdomain,
  name: personName,
  email: emailAddress,
  password: z.string(),
});
export type NewAccount = z.output<typeof newAccount>;

/** The code from the email. `subdomain` replaces the requested one if that has been taken in the meantime. */
export const signUpCode = z.object({
  code: z.string().default(""),
  subdomain: newTenant.shape.subdomain.optional(),
});

/** The new workspace, and its owner's session on the apex. `url` is where the browser goes next. */
export type SignedUp = { next: "workspace"; tenant: Tenant; url: string; session: StartedSession };

/** `check_email`: a link was sent to an account with an unconfirmed address. `enter_code`: a code was sent to a new address. */
export type SignUpOutcome = SignedUp | { next: "check_email" } | {
  next: "enter_code";
  pending: StartedSignUp;
};

type Workspace = { companyName: string; subdomain: string };

/**
 * Signs a company up. A new address gets an account, a session, and a workspace in one transaction. With `SIGN_UP=verified`, this
 * happens only after the visitor enters the emailed code. If the address has an account, creating a workspace requires the
 * account's password. Throws `invalid` with the fields to change, or `rate_limited`.
 */
export async function signUp(ctx: SystemContext, input: NewAccount, device: Device): Promise<SignUpOutcome> {
  if (await isSubdomainTaken(ctx, input.subdomain)) throw invalid(await findSignUpProblems(ctx, input));
  await enforceForAddress(ctx, SIGN_UP_ADDRESS);
  const isVerifiedFirst = ctx.services.config.signUp === "verified";
  const known = await findUserByEmail(ctx.control, input.email);
  if (known?.emailVerifiedAt || (known && !isVerifiedFirst)) {
    return await signUpKnown(ctx, input, known, device);
  }

  await checkNewPassword(ctx.services.config, input.password, ownerOf(input));
  const passwordHash = await hashPassword(input.password, ctx.signal);
  if (isVerifiedFirst) {
    return { next: "enter_code", pending: await startPendingSignUp(ctx, input, passwordHash) };
  }
  return await createAccount(ctx, { ...input, passwordHash }, device) ?? await signUp(ctx, input, device);
}

/**
 * What is wrong with a sign-up apart from what its schema says, so that a form shows all its errors at once. Doesn't look at
 * accounts, so the answer says nothing about the address.
 */
export async function findSignUpProblems(
  ctx: SystemContext,
  input: Partial<NewAccount>,
): Promise<FieldProblems> {
  const { subdomain, password = "" } = input;
  const weakness = findPasswordProblem(password, ownerOf(input));
  return { ...await findAddressProblem(ctx, { subdomain }), ...(weakness && { password: weakness }) };
}

function ownerOf(
  { email = "", name = "", companyName = "", subdomain = "" }: Partial<NewAccount>,
): PasswordOwner {
  return { email, names: [name, companyName, subdomain] };
}

/**
 * Creates the account and the workspace of a pending sign-up, once its code is entered in the browser that started it.
 * The code proves the address, so the visitor takes over an unconfirmed account that was created with it in the
 * meantime. Throws `invalid` on `code`, `token`, `subdomain` or `email`.
 */
export async function completeSignUp(
  ctx: SystemContext,
  token: string,
  { code, subdomain }: z.output<typeof signUpCode>,
  device: Device,
): Promise<SignedUp> {
  const pending = await checkCode(ctx, token, code);
  const { email, name, passwordHash, companyName } = pending;
  const workspace = { companyName, subdomain: subdomain ?? pending.subdomain };
  const emailVerifiedAt = ctx.services.clock.now();
  const { tenant, owner } = await createTenantFor(ctx, wantedTenant(workspace), async (tx) => {
    await finishPendingSignUp(tx, pending);
    const user = await createOrTakeOver(ctx, tx, { email, name, passwordHash, emailVerifiedAt });
    return await withSession(ctx, tx, user, device);
  });
  ctx.services.use(SIGN_INS).forgetUser(owner.id);
  return await signedUp(ctx, tenant, owner, owner.session);
}

/**
 * The account of a visitor who has proved the address: a new one, or one that somebody created without confirming it, which is taken
 * over. Throws `invalid` on `email` if the account is confirmed.
 */
export async function createOrTakeOver(
  ctx: SystemContext,
  tx: ControlTx,
  proved: NewUser & { emailVerifiedAt: Date },
): Promise<User> {
  const { user, created } = await findOrCreateUser(ctx, tx, proved);
  if (created) return user;
  await lockUser(tx, user.id);
  if ((await findUserByEmail(tx, proved.email))?.emailVerifiedAt) throw accountExists();
  await resetAccess(ctx, tx, user.id, proved.passwordHash);
  await markEmailConfirmed(ctx, tx, user);
  return user;
}

/** Returns null and creates nothing if the address has got an account in the meantime. */
async function createAccount(
  ctx: SystemContext,
  { email, name, passwordHash, ...workspace }: Omit<NewAccount, "password"> & { passwordHash: string },
  device: Device,
): Promise<SignedUp | null> {
  try {
    const { tenant, owner } = await createTenantFor(ctx, wantedTenant(workspace), async (tx) => {
      const { user, created } = await findOrCreateUser(ctx, tx, { email, name, passwordHash });
      if (!created) throw new AddressHasAccount();
      await sendVerification(ctx, tx, user.id);
      return await withSession(ctx, tx, user, device);
    });
    return await signedUp(ctx, tenant, owner, owner.session);
  } catch (error) {
    if (error instanceof AddressHasAccount) return null;
    throw error;
  }
}

/** Adds a session on the apex to a user who just signed up. */
export async function withSession(
  ctx: SystemContext,
  tx: ControlTx,
  user: User,
  device: Device,
  method: "password" | "oauth" = "password",
): Promise<User & { session: StartedSession }> {
  const wanted = { tenantId: null, methods: [method], remember: true, device };
  const session = await startSession(ctx, tx, { userId: user.id, ...wanted });
  return { ...user, session };
}

async function signUpKnown(
  ctx: SystemContext,
  { password, ...workspace }: NewAccount,
  known: User,
  device: Device,
): Promise<SignUpOutcome> {
  if ((await checkPassword(ctx, { email: known.email, user: known }, password)).matches) {
    // A sign-up form doesn't ask for a second factor, so these people sign in first.
    if (await hasFactors(ctx.control, known.id)) throw accountExists();
    return await addWorkspace(ctx, workspace, known, device);
  }
  log.warn("sign-up refused: the address has an account", { userId: known.id, requestId: ctx.requestId });
  if (known.emailVerifiedAt) throw accountExists();
  await ctx.tx((tx) => sendVerification(ctx, tx, known.id));
  return { next: "check_email" };
}

/** Throws `unauthenticated` and signs nobody in if the password has changed since it was checked. */
async function addWorkspace(
  ctx: SystemContext,
  { companyName, subdomain }: Workspace,
  user: User,
  device: Device,
): Promise<SignedUp> {
  const owner = userActor(user);
  const wanted = ownTenant.parse({ name: companyName, subdomain });
  const tenant = await createOwnTenant({ ...ctx, actor: owner }, owner, wanted).catch(asFieldOfSignUp);
  const session = await startCheckedSession(ctx, user, { tenantId: null, remember: true, device });
  return await signedUp(ctx, tenant, user, session);
}

/** Ends a sign-up: counts it, and makes the link that opens the workspace. */
export async function signedUp(
  ctx: SystemContext,
  tenant: Tenant,
  { id: userId }: User,
  session: StartedSession,
): Promise<SignedUp> {
  ctx.services.metrics.signedUp();
  log.info("signed up", { tenantId: tenant.id, userId });
  const { signInId, remember } = session;
  const url = await createHandoff(ctx, tenant, { userId, signInId, remember, welcome: "created" });
  return { next: "workspace", tenant, url, session };
}

export function wantedTenant({ companyName, subdomain }: Workspace) {
  return newTenant.parse({ name: companyName, subdomain });
}

/** Reports an error on the workspace's `name` under `companyName`, because the form's `name` is the person's name. */
function asFieldOfSignUp(error: unknown): never {
  if (!(error instanceof DomainError) || !error.fields.name) throw error;
  const { name, ...fields } = error.fields;
  throw invalid({ ...fields, companyName: name });
}

function accountExists() {
  return invalid({ email: ACCOUNT_EXISTS });
}

/** Rolls back a sign-up whose address has got an account in the meantime. */
class AddressHasAccount extends Error {}
