import { generateX25519Identity, identityToRecipient } from "age-encryption";
import assert from "node:assert/strict";
import { join } from "node:path";
import { openBucket } from "../../src/backups/bucket.ts";
import { expired } from "../../src/backups/retention.ts";
import { listStoredBackups, storeBackup, withStoredBackup } from "../../src/backups/stored_backups.ts";
import { type Config, parseConfig } from "../../src/config.ts";
import { S3_KEY, S3Double } from "../support/s3_double.ts";

/**
 * Protects: a backup in a bucket is encrypted for one key, is complete or doesn't exist, and old ones are deleted only after
 * a new one is stored.
 */

const identity = await generateX25519Identity();
const recipient = await identityToRecipient(identity);

Deno.test("a stored backup comes back as it was, and the storage never sees its content", async () => {
  await using place = await Place.open();
  const content = crypto.getRandomValues(new Uint8Array(60_000));

  const { name } = await place.store("2026-03-01T03:00:00Z", content);
  place.s3.failures = 2;
  const found = await withStoredBackup(place.config, "latest", (file) => Deno.readFile(file));

  const stored = place.s3.objects.get(`folder/${name}`)!;
  assert.equal(name, "denizen-2026-03-01T030000Z.backup.age");
  assert.deepEqual(found, content);
  assert.match(new TextDecoder().decode(stored.subarray(0, 40)), /^age-encryption\.org\/v1\n-> X25519 /);
  assert.equal(stored.length > content.length, true);
  assert.deepEqual(await place.files(), [], "no local copy stays");
});

Deno.test("an upload of several parts is put together in order", async () => {
  await using s3 = new S3Double();
  const url = new URL(s3.variables.BACKUP_BUCKET_URL!);
  const bucket = openBucket({ url, keyId: S3_KEY.id, secret: S3_KEY.secret, region: S3_KEY.region }, {
    partBytes: 1_000,
  });
  const content = crypto.getRandomValues(new Uint8Array(12_345));

  await bucket.put("whole", new Blob([content]).stream());
  await bucket.put("exact", new Blob([content.subarray(0, 2_000)]).stream());

  assert.deepEqual(s3.objects.get("folder/whole"), content);
  assert.deepEqual(s3.objects.get("folder/exact"), content.slice(0, 2_000));
});

Deno.test("the last backups of the newest days are kept, and other files in the bucket", async () => {
  await using place = await Place.open({ BACKUP_KEEP: "2" });
  place.s3.pageSize = 2;
  place.s3.objects.set("folder/notes.txt", new Uint8Array(1));
  place.s3.objects.set("elsewhere/denizen-2020-01-01T000000Z.backup.age", new Uint8Array(1));
  const store = (time: string) => place.store(time, new Uint8Array(1));

  await store("2026-03-01T03:00:00Z");
  await store("2026-03-02T03:00:00Z");
  await store("2026-03-02T15:00:00Z");
  const { deleted } = await store("2026-03-05T03:00:00Z");

  assert.deepEqual(deleted, ["denizen-2026-03-01T030000Z.backup.age"]);
  assert.deepEqual(await listStoredBackups(place.config), [
    "denizen-2026-03-02T150000Z.backup.age",
    "denizen-2026-03-05T030000Z.backup.age",
  ]);
  assert.equal(place.s3.objects.size, 4);
  assert.deepEqual(expired([], 1), []);
});

Deno.test("a wrong secret, a lost upload and a failing storage are reported, and no old backup is deleted", async () => {
  await using place = await Place.open({ BACKUP_KEEP: "1" });
  await place.store("2026-03-01T03:00:00Z", new Uint8Array(1));
  const attempt = (config?: Config) => place.store("2026-03-02T03:00:00Z", new Uint8Array(1), config);

  await assert.rejects(
    attempt(place.configWith({ BACKUP_BUCKET_SECRET: "wrong" })),
    /refused POST with 403 SignatureDoesNotMatch\. Check the settings that start with BACKUP_BUCKET/,
  );
  place.s3.losesUploads = true;
  await assert.rejects(attempt(), /lost the upload "denizen-2026-03-02T030000Z/);
  place.s3.failures = 100;
  await assert.rejects(attempt(), /refused POST with 503 SlowDown/);
  place.s3.failures = 0;
  await assert.rejects(
    attempt(place.configWith({ BACKUP_BUCKET_URL: "http://127.0.0.1:1/bucket" })),
    /127\.0\.0\.1:1 can't be reached/,
  );

  assert.deepEqual(await listStoredBackups(place.config), ["denizen-2026-03-01T030000Z.backup.age"]);
  assert.equal(place.s3.openUploads, 0);
  assert.deepEqual(await place.files(), []);
});

Deno.test("what a killed backup left on the disk is deleted before the next one", async () => {
  await using place = await Place.open();
  const now = new Date("2026-03-03T03:00:00Z");
  const folder = join(place.config.dataDir, "backups");
  await Deno.mkdir(folder);
  const left = (name: string, at: string) =>
    Deno.writeTextFile(join(folder, name), "rows").then(() =>
      Deno.utime(join(folder, name), now, new Date(at))
    );
  await left("denizen-2026-03-01T030000Z.backup.age.local", "2026-03-01T03:00:00Z");
  await left("denizen-2026-03-01T030000Z.backup.age.local.partial", "2026-03-01T03:00:00Z");
  await left("denizen-2026-03-01T030000Z.backup.age.download", "2026-03-01T03:00:00Z");
  await left("denizen-2026-03-03T010000Z.backup.age.local", "2026-03-03T01:00:00Z");
  await left("notes.txt", "2026-01-01T00:00:00Z");

  await place.store(now.toISOString(), new Uint8Array(10));

  assert.deepEqual((await place.files()).sort(), [
    "denizen-2026-03-03T010000Z.backup.age.local",
    "notes.txt",
  ]);
});

Deno.test("a backup that can't be written leaves nothing in the bucket", async () => {
  await using place = await Place.open();

  await assert.rejects(
    storeBackup(
      place.config,
      new Date("2026-03-01T03:00:00Z"),
      () => Promise.reject(new Error("No database")),
    ),
    /No database/,
  );

  assert.equal(place.s3.objects.size, 0);
});

Deno.test("another key, a damaged or a missing backup is refused, and no file stays", async () => {
  await using place = await Place.open();
  const { name } = await place.store("2026-03-01T03:00:00Z", new Uint8Array(1_000));
  const read = (config: Config, which = "latest") => withStoredBackup(config, which, () => Promise.resolve());

  await assert.rejects(
    read(place.config, "denizen-2020-01-01T000000Z.backup.age"),
    /has no backup "denizen-2020/,
  );
  await assert.rejects(
    read(place.configWith({ BACKUP_AGE_IDENTITY: await generateX25519Identity() })),
    /BACKUP_AGE_IDENTITY can't decrypt this backup/,
  );
  await assert.rejects(read(place.configWith({ BACKUP_AGE_IDENTITY: "" })), /Set BACKUP_AGE_IDENTITY/);
  place.s3.objects.get(`folder/${name}`)![500]! ^= 1;
  await assert.rejects(read(place.config), /is damaged/);

  assert.deepEqual(await place.files(), []);
});

Deno.test("without a bucket, the commands say what to set", async () => {
  await assert.rejects(listStoredBackups(parseConfig({})), /Name a file, or set BACKUP_BUCKET_URL/);
  assert.throws(
    () => parseConfig({ BACKUP_BUCKET_URL: "https://s3.example.com/bucket" }),
    /BACKUP_BUCKET_KEY_ID: must be set[^]*BACKUP_BUCKET_SECRET: must be set[^]*BACKUP_AGE_RECIPIENT: must be set with BACKUP_BUCKET_URL/,
  );
  assert.throws(
    () => parseConfig({ BACKUP_BUCKET_URL: "https://s3.example.com" }),
    /must name the bucket after the host/,
  );
  assert.throws(() => parseConfig({ BACKUP_AGE_RECIPIENT: identity }), /must be a public key of age/);
});

/** A bucket and a data folder. */
class Place implements AsyncDisposable {
  readonly s3 = new S3Double();
  readonly #folder: string;
  readonly #variables: Record<string, string>;

  private constructor(folder: string, variables: Record<string, string>) {
    this.#folder = folder;
    this.#variables = variables;
  }

  static async open(variables: Record<string, string> = {}): Promise<Place> {
    return new Place(await Deno.makeTempDir(), variables);
  }

  get config(): Config {
    return this.configWith({});
  }

  configWith(variables: Record<string, string>): Config {
    return parseConfig({
      ...this.s3.variables,
      BACKUP_AGE_RECIPIENT: recipient,
      BACKUP_AGE_IDENTITY: identity,
      DATA_DIR: this.#folder,
      ...this.#variables,
      ...variables,
    });
  }

  store(time: string, content: Uint8Array, config = this.config) {
    return storeBackup(config, new Date(time), (file) => Deno.writeFile(file, content));
  }

  async files(): Promise<string[]> {
    return (await Array.fromAsync(Deno.readDir(`${this.#folder}/backups`))).map(({ name }) => name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.s3[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }
}
