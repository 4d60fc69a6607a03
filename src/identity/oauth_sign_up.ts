import type { z } from "zod";
import type { SystemContext } from "../context.ts";
import { invalid } from "../errors.ts";
import { problem } from "../platform/problem.ts";
import { createTenantFor } from "../tenancy/tenants.ts";
import type { Device } from "./credentials.ts";
import { addIdentity } from "./identities.ts";
import { findKeptIdentity, type PendingIdentity, takeKeptIdentity } from "./pending_identities.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import { enforceForAddress, SIGN_UP_ADDRESS } from "./sign_in_limits.ts";
import {
  createOrTakeOver,
  newAccount,
  type SignedUp,
  signedUp,
  wantedTenant,
  withSession,
} from "./sign_up.ts";

const SIGN_UP_EXPIRED = problem("oauth_sign_up_expired", "This sign-up has expired. Start over.");

/** What a provider doesn't tell about somebody who signs up. */
export const newAccountAtProvider = newAccount.pick({ companyName: true, subdomain: true, name: true });

/** An account at a provider whose owner signs up with it. */
export type SignUpIdentity = PendingIdentity & { email: string };

/** The account that waits in this browser for a workspace. Null if there is none. */
export async function findSignUpIdentity(ctx: SystemContext, token: string): Promise<SignUpIdentity | null> {
  const kept = await findKeptIdentity(ctx, token);
  if (!kept?.email || kept.userId || kept.invitationId) return null;
  return { ...kept, email: kept.email };
}

/**
 * Signs a company up with the account that the visitor proved at a provider. The provider verified the address, so the new account
 * is confirmed, and has no password. Throws `invalid` with the fields to change, on `token` if the visitor has to start over, and on
 * `email` if the address has got a confirmed account; or `rate_limited`.
 */
export async function signUpAtProvider(
  ctx: SystemContext,
  token: string,
  { name, ...workspace }: z.output<typeof newAccountAtProvider>,
  device: Device,
): Promise<SignedUp> {
  const identity = await findSignUpIdentity(ctx, token);
  if (!identity) throw expired();
  await enforceForAddress(ctx, SIGN_UP_ADDRESS);
  const { email } = identity;
  const emailVerifiedAt = ctx.services.clock.now();
  const { tenant, owner } = await createTenantFor(ctx, wantedTenant(workspace), async (tx) => {
    if (!await takeKeptIdentity(tx, identity)) throw expired();
    const user = await createOrTakeOver(ctx, tx, { email, name, passwordHash: null, emailVerifiedAt });
    await addIdentity(ctx, tx, user, identity);
    return await withSession(ctx, tx, user, device, "oauth");
  });
  ctx.services.use(SIGN_INS).forgetUser(owner.id);
  return await signedUp(ctx, tenant, owner, owner.session);
}

function expired() {
  return invalid({ token: SIGN_UP_EXPIRED });
}
