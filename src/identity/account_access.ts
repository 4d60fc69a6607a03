import { eq } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { apiKeys } from "../../db/control/schema/api_keys.ts";
import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { logOf } from "../platform/log.ts";
import { forgetDevices } from "./known_devices.ts";
import { deleteFactors } from "./factors.ts";
import { deleteIdentities } from "./identities.ts";
import { endOneTimeTokens } from "./one_time_tokens.ts";
import { endAllSessionsIn } from "./sessions.ts";
import { getUserById, setPasswordHash } from "./users.ts";

const log = logOf("security");

/**
 * Ends every way into an account: password, sessions, API tokens, one-time tokens, trusted browsers and, if nobody has confirmed the
 * address, the second factors, connected accounts and API keys, which may be a stranger's. Call it before the address is confirmed. Only `passwordHash` works afterward; with
 * null, only a link to set a password does. If you add another way to sign in, end it here as well. Call
 * `SignInCaches.forgetUser` after the commit.
 */
export async function resetAccess(
  ctx: SystemContext,
  tx: ControlTx,
  userId: UserId,
  passwordHash: string | null,
): Promise<void> {
  await endAllSessionsIn(ctx, tx, userId); // locks the user's row first
  await endOneTimeTokens(ctx, tx, userId);
  await forgetDevices(tx, userId);
  const { emailVerifiedAt } = await getUserById(tx, userId);
  if (!emailVerifiedAt) {
    await deleteFactors(tx, userId);
    await deleteIdentities(tx, userId);
    await tx.delete(apiKeys).where(eq(apiKeys.createdBy, userId));
  }
  await setPasswordHash(ctx, tx, userId, passwordHash);
  log.info("access to an account reset", { userId, requestId: ctx.requestId });
}
