import { desc, eq } from "drizzle-orm";
import {
  calculateJwkThumbprint,
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from "jose";
import type { Database } from "../../db/connection/connect.ts";
import { withControl } from "../../db/connection/with_tenant.ts";
import { signingKeys } from "../../db/control/schema/identity.ts";
import { locks } from "../../db/control/schema/installation.ts";
import type { Clock } from "../platform/clock.ts";
import { decrypt, encrypt } from "../platform/crypto.ts";
import { part } from "../ports.ts";

export const SIGNING_ALGORITHM = "EdDSA";

const PURPOSE = "signing key";

/** The key that signs access tokens, and all public keys (JWK set, RFC 7517) that verify them. */
export type SigningKeys = { id: string; privateKey: CryptoKey; publicKeys: { keys: JWK[] } };

/** Reads the signing keys. Creates the first key if there is none. Throws if APP_SECRET can't decrypt the keys. */
export async function loadSigningKeys(db: Database, appSecret: string, clock: Clock): Promise<SigningKeys> {
  const fresh = await makeKey(appSecret);
  const rows = await withControl(db, async (tx) => {
    await tx.select().from(locks).where(eq(locks.name, "signing_keys")).for("update");
    const known = await tx.select().from(signingKeys).orderBy(desc(signingKeys.createdAt));
    return known.length > 0
      ? known
      : await tx.insert(signingKeys).values({ ...fresh, createdAt: clock.now() }).returning();
  });
  const current = rows[0]!;
  return {
    id: current.id,
    privateKey: await open(current.sealedPrivateJwk, appSecret),
    publicKeys: {
      keys: rows.map(({ id, publicJwk }) => ({
        ...publicJwk as JWK,
        kid: id,
        alg: SIGNING_ALGORITHM,
        use: "sig",
      })),
    },
  };
}

/** The keys that this process loaded when it started. */
export const SIGNING_KEYS = part(
  "signing keys",
  ({ db, config, clock }) => loadSigningKeys(db, config.appSecret, clock),
);

async function makeKey(appSecret: string) {
  const { publicKey, privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { extractable: true });
  const publicJwk = await exportJWK(publicKey) as JsonWebKey;
  const sealedPrivateJwk = encrypt(JSON.stringify(await exportJWK(privateKey)), appSecret, PURPOSE);
  return { id: await calculateJwkThumbprint(publicJwk as JWK), publicJwk, sealedPrivateJwk };
}

async function open(sealed: string, appSecret: string): Promise<CryptoKey> {
  try {
    return await importJWK(JSON.parse(decrypt(sealed, appSecret, PURPOSE)), SIGNING_ALGORITHM) as CryptoKey;
  } catch (cause) {
    throw new Error(
      "APP_SECRET can't decrypt the signing keys in this database. They were encrypted with another APP_SECRET.",
      { cause },
    );
  }
}
