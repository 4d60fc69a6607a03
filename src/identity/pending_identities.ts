import { and, eq, gt } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { pendingIdentities } from "../../db/control/schema/identities.ts";
import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { after, MINUTE } from "../platform/clock.ts";
import { newToken, sha256 } from "../platform/crypto.ts";
import { newId } from "../platform/ids.ts";
import type { Provider } from "./oauth_providers.ts";
import type { ProviderAccount } from "./provider_account.ts";

/** Long enough to find a password or an emailed link. */
const KEPT_FOR = 20 * MINUTE;

/** An account at a provider that the person proved in this browser, and that waits for what they do next. */
export type PendingIdentity = Omit<typeof pendingIdentities.$inferSelect, "provider"> & {
  provider: Provider;
};

/** `token` is the browser's secret. */
export type KeptIdentity = { token: string; expiresAt: Date };

/** Keeps a proved account for the browser that proved it. */
export async function keepIdentity(
  ctx: SystemContext,
  account: ProviderAccount,
  purpose: { userId?: UserId; invitationId?: string | null; next?: string | null },
): Promise<KeptIdentity> {
  const token = newToken();
  const createdAt = ctx.services.clock.now();
  const expiresAt = after(createdAt, KEPT_FOR);
  const row = { id: newId(), tokenHash: sha256(token), ...account, ...purpose, createdAt, expiresAt };
  await ctx.control.insert(pendingIdentities).values(row);
  return { token, expiresAt };
}

/** The account that waits in the browser with this token. Null if there is none or it has expired. */
export async function findKeptIdentity(ctx: SystemContext, token: string): Promise<PendingIdentity | null> {
  if (token === "") return null;
  const isOpen = and(
    eq(pendingIdentities.tokenHash, sha256(token)),
    gt(pendingIdentities.expiresAt, ctx.services.clock.now()),
  );
  const [row] = await ctx.control.select().from(pendingIdentities).where(isOpen);
  return row ? { ...row, provider: row.provider as Provider } : null;
}

/** Uses a kept account up. Returns false if another request has done so. */
export async function takeKeptIdentity(tx: ControlTx, { id }: Pick<PendingIdentity, "id">): Promise<boolean> {
  const taken = await tx.delete(pendingIdentities).where(eq(pendingIdentities.id, id)).returning({
    id: pendingIdentities.id,
  });
  return taken.length > 0;
}
