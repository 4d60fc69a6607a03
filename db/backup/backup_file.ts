/**
 * A backup is one file. Its first line names the format and the SHA-256 of everything after that line. The second line is
 * the manifest in JSON. The rest is the content: on PostgreSQL, an archive of pg_dump.
 */
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { z } from "zod";

const FORMAT = "denizen-backup 1";
const HASH_LENGTH = 64;
const HEADER_LENGTH = `${FORMAT} \n`.length + HASH_LENGTH;
const NEWLINE = "\n".charCodeAt(0);
const CHUNK_BYTES = 1_048_576;
const OWNER_ONLY = 0o600;
const OWNER_ONLY_FOLDER = 0o700;

const role = z.object({
  name: z.string().min(1),
  login: z.boolean(),
  inherit: z.boolean(),
  createRole: z.boolean(),
  bypassRls: z.boolean(),
});
const membership = z.object({
  role: z.string().min(1),
  member: z.string().min(1),
  admin: z.boolean(),
  inherit: z.boolean(),
  set: z.boolean(),
});
const common = z.object({
  /** The version of Denizen that made the backup. */
  version: z.string(),
  createdAt: z.iso.datetime(),
  /** The number of rows of each table, named with its schema. */
  rows: z.record(z.string(), z.number().int()),
});
const postgresManifest = common.extend({
  kind: z.literal("postgres"),
  serverVersion: z.number().int(),
  dumpVersion: z.number().int(),
  /** The login that creates schemas and owns the database. */
  databaseOwner: z.string().min(1),
  roles: z.array(role),
  memberships: z.array(membership),
});
/** A path inside the database's folder. */
const path = z.string().regex(/^\w[\w.-]*(\/\w[\w.-]*)*$/);
const embeddedManifest = common.extend({
  kind: z.literal("embedded"),
  folders: z.array(path),
  files: z.array(z.object({ path, bytes: z.number().int().min(0) })),
});
const manifest = z.discriminatedUnion("kind", [postgresManifest, embeddedManifest]);

export type Role = z.output<typeof role>;
export type Membership = z.output<typeof membership>;
export type PostgresManifest = z.output<typeof postgresManifest>;
export type EmbeddedManifest = z.output<typeof embeddedManifest>;
export type Manifest = z.output<typeof manifest>;

/** A checked backup. `content` starts after the manifest. */
export type Backup = { manifest: Manifest; content(): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> };

/**
 * Writes a backup whose content `write` sends in chunks. The file has its name only once it is complete. Returns its size
 * in bytes. Throws if the file exists.
 */
export async function writeBackup(
  path: string,
  manifest: Manifest,
  write: (send: (chunk: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<number> {
  if (await exists(path)) throw new Error(`The file "${path}" exists. Name another one.`);
  const partial = `${path}.partial`;
  using file = await openNew(partial, path);
  try {
    const hash = createHash("sha256");
    let size = HEADER_LENGTH;
    const send = async (chunk: Uint8Array) => {
      hash.update(chunk);
      size += chunk.length;
      await writeAll(file, chunk);
    };
    await writeAll(file, header("0".repeat(HASH_LENGTH)));
    await send(new TextEncoder().encode(`${JSON.stringify(manifest)}\n`));
    await write(send);
    await file.seek(0, Deno.SeekMode.Start);
    await writeAll(file, header(hash.digest("hex")));
    await file.sync();
    await Deno.rename(partial, path);
    return size;
  } catch (error) {
    await Deno.remove(partial);
    throw error;
  }
}

/** Reads the manifest after checking every byte of the file. Throws if the file is damaged. */
export async function readBackup(path: string): Promise<Backup> {
  using file = await openExisting(path);
  const [hash, head] = await hashOf(file, path);
  const damaged = new Error(`"${path}" is damaged: its content does not match its SHA-256.`);
  if (header(hash).some((byte, index) => head[index] !== byte)) throw damaged;
  const line = await readLine(file, HEADER_LENGTH);
  return {
    manifest: parseManifest(line, path),
    async content() {
      const file = await Deno.open(path);
      await file.seek(HEADER_LENGTH + line.length + 1, Deno.SeekMode.Start);
      return file.readable;
    },
  };
}

function header(hash: string): Uint8Array {
  return new TextEncoder().encode(`${FORMAT} ${hash}\n`);
}

async function openNew(partial: string, path: string): Promise<Deno.FsFile> {
  try {
    await Deno.mkdir(dirname(path), { recursive: true, mode: OWNER_ONLY_FOLDER });
    return await Deno.open(partial, { write: true, create: true, truncate: true, mode: OWNER_ONLY });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      throw new Error(`This process may not write "${path}". Name a file in DATA_DIR.`);
    }
    throw new Error(`"${path}" can't be written: ${(error as Error).message}`);
  }
}

async function openExisting(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      throw new Error(
        `This process may not read "${path}". Name a file in DATA_DIR or in the project's folder.`,
      );
    }
    throw new Error(`"${path}" can't be read: ${(error as Error).message}`);
  }
}

/** The SHA-256 of everything after the first line, and the first line. */
async function hashOf(file: Deno.FsFile, path: string): Promise<[hash: string, head: Uint8Array]> {
  const head = new Uint8Array(HEADER_LENGTH);
  const length = await file.read(head);
  if (length !== HEADER_LENGTH || !new TextDecoder().decode(head).startsWith(`${FORMAT} `)) {
    throw new Error(`"${path}" is not a backup that this version of Denizen can read.`);
  }
  const hash = createHash("sha256");
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let read = await file.read(chunk); read !== null; read = await file.read(chunk)) {
    hash.update(chunk.subarray(0, read));
  }
  return [hash.digest("hex"), head];
}

async function readLine(file: Deno.FsFile, position: number): Promise<Uint8Array> {
  await file.seek(position, Deno.SeekMode.Start);
  let line = new Uint8Array(0);
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let read = await file.read(chunk); read !== null; read = await file.read(chunk)) {
    const end = chunk.subarray(0, read).indexOf(NEWLINE);
    line = concat(line, chunk.subarray(0, end < 0 ? read : end));
    if (end >= 0) break;
  }
  return line;
}

function parseManifest(line: Uint8Array, path: string): Manifest {
  try {
    return manifest.parse(JSON.parse(new TextDecoder().decode(line)));
  } catch {
    throw new Error(`"${path}" has a manifest that this version of Denizen can't read.`);
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await file.write(bytes.subarray(sent));
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
