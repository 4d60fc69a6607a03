/** Backups in a bucket: encrypted before they leave this machine, and deleted when they are too old. */
import { join } from "node:path";
import type { Config } from "../config.ts";
import { deleteLeftovers, openPrivateFile } from "../platform/data_folder.ts";
import { type Bucket, openBucket } from "./bucket.ts";
import { decrypt, encrypt } from "./encryption.ts";
import { backupName, backupsAmong, expired } from "./retention.ts";

/** The names of files that aren't encrypted, and exist only while a backup is made or restored. */
const LOCAL_FILE = /\.backup\.age\.(local|local\.partial|download)$/;

const NOT_CONFIGURED = "Name a file, or set BACKUP_BUCKET_URL to store backups in a bucket.";

/**
 * Makes a backup with `write`, and stores it. Then deletes expired ones, and before it what a killed backup left. Returns the names.
 */
export async function storeBackup<Report>(
  config: Config,
  now: Date,
  write: (file: string) => Promise<Report>,
): Promise<{ report: Report; name: string; deleted: string[] }> {
  const bucket = bucketOf(config);
  const name = backupName(now);
  await deleteLeftovers(await localFolder(config), LOCAL_FILE, now);
  return await withLocalFile(config, `${name}.local`, async (file) => {
    const report = await write(file);
    const { readable } = await Deno.open(file);
    await bucket.put(name, await encrypt(readable, config.backupAgeRecipient!));
    const deleted = expired(await bucket.list(), config.backupKeep);
    for (const old of deleted) await bucket.delete(old);
    return { report, name, deleted };
  });
}

/** The names of the stored backups, oldest first. */
export async function listStoredBackups(config: Config): Promise<string[]> {
  return backupsAmong(await bucketOf(config).list());
}

/** Downloads and decrypts a stored backup for `work`. `latest` is the newest one. */
export async function withStoredBackup<T>(
  config: Config,
  nameOrLatest: string,
  work: (file: string) => Promise<T>,
): Promise<T> {
  const bucket = bucketOf(config);
  if (!config.backupAgeIdentity) {
    throw new Error("Set BACKUP_AGE_IDENTITY to the secret key that belongs to BACKUP_AGE_RECIPIENT.");
  }
  const names = backupsAmong(await bucket.list());
  const name = nameOrLatest === "latest" ? names.at(-1) : names.find((each) => each === nameOrLatest);
  if (!name) {
    throw new Error(`The bucket has no backup "${nameOrLatest}". List them with: denizen db backups`);
  }
  return await withLocalFile(config, `${name}.download`, async (file) => {
    const content = await decrypt(await bucket.get(name), config.backupAgeIdentity!);
    await openPrivateFile(file);
    const { writable } = await Deno.open(file, { write: true, truncate: true });
    await content.pipeTo(writable).catch((error) => {
      throw new Error(`The stored backup "${name}" is damaged.`, { cause: error });
    });
    return await work(file);
  });
}

function bucketOf(config: Config): Bucket {
  const { backupBucketUrl, backupBucketKeyId, backupBucketSecret, backupBucketRegion } = config;
  if (!backupBucketUrl) throw new Error(NOT_CONFIGURED);
  return openBucket({
    url: backupBucketUrl,
    keyId: backupBucketKeyId!,
    secret: backupBucketSecret!,
    region: backupBucketRegion,
  });
}

/** A file in the data folder that is deleted after `work`. */
async function withLocalFile<T>(
  config: Config,
  name: string,
  work: (file: string) => Promise<T>,
): Promise<T> {
  const file = join(await localFolder(config), name);
  try {
    return await work(file);
  } finally {
    await Deno.remove(file).catch(() => {});
  }
}

async function localFolder({ dataDir }: Config): Promise<string> {
  const folder = join(dataDir, "backups");
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}
