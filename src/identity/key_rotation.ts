import { asc, sql } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { authorize } from "../access/authorize.ts";
import { permission } from "../access/permissions.ts";
import type { Config } from "../config.ts";
import type { SystemContext } from "../context.ts";
import { publish } from "../events/publish.ts";
import { decrypt, encrypt } from "../platform/crypto.ts";
import type { SealedColumn } from "../platform/sealed_column.ts";
import { SIGNING_KEYS_ROTATED } from "./events.ts";
import { addSigningKey, lockSigningKeys, removeRetiredKeys } from "./signing_keys.ts";

export const KEYS_ROTATE = permission("keys:rotate", { roles: [], label: "Rotate the signing keys" });

/** `signsFrom` is when the new key starts to sign. `resealed` counts secrets that the former APP_SECRET had sealed. */
export type Rotation = { keyId: string; signsFrom: Date; resealed: number; removedKeys: number };

/**
 * Adds a signing key, removes the keys whose last token has expired, and seals every secret again that the former APP_SECRET
 * sealed. Does all or nothing. Throws if neither secret opens one of them.
 */
export async function rotateKeys(ctx: SystemContext): Promise<Rotation> {
  authorize(ctx, KEYS_ROTATE);
  const { config, clock, sealed } = ctx.services;
  return await ctx.tx(async (tx) => {
    await lockSigningKeys(tx);
    const removedKeys = await removeRetiredKeys(tx, clock);
    const resealed = await resealAll(tx, sealed, config);
    const { id: keyId, signsFrom } = await addSigningKey(tx, config, clock);
    await publish(ctx, tx, SIGNING_KEYS_ROTATED, { details: { keyId, resealed, removedKeys } });
    return { keyId, signsFrom, resealed, removedKeys };
  });
}

async function resealAll(tx: ControlTx, columns: readonly SealedColumn[], config: Config): Promise<number> {
  let resealed = 0;
  for (const column of columns) resealed += await reseal(tx, column, config);
  return resealed;
}

/** Leaves what the current APP_SECRET opens, so that a repeated rotation changes no secret. */
async function reseal(tx: ControlTx, { name, table, id, column, purpose }: SealedColumn, config: Config) {
  const rows = await tx.select({ id, text: column }).from(table)
    .where(sql`${column} is not null`).orderBy(asc(id)).for("update");
  const outdated = rows.filter(({ text }) => !opens(String(text), config.appSecret, purpose));
  for (const { id: rowId, text } of outdated) {
    const fresh = encrypt(openWithAny(String(text), config, { name, purpose }), config.appSecret, purpose);
    await tx.execute(
      sql`update ${table} set ${sql.identifier(column.name)} = ${fresh} where ${id} = ${rowId}`,
    );
  }
  return outdated.length;
}

function opens(text: string, secret: string, purpose: string): boolean {
  try {
    decrypt(text, [secret], purpose);
    return true;
  } catch {
    return false;
  }
}

function openWithAny(
  text: string,
  { appSecrets }: Config,
  { name, purpose }: Pick<SealedColumn, "name" | "purpose">,
): string {
  try {
    return decrypt(text, appSecrets, purpose);
  } catch (cause) {
    throw new Error(`Neither APP_SECRET nor APP_SECRET_PREVIOUS can decrypt the ${name}.`, { cause });
  }
}
