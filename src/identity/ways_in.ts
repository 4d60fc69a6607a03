import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { hasFactors } from "./factors.ts";
import { hasIdentities } from "./identities.ts";
import type { User } from "./users.ts";

/**
 * Whether a person has an account that they confirmed, and more than an emailed link to enter it: a password, a second factor, or an
 * account at a provider.
 */
export async function canSignIn(
  db: ControlDb | ControlTx,
  { id, emailVerifiedAt, passwordHash }: User,
): Promise<boolean> {
  if (emailVerifiedAt === null) return false;
  return passwordHash !== null || await hasFactors(db, id) || await hasIdentities(db, id);
}
