import { and, asc, eq } from "drizzle-orm";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { identities } from "../../db/control/schema/identities.ts";
import { userActor, type UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { conflict } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { newId } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import { USER_IDENTITY_CONNECTED } from "./events.ts";
import { type Provider, PROVIDER_NAMES } from "./oauth_providers.ts";
import type { ProviderAccount } from "./provider_account.ts";
import type { User } from "./users.ts";

const IDENTITY_TAKEN = problem(
  "identity_taken",
  "This {provider} account is already connected to another account.",
);

type Key = Pick<ProviderAccount, "provider" | "issuer" | "subject">;

/** An account at a provider with which a person signs in. */
export type Identity = {
  id: string;
  provider: Provider;
  email: string | null;
  createdAt: Date;
  lastUsedAt: Date;
};

/** The person who signs in with an account at a provider. Null if nobody does. */
export async function findIdentityOwner(db: ControlDb | ControlTx, key: Key): Promise<UserId | null> {
  const [row] = await db.select({ userId: identities.userId }).from(identities).where(isAccount(key));
  return row?.userId ?? null;
}

/** The accounts with which a person signs in, the oldest first. */
export async function findIdentities(db: ControlDb | ControlTx, userId: UserId): Promise<Identity[]> {
  const rows = await db.select({
    id: identities.id,
    provider: identities.provider,
    email: identities.email,
    createdAt: identities.createdAt,
    lastUsedAt: identities.lastUsedAt,
  }).from(identities).where(eq(identities.userId, userId)).orderBy(
    asc(identities.createdAt),
    asc(identities.id),
  );
  return rows.map((row) => ({ ...row, provider: row.provider as Provider }));
}

export async function hasIdentities(db: ControlDb | ControlTx, userId: UserId): Promise<boolean> {
  return await db.$count(identities, eq(identities.userId, userId)) > 0;
}

/**
 * Lets a person sign in with an account at a provider. Call it in a transaction that locks the person, who has proved the account.
 * Throws `conflict` if it belongs to somebody else.
 */
export async function addIdentity(
  ctx: SystemContext,
  tx: ControlTx,
  user: Pick<User, "id" | "name" | "email">,
  { provider, issuer, subject, email }: Omit<ProviderAccount, "name">,
): Promise<void> {
  const now = ctx.services.clock.now();
  const row = {
    id: newId(),
    userId: user.id,
    provider,
    issuer,
    subject,
    email,
    createdAt: now,
    lastUsedAt: now,
  };
  const added = await tx.insert(identities).values(row).onConflictDoNothing().returning({
    id: identities.id,
  });
  if (added.length === 0) {
    if (await findIdentityOwner(tx, row) === user.id) return;
    throw conflict(IDENTITY_TAKEN.with({ provider: PROVIDER_NAMES[provider] }));
  }
  const acting = ctx.actor.type === "visitor" ? { ...ctx, actor: userActor(user) } : ctx;
  const { id, name } = user;
  await publish(acting, tx, USER_IDENTITY_CONNECTED, { after: { id, name }, details: { provider } });
}

/** Notes that somebody signed in with an account, and the address that it has by now. */
export async function touchIdentity(
  ctx: SystemContext,
  tx: ControlTx,
  account: ProviderAccount,
): Promise<void> {
  const { email } = account;
  await tx.update(identities).set({ email, lastUsedAt: ctx.services.clock.now() }).where(isAccount(account));
}

/** Removes all accounts with which a person signs in. */
export async function deleteIdentities(tx: ControlTx, userId: UserId): Promise<void> {
  await tx.delete(identities).where(eq(identities.userId, userId));
}

function isAccount({ provider, issuer, subject }: Key) {
  return and(
    eq(identities.provider, provider),
    eq(identities.issuer, issuer),
    eq(identities.subject, subject),
  );
}
