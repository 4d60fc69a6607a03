import { vapidKeys } from "../../db/control/schema/web_push.ts";
import { decrypt, encrypt } from "../platform/crypto.ts";
import { generateKeyPair, type KeyPair } from "../platform/key_pair.ts";
import { sealedColumn } from "../platform/sealed_column.ts";
import { part, type Services } from "../ports.ts";

const PURPOSE = "vapid key";

type Ports = Pick<Services, "db" | "config" | "clock">;

export const VAPID_KEYS = sealedColumn("web push keys", {
  table: vapidKeys,
  id: vapidKeys.id,
  column: vapidKeys.sealedPrivateKey,
  purpose: PURPOSE,
});

/** The key pair of this installation: the one in the settings, or else one that is made once. Read when it is first needed. */
export const VAPID = part("vapid keys", (services) => {
  let keys: Promise<KeyPair> | null = null;
  const load = () =>
    readOrCreate(services).catch((error) => {
      keys = null;
      throw error;
    });
  return { current: (): Promise<KeyPair> => keys ??= load() };
});

/** The public key that browsers subscribe with. */
export async function publicKeyOf({ services }: { services: Services }): Promise<string> {
  return (await services.use(VAPID).current()).publicKey;
}

async function readOrCreate({ db, config, clock }: Ports): Promise<KeyPair> {
  const { vapidPublicKey, vapidPrivateKey } = config;
  if (vapidPublicKey && vapidPrivateKey) return { publicKey: vapidPublicKey, privateKey: vapidPrivateKey };
  const known = await read({ db, config });
  if (known) return known;
  const { publicKey, privateKey } = generateKeyPair();
  await db.control.insert(vapidKeys).values({
    id: "current",
    publicKey,
    sealedPrivateKey: encrypt(privateKey, config.appSecret, PURPOSE),
    createdAt: clock.now(),
  }).onConflictDoNothing();
  // Another process may have been faster.
  return (await read({ db, config }))!;
}

async function read({ db, config }: Pick<Ports, "db" | "config">): Promise<KeyPair | null> {
  const [row] = await db.control.select().from(vapidKeys);
  if (!row) return null;
  return {
    publicKey: row.publicKey,
    privateKey: decrypt(row.sealedPrivateKey, config.appSecrets, PURPOSE),
  };
}
