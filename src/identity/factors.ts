import { and, asc, eq, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { factors, recoveryCodes } from "../../db/control/schema/factors.ts";
import { users } from "../../db/control/schema/users.ts";
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
  return await db.$count(recoveryCodes, isUnusedOf(userId));
}

/** How a person can prove their second factor: with a passkey, and with these kinds of codes, the strongest first. */
export type FactorWays = { kinds: CodeKind[]; hasPasskey: boolean };

/** The types of a person's second factors, and `recovery` if they have unused recovery codes, in no order. */
export type Provable = readonly (FactorType | "recovery")[];

/** How a person can prove their second factor. */
export async function findFactorWays(
  ctx: Pick<SystemContext, "services">,
  db: ControlDb | ControlTx,
  userId: UserId,
): Promise<FactorWays> {
  return waysOf(ctx, await findProvable(db, userId));
}

export async function findProvable(db: ControlDb | ControlTx, userId: UserId): Promise<Provable> {
  const [row] = await db.select({ provable: provableOf(userId) }).from(users).where(eq(users.id, userId));
  return row?.provable ?? [];
}

/** Phones count only where text messages can be sent. */
export function waysOf({ services }: Pick<SystemContext, "services">, provable: Provable): FactorWays {
  const kinds = CODE_KINDS.filter((kind) =>
    provable.includes(kind) && (kind !== "sms" || sendsTexts(services))
  );
  return { kinds, hasPasskey: provable.includes("passkey") };
}

/** What a person can prove, as a column of another query. Nothing without a second factor. */
export function provableOf(userId: UserId): SQL<Provable> {
  return sql<Provable>`(select coalesce(jsonb_agg(distinct ${factors.type}) ||
      case when exists (select from ${recoveryCodes} where ${
    isUnusedOf(userId)
  }) then '"recovery"' else '[]' end::jsonb,
    '[]') from ${factors} where ${isFactorOf(userId)})`;
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

function isUnusedOf(userId: UserId) {
  return and(eq(recoveryCodes.userId, userId), isNull(recoveryCodes.usedAt));
}
