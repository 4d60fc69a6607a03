import { and, asc, eq, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { factors, recoveryCodes } from "../../db/control/schema/factors.ts";
import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { sendsTexts } from "../text_messages/deliver.ts";

export const FACTOR_TYPES = factors.type.enumValues;
export type FactorType = typeof FACTOR_TYPES[number];

/** A second factor that its owner has confirmed. */
export type Factor = {
  id: string;
  type: FactorType;
  name: string;
  createdAt: Date;
  lastUsedAt: Date | null;
};

/** The second factors that prove themselves with a code. */
export type CodeFactorType = Exclude<FactorType, "passkey">;
export const CODE_FACTOR_TYPES = FACTOR_TYPES.filter((type): type is CodeFactorType => type !== "passkey");

/** What a person can enter at a sign-in: a code from an app or an email, or a recovery code. */
export const CODE_KINDS = [...CODE_FACTOR_TYPES, "recovery"] as const;
export type CodeKind = typeof CODE_KINDS[number];

/** The second factors of a person, the oldest first. At most ten. */
export async function findFactors(db: ControlDb | ControlTx, userId: UserId): Promise<Factor[]> {
  return await db.select({
    id: factors.id,
    type: factors.type,
    name: factors.name,
    createdAt: factors.createdAt,
    lastUsedAt: factors.lastUsedAt,
  }).from(factors).where(isFactorOf(userId)).orderBy(asc(factors.createdAt), asc(factors.id));
}

export async function hasFactors(db: ControlDb | ControlTx, userId: UserId): Promise<boolean> {
  return await db.$count(factors, isFactorOf(userId)) > 0;
}

export async function countRecoveryCodes(db: ControlDb | ControlTx, userId: UserId): Promise<number> {
  return await db.$count(recoveryCodes, and(eq(recoveryCodes.userId, userId), isNull(recoveryCodes.usedAt)));
}

/** How a person can prove their second factor: with a passkey, and with these kinds of codes, the strongest first. */
export type FactorWays = { kinds: CodeKind[]; hasPasskey: boolean };

/** Phones count only where text messages can be sent. */
export async function findFactorWays(
  { services }: Pick<SystemContext, "services">,
  db: ControlDb | ControlTx,
  userId: UserId,
): Promise<FactorWays> {
  const types = (await findFactors(db, userId)).map(({ type }) => type);
  if (types.length === 0) return { kinds: [], hasPasskey: false };
  const hasRecovery = await countRecoveryCodes(db, userId) > 0;
  const kinds = CODE_KINDS.filter((kind) =>
    kind === "recovery" ? hasRecovery : types.includes(kind) && (kind !== "sms" || sendsTexts(services))
  );
  return { kinds, hasPasskey: types.includes("passkey") };
}

/** Removes all second factors of a person, confirmed or not, and their recovery codes. */
export async function deleteFactors(tx: ControlTx, userId: UserId): Promise<void> {
  await tx.delete(factors).where(eq(factors.userId, userId));
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));
}

/** Whether a user has second factors, as a column of another query. */
export function hasFactorsOf(userId: UserId | PgColumn): SQL<boolean> {
  return sql<boolean>`exists (select from ${factors} where ${isFactorOf(userId)})`;
}

/** Matches the second factors that a person has confirmed. */
export function isFactorOf(userId: UserId | PgColumn) {
  return and(eq(factors.userId, userId), isNotNull(factors.confirmedAt));
}
