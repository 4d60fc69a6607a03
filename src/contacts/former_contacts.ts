import { eq, type SQL, sql } from "drizzle-orm";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { formerContacts } from "../../db/tenant/schema/contacts.ts";
import type { TenantContext } from "../context.ts";
import { sha256, type Sha256Hex } from "../platform/crypto.ts";
import { problem } from "../platform/problem.ts";

export const CONTACT_ERASED_BEFORE = problem(
  "contact_erased_before",
  "This person asked you to erase their data. They can come back by a sign-up form only.",
);

const PREFIX = "former contact ";

export type FormerReason = typeof formerContacts.$inferSelect["reason"];

/**
 * What is kept of a former contact: enough to recognize the address, and nothing to read. It depends on nothing but the address, so that
 * an archive of the workspace takes it along.
 */
export function formerHash(email: string): Sha256Hex {
  return sha256(`${PREFIX}${email}`);
}

/** `formerHash` in SQL. */
export function formerHashOf(email: SQL): SQL {
  return sql`encode(sha256(convert_to(${PREFIX}::text || ${email}, 'UTF8')), 'hex')`;
}

/** Why the address belongs to a former contact; null if it doesn't. */
export async function findFormer(tx: TenantTx, email: string): Promise<FormerReason | null> {
  const [row] = await tx.select({ reason: formerContacts.reason }).from(formerContacts)
    .where(eq(formerContacts.emailHash, formerHash(email)));
  return row?.reason ?? null;
}

/** Keeps the hash of an address. An erasure outweighs the other reason. */
export async function rememberFormer(
  ctx: TenantContext,
  tx: TenantTx,
  email: string,
  reason: FormerReason,
): Promise<void> {
  const values = { emailHash: formerHash(email), reason, at: ctx.services.clock.now() };
  const target = formerContacts.emailHash;
  const insert = tx.insert(formerContacts).values(values);
  await (reason === "erased"
    ? insert.onConflictDoUpdate({ target, set: { reason, at: values.at } })
    : insert.onConflictDoNothing({ target }));
}

/** Forgets the hash of a person who subscribes again. */
export async function forgetFormer(tx: TenantTx, email: string): Promise<void> {
  await tx.delete(formerContacts).where(eq(formerContacts.emailHash, formerHash(email)));
}
