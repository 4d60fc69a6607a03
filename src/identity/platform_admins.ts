import type { z } from "zod";
import { authorize } from "../access/authorize.ts";
import type { SystemContext } from "../context.ts";
import { TENANTS_MANAGE } from "../tenancy/permissions.ts";
import { resetAccess } from "./account_access.ts";
import { markEmailConfirmed } from "./email_verification.ts";
import { resolveInvitee } from "./new_members.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import { findUserByEmail, makePlatformAdmin, type newUser, type User } from "./users.ts";

/**
 * Makes a person a platform administrator, and creates their account if they have none. The operator vouches for the
 * address, so it counts as confirmed. Without `passwordHash`, an existing administrator keeps their password. With it,
 * the new password replaces the old one and ends all other access.
 */
export async function appointPlatformAdmin(
  ctx: SystemContext,
  person: z.output<typeof newUser>,
  passwordHash: string | null,
): Promise<User> {
  authorize(ctx, TENANTS_MANAGE);
  const admin = await ctx.tx(async (tx) => {
    const known = await findUserByEmail(tx, person.email);
    const user = known?.isPlatformAdmin ? known : await resolveInvitee(ctx, tx, person);
    await makePlatformAdmin(ctx, tx, user.id);
    await markEmailConfirmed(ctx, tx, user);
    if (!passwordHash) return user;
    await resetAccess(ctx, tx, user.id, passwordHash);
    return { ...user, passwordHash };
  });
  ctx.services.use(SIGN_INS).forgetUser(admin.id);
  return admin;
}
