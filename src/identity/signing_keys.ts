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
import { type ControlTx, withControl } from "../../db/connection/with_tenant.ts";
import { signingKeys } from "../../db/control/schema/identity.ts";
import { locks } from "../../db/control/schema/installation.ts";
import type { Config } from "../config.ts";
import { after, type Clock, MINUTE, SECOND } from "../platform/clock.ts";
import { decrypt, encrypt } from "../platform/crypto.ts";
import { describeError, logOf } from "../platform/log.ts";
import { sealedColumn } from "../platform/sealed_column.ts";
import { part, type Services } from "../ports.ts";

export const SIGNING_ALGORITHM = "EdDSA";
export const ACCESS_TOKEN_LIFETIME = 15 * MINUTE;

const PURPOSE = "signing key";
const RELOAD_EVERY = 15 * SECOND;
/** A new key signs only after every process has had time to load it, so that no process meets an unknown key. */
const SIGNS_AFTER = 45 * SECOND;
const CLOCK_TOLERANCE = MINUTE;

const log = logOf("security");

/** The key that signs access tokens, and all public keys (JWK set, RFC 7517) that verify them. */
export type SigningKeys = { id: string; privateKey: CryptoKey; publicKeys: { keys: JWK[] } };

type KeyRow = typeof signingKeys.$inferSelect;
type Ports = Pick<Services, "db" | "config" | "clock">;

export const PRIVATE_KEYS = sealedColumn("signing keys", {
  table: signingKeys,
  id: signingKeys.id,
  column: signingKeys.sealedPrivateJwk,
  purpose: PURPOSE,
});

/** The signing keys as this process last read them. Another process may add one at any time. */
export class SigningKeyRing {
  readonly #ports: Ports;
  #keys: SigningKeys;
  #loadedAt: Date;
  #loading: Promise<SigningKeys> | null = null;

  private constructor(ports: Ports, keys: SigningKeys) {
    this.#ports = ports;
    this.#keys = keys;
    this.#loadedAt = ports.clock.now();
  }

  /** Creates the first key if there is none. Throws if neither APP_SECRET nor APP_SECRET_PREVIOUS can decrypt the key. */
  static async open(ports: Ports): Promise<SigningKeyRing> {
    return new SigningKeyRing(ports, await loadSigningKeys(ports));
  }

  /** The keys as last read. Needs no query, so a transaction may use them. */
  get current(): SigningKeys {
    return this.#keys;
  }

  /** The keys, read again if they were read 15 seconds ago. Keeps the last ones if the database or the secret fails. */
  async refresh(): Promise<SigningKeys> {
    if (after(this.#loadedAt, RELOAD_EVERY) > this.#ports.clock.now()) return this.#keys;
    this.#loading ??= this.#reload().finally(() => this.#loading = null);
    return await this.#loading;
  }

  async #reload(): Promise<SigningKeys> {
    try {
      this.#keys = await loadSigningKeys(this.#ports);
    } catch (error) {
      log.error("the signing keys could not be read again", describeError(error));
    }
    this.#loadedAt = this.#ports.clock.now();
    return this.#keys;
  }
}

export const SIGNING_KEYS = part("signing keys", (services) => SigningKeyRing.open(services));

/** Waits for other processes that create or rotate keys, until the transaction ends. */
export async function lockSigningKeys(tx: ControlTx): Promise<void> {
  await tx.select().from(locks).where(eq(locks.name, "signing_keys")).for("update");
}

/** Adds a key. Returns its id, and the moment from which every process signs with it. */
export async function addSigningKey(
  tx: ControlTx,
  { appSecret }: Config,
  clock: Clock,
): Promise<{ id: string; signsFrom: Date }> {
  const { publicKey, privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { extractable: true });
  const publicJwk = await exportJWK(publicKey) as JsonWebKey;
  const sealedPrivateJwk = encrypt(JSON.stringify(await exportJWK(privateKey)), appSecret, PURPOSE);
  const id = await calculateJwkThumbprint(publicJwk as JWK);
  const createdAt = clock.now();
  await tx.insert(signingKeys).values({ id, publicJwk, sealedPrivateJwk, createdAt });
  return { id, signsFrom: after(createdAt, SIGNS_AFTER) };
}

/** Deletes the keys whose last token has expired. Returns how many. */
export async function removeRetiredKeys(tx: ControlTx, clock: Clock): Promise<number> {
  const rows = await readKeys(tx);
  const kept = unretired(rows, clock.now());
  const retired = rows.filter((row) => !kept.includes(row));
  for (const { id } of retired) await tx.delete(signingKeys).where(eq(signingKeys.id, id));
  return retired.length;
}

async function loadSigningKeys({ db, config, clock }: Ports): Promise<SigningKeys> {
  const rows = await readOrCreate(db, config, clock);
  const now = clock.now();
  const current = rows.find(({ createdAt }) => after(createdAt, SIGNS_AFTER) <= now) ?? rows.at(-1)!;
  const keys = unretired(rows, now).map(({ id, publicJwk }) => ({
    ...publicJwk as JWK,
    kid: id,
    alg: SIGNING_ALGORITHM,
    use: "sig",
  }));
  return { id: current.id, privateKey: await open(current, config), publicKeys: { keys } };
}

async function readOrCreate(db: Database, config: Config, clock: Clock): Promise<KeyRow[]> {
  const known = await readKeys(db.control);
  if (known.length > 0) return known;
  return await withControl(db, async (tx) => {
    await lockSigningKeys(tx);
    if ((await readKeys(tx)).length === 0) await addSigningKey(tx, config, clock);
    return await readKeys(tx);
  });
}

/** The newest first. */
async function readKeys(db: Database["control"] | ControlTx): Promise<KeyRow[]> {
  return await db.select().from(signingKeys).orderBy(desc(signingKeys.createdAt), desc(signingKeys.id));
}

/** The keys whose tokens may still be valid. A key signs until the next newer one does. */
function unretired(rows: KeyRow[], now: Date): KeyRow[] {
  const validity = SIGNS_AFTER + ACCESS_TOKEN_LIFETIME + CLOCK_TOLERANCE;
  return rows.filter((_, index) => {
    const newer = rows[index - 1];
    return !newer || after(newer.createdAt, validity) > now;
  });
}

async function open({ sealedPrivateJwk }: KeyRow, { appSecrets }: Config): Promise<CryptoKey> {
  try {
    return await importJWK(
      JSON.parse(decrypt(sealedPrivateJwk, appSecrets, PURPOSE)),
      SIGNING_ALGORITHM,
    ) as CryptoKey;
  } catch (cause) {
    throw new Error(
      "APP_SECRET can't decrypt the signing keys in this database. They were encrypted with another APP_SECRET.",
      { cause },
    );
  }
}
