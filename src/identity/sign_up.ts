import { z } from "zod";
import { userActor } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { DomainError, invalid } from "../errors.ts";
import { logOf } from "../platform/log.ts";
import { emailAddress } from "../platform/text.ts";
import { createOwnTenant, ownTenant } from "../tenancy/own_tenants.ts";
import type { Tenant } from "../tenancy/tenant.ts";
import { createTenant, isSubdomainTaken, newTenant } from "../tenancy/tenants.ts";
import { resetAccess } from "./account_access.ts";
import { markEmailConfirmed, sendVerification } from "./email_verification.ts";
import { createHandoff } from "./handoffs.ts";
import { checkNewPassword, hashPassword, verifyPassword } from "./passwords.ts";
import {
  checkCode,
  finishPendingSignUp,
  type StartedSignUp,
  startPendingSignUp,
} from "./pending_sign_ups.ts";
import { type StartedSession, startSession } from "./sessions.ts";
import { startCheckedSession } from "./sign_in.ts";
import { findOrCreateUser, findUserByEmail, lockUser, personName, type User } from "./users.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import type { Device } from "./credentials.ts";

const log = logOf("sign-up");

export const newAccount = z.object({
  companyName: newTenant.shape.name,
  subdomain: newTenant.shape.subdomain,
  name: personName,
  email: emailAddress,
  password: z.string(),
});
export type NewAccount = z.output<typeof newAccount>;

/** The code from the email; `subdomain` where the one that was asked for is taken by now. */
export const signUpCode = z.object({
  code: z.string().default(""),
  subdomain: newTenant.shape.subdomain.optional(),
});

/** A workspace that exists, and its owner's session on the apex. `url` is where the browser goes next. */
export type SignedUp = { next: "workspace"; tenant: Tenant; url: string; session: StartedSession };

/** `check_email`: a link went to an account that nobody has confirmed. `enter_code`: a code went to a new address. */
export type SignUpOutcome = SignedUp | { next: "check_email" } | {
  next: "enter_code";
  pending: StartedSignUp;
};

type Workspace = { companyName: string; subdomain: string };

/**
 * Signs a company up. A new address gets an account, a session and a workspace in one transaction; with `SIGN_UP=verified`, only
 * after the code that is emailed to it. For an address with an account, only the account's password creates a workspace.
 * Throws `invalid` with the fields to change.
 */
export async function signUp(ctx: SystemContext, input: NewAccount, device: Device): Promise<SignUpOutcome> {
  if (await isSubdomainTaken(ctx, input.subdomain)) throw invalid({ subdomain: "This address is taken." });
  const isVerifiedFirst = ctx.services.config.signUp === "verified";
  const known = await findUserByEmail(ctx.control, input.email);
  if (known?.emailVerifiedAt || (known && !isVerifiedFirst)) {
    return await signUpKnown(ctx, input, known, device);
  }

  checkNewPassword(input.password, input.email);
  const passwordHash = await hashPassword(input.password, ctx.signal);
  if (isVerifiedFirst) {
    return { next: "enter_code", pending: await startPendingSignUp(ctx, input, passwordHash) };
  }
  return await createAccount(ctx, { ...input, passwordHash }, device) ?? await signUp(ctx, input, device);
}

/**
 * Creates what a sign-up asked for, once its code is entered in the browser that started it. The code proves the address: an
 * unconfirmed account that exists by now is taken over. Throws `invalid` on `code`, `token`, `subdomain` or `email`.
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
  let started: { user: User; session: StartedSession };
  const tenant = await createTenant(ctx, wantedTenant(workspace), async (tx) => {
    await finishPendingSignUp(tx, pending);
    const { user, created } = await findOrCreateUser(ctx, tx, { email, name, passwordHash, emailVerifiedAt });
    if (!created) {
      await lockUser(tx, user.id);
      if ((await findUserByEmail(tx, email))?.emailVerifiedAt) throw accountExists();
      await resetAccess(ctx, tx, user.id, passwordHash);
      await markEmailConfirmed(ctx, tx, user);
    }
    const session = await startSession(ctx, tx, { userId: user.id, tenantId: null, remember: true, device });
    started = { user, session };
    return user;
  });
  const { user, session } = started!;
  ctx.services.use(SIGN_INS).forgetUser(user.id);
  return await signedUp(ctx, tenant, user, session);
}

/** Null when the address has got an account in the meantime: then nothing is created. */
async function createAccount(
  ctx: SystemContext,
  { email, name, passwordHash, ...workspace }: Omit<NewAccount, "password"> & { passwordHash: string },
  device: Device,
): Promise<SignedUp | null> {
  let started: { user: User; session: StartedSession };
  try {
    const tenant = await createTenant(ctx, wantedTenant(workspace), async (tx) => {
      const { user, created } = await findOrCreateUser(ctx, tx, { email, name, passwordHash });
      if (!created) throw new AddressHasAccount();
      await sendVerification(ctx, tx, user.id, "sign-up");
      const session = await startSession(ctx, tx, {
        userId: user.id,
        tenantId: null,
        remember: true,
        device,
      });
      started = { user, session };
      return user;
    });
    return await signedUp(ctx, tenant, started!.user, started!.session);
  } catch (error) {
    if (error instanceof AddressHasAccount) return null;
    throw error;
  }
}

async function signUpKnown(
  ctx: SystemContext,
  { password, ...workspace }: NewAccount,
  known: User,
  device: Device,
): Promise<SignUpOutcome> {
  if ((await verifyPassword(password, known.passwordHash, ctx.signal)).matches) {
    return await addWorkspace(ctx, workspace, known, device);
  }
  log.warn("sign-up refused: the address has an account", { userId: known.id, requestId: ctx.requestId });
  if (known.emailVerifiedAt) throw accountExists();
  await ctx.tx((tx) => sendVerification(ctx, tx, known.id, "sign-up again"));
  return { next: "check_email" };
}

/** Throws `unauthenticated` when the password has been changed since it was checked: then nobody is signed in. */
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

async function signedUp(
  ctx: SystemContext,
  tenant: Tenant,
  { id: userId }: User,
  session: StartedSession,
): Promise<SignedUp> {
  ctx.services.metrics.signedUp();
  log.info("signed up", { tenantId: tenant.id, userId });
  const { signInId, remember } = session;
  const url = await createHandoff(ctx, tenant, { userId, signInId, remember, welcome: true });
  return { next: "workspace", tenant, url, session };
}

function wantedTenant({ companyName, subdomain }: Workspace) {
  return newTenant.parse({ name: companyName, subdomain });
}

/** A workspace's `name` is the form's `companyName`; its `name` is the person's. */
function asFieldOfSignUp(error: unknown): never {
  if (!(error instanceof DomainError) || !error.fields.name) throw error;
  const { name, ...fields } = error.fields;
  throw invalid({ ...fields, companyName: name });
}

function accountExists() {
  return invalid({ email: "You already have an account. Sign in to create another workspace." });
}

/** Rolls a sign-up back whose address has an account by now. */
class AddressHasAccount extends Error {}
