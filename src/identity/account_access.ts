import type { ControlTx } from "../../db/connection/with_tenant.ts";
import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { logOf } from "../platform/log.ts";
import { forgetDevices } from "./known_devices.ts";
import { endOneTimeTokens } from "./one_time_tokens.ts";
import { endAllSessionsIn } from "./sessions.ts";
import { setPasswordHash } from "./users.ts";

const log = logOf("security");

/**
 * Ends every way into an account: password, sessions, API tokens and one-time tokens. Only `passwordHash` works afterward; with
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
  await setPasswordHash(ctx, tx, userId, passwordHash);
  log.info("access to an account reset", { userId, requestId: ctx.requestId });
}
