import type { z } from "zod";
import { authorizePlatform } from "../access/tenant_access.ts";
import type { SystemContext } from "../context.ts";
import { findOrCreateGrantee } from "./new_members.ts";
import { endAllSessionsIn } from "./sessions.ts";
import { findUserByEmail, makePlatformAdmin, type newUser, setPasswordHash, type User } from "./users.ts";

/**
 * Makes someone an administrator of the platform, with an account if they have none. Done again it gives them nothing new,
 * and leaves their password alone; one that is given (as `passwordHash`) replaces it, and ends all that they are signed in with.
 */
export async function appointPlatformAdmin(
  ctx: SystemContext,
  person: z.output<typeof newUser>,
  passwordHash: string | null,
): Promise<User> {
  authorizePlatform(ctx);
  const admin = await ctx.tx(async (tx) => {
    const known = await findUserByEmail(tx, person.email);
    const user = known?.isPlatformAdmin ? known : await findOrCreateGrantee(ctx, tx, person);
    await makePlatformAdmin(ctx, tx, user.id);
    if (!passwordHash) return user;
    await endAllSessionsIn(ctx, tx, user.id);
    await setPasswordHash(ctx, tx, user.id, passwordHash);
    return { ...user, passwordHash };
  });
  ctx.services.signIns.forgetUser(admin.id);
  return admin;
}
