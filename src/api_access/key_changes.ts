import { sql } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { SIGN_INS } from "../identity/sign_in_caches.ts";
import type { Services } from "../ports.ts";

/** The channel on which processes announce rotated and revoked keys. The payload is the key's id. */
const API_KEY_CHANGES = "denizen_api_key_changes";

/** Notifies all processes of a rotated or revoked key when the transaction commits. */
export async function announceKeyChange(tx: ControlTx, id: string): Promise<void> {
  await tx.execute(sql`select pg_notify(${API_KEY_CHANGES}, ${id})`);
}

/**
 * Forgets keys that other processes rotate or revoke. Returns false if the database doesn't support notifications: then a cached key
 * works for up to five seconds.
 */
export function listenForKeyChanges({ db, use }: Services): Promise<boolean> {
  return db.listen(API_KEY_CHANGES, (id) => use(SIGN_INS).forgetKey(id));
}
