import { z } from "zod";
import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { invalid } from "../errors.ts";
import { after } from "../platform/clock.ts";
import { newToken } from "../platform/crypto.ts";
import { newId } from "../platform/ids.ts";
import { logOf } from "../platform/log.ts";
import { emailAddress } from "../platform/text.ts";
import type { Tenant } from "../tenancy/tenant.ts";
import { createTenant, isSubdomainTaken, newTenant } from "../tenancy/tenants.ts";
import { mailVerification } from "./email_verification.ts";
import { createHandoff, handoffUrl } from "./handoffs.ts";
import { checkNewPassword, hashPassword, verifyPassword } from "./passwords.ts";
import { type Device, REMEMBERED_FOR, type StartedSession, startSession } from "./sessions.ts";
import { lockPassword } from "./sign_in.ts";
import { findOrCreateUser, findUserByEmail, personName } from "./users.ts";

const log = logOf("sign-up");

export const newAccount = z.object({
  company_name: newTenant.shape.name,
  subdomain: newTenant.shape.subdomain,
  name: personName,
  email: emailAddress,
  password: z.string(),
});
export type NewAccount = z.output<typeof newAccount>;

export type SignedUp = {
  tenant: Tenant;
  /** Where the browser goes next. */
  url: string;
  /** The session on the apex; one that opens nothing when the account's password was not given. */
  session: StartedSession;
};

/**
 * Signs a company up: user, session, tenant, schema, role and owner's membership, in one transaction or not at all.
 *
 * An address that has an account already is answered like a new one, at the same price, so that nobody can find out by
 * trying. Its owner gets the new workspace; whoever gave the right password is signed in, anyone else has to sign in.
 * Throws `invalid` with the fields to change.
 */
export async function signUp(ctx: SystemContext, input: NewAccount, device: Device): Promise<SignedUp> {
  checkNewPassword(input.password, input.email);
  if (await isSubdomainTaken(ctx, input.subdomain)) throw invalid({ subdomain: "This address is taken." });
  const known = await findUserByEmail(ctx.control, input.email);
  const isOwner = known
    ? (await verifyPassword(input.password, known.passwordHash, ctx.signal)).matches
    : true;
  const passwordHash = known ? known.passwordHash : await hashPassword(input.password, ctx.signal);

  const account = { email: input.email, name: input.name, passwordHash };
  const wanted = newTenant.parse({ name: input.company_name, subdomain: input.subdomain });
  let started: { userId: UserId; session: StartedSession | null };
  const tenant = await createTenant(ctx, wanted, async (tx) => {
    const { user, created } = await findOrCreateUser(ctx, tx, account);
    await mailVerification(ctx, tx, user.id, "sign-up");
    // Two sign-ups with one address at once: the second finds a user whom it didn't know, and hasn't proven to be.
    const isProven = created || (known && isOwner && await lockPassword(tx, { ...user, passwordHash }));
    const wanted = { userId: user.id, tenantId: null, remember: true, device };
    started = { userId: user.id, session: isProven ? await startSession(ctx, tx, wanted) : null };
    return user;
  });
  const { userId, session } = started!;

  ctx.services.metrics.signedUp();
  log.info("signed up", { tenantId: tenant.id, userId });
  if (!session) return { tenant, url: handoffUrl(ctx, tenant, newToken()), session: emptySession(ctx) };
  const { signInId, remember } = session;
  const url = await createHandoff(ctx, tenant, { userId, signInId, remember, welcome: true });
  return { tenant, url, session };
}

/** Looks to the browser like a session that was started, and is known to nobody. */
function emptySession({ services }: SystemContext): StartedSession {
  const expiresAt = after(services.clock.now(), REMEMBERED_FOR);
  return { token: newToken(), signInId: newId(), remember: true, expiresAt };
}
