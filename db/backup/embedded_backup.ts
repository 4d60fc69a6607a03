/**
 * Backs up the embedded database: its files, copied while a transaction keeps the only backend. So nothing is written
 * meanwhile, and the copy is what a crash at that moment leaves behind, which the database recovers from at its next start.
 */
import { join } from "node:path";
import postgres from "postgres";
import { openDataFolder } from "../../src/platform/data_folder.ts";
import { VERSION } from "../../src/platform/version.ts";
import { isServed, socketPathOf } from "../embedded/socket_path.ts";
import { LOGIN_ROLE } from "../migration/server_setup.ts";
import { type Backup, type EmbeddedManifest, writeBackup } from "./backup_file.ts";
import { countRows, requireSameRows, totals } from "./row_counts.ts";

export type EmbeddedReport = { tables: number; rows: number };

const DATABASE = "postgres";
const PRIVATE_FOLDER = 0o700;
const PRIVATE_FILE = 0o600;
/** Belongs to a running process. */
const LOCK_FILE = "postmaster.pid";

/** Writes the database as it is at one moment, whether a server is running on the folder or not. */
export async function backUpEmbedded(
  dataDir: string,
  file: string,
  now: Date,
  onProgress?: (done: number, total: number) => void,
): Promise<EmbeddedReport & { file: string; bytes: number }> {
  const folder = join(dataDir, DATABASE);
  if (!await exists(folder)) throw new Error(`There is no database in "${dataDir}".`);
  return await withEmbedded(dataDir, async (sql) =>
    await sql.begin(async (tx) => {
      await tx`set local statement_timeout = 0`;
      await tx`set local idle_in_transaction_session_timeout = 0`;
      const rows = await countRows(tx);
      const { folders, files } = await listFiles(folder);
      const manifest: EmbeddedManifest = {
        kind: "embedded",
        version: VERSION,
        createdAt: now.toISOString(),
        rows,
        folders,
        files,
      };
      const bytes = await writeBackup(file, manifest, async (send) => {
        const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
        const content = ReadableStream.from(contentOf(folder, files, (done) => onProgress?.(done, total)));
        for await (const chunk of content.pipeThrough(new CompressionStream("gzip"))) await send(chunk);
      });
      return { file, bytes, ...totals(rows) };
    }));
}

/** Restores into a data folder without a database, and compares the tables. */
export async function restoreEmbedded(dataDir: string, backup: Backup): Promise<EmbeddedReport> {
  const folder = join(dataDir, DATABASE);
  if (await exists(folder)) {
    throw new Error(
      `The folder "${folder}" exists. Nothing changed. Stop the server and move the folder away.`,
    );
  }
  return await rehearse(dataDir, backup, (restored) => Deno.rename(restored, folder));
}

/** Restores into a folder beside, compares the tables, and deletes the folder. */
export async function drillEmbedded(dataDir: string, backup: Backup): Promise<EmbeddedReport> {
  return await rehearse(dataDir, backup, () => Promise.resolve());
}

async function rehearse(
  dataDir: string,
  backup: Backup,
  keep: (restored: string) => Promise<void>,
): Promise<EmbeddedReport> {
  const { manifest } = backup;
  if (manifest.kind !== "embedded") {
    throw new Error("This backup is of a PostgreSQL server. Set DATABASE_URL to restore it there.");
  }
  await openDataFolder(dataDir);
  const beside = await Deno.makeTempDir({ dir: dataDir, prefix: "r" });
  try {
    const restored = join(beside, DATABASE);
    await writeFiles(restored, manifest, await backup.content());
    await withEmbedded(beside, async (sql) => requireSameRows(manifest.rows, await sql.begin(countRows)));
    await keep(restored);
    return totals(manifest.rows);
  } finally {
    await Deno.remove(beside, { recursive: true });
  }
}

/** A connection through the running server's socket, or to the database in this process. */
async function withEmbedded<T>(dataDir: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  if (await isServed(dataDir)) return await withSocket(socketPathOf(dataDir), work);
  const { startEmbedded } = await import("../embedded/embedded.ts"); // loads Postgres, which a server brings itself
  const embedded = await startEmbedded(dataDir);
  try {
    return await withSocket(embedded.socketPath, work);
  } finally {
    await embedded.close();
  }
}

async function withSocket<T>(path: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres({
    path,
    username: LOGIN_ROLE,
    database: LOGIN_ROLE,
    max: 1,
    prepare: false,
    onnotice: () => {},
  });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

async function listFiles(root: string): Promise<Pick<EmbeddedManifest, "folders" | "files">> {
  const folders: string[] = [];
  const files: EmbeddedManifest["files"] = [];
  const visit = async (inside: string) => {
    for await (const { name, isDirectory } of Deno.readDir(join(root, inside))) {
      const path = inside ? `${inside}/${name}` : name;
      if (isDirectory) {
        folders.push(path);
        await visit(path);
      } else if (name !== LOCK_FILE) {
        files.push({ path, bytes: (await Deno.stat(join(root, path))).size });
      }
    }
  };
  await visit("");
  return { folders, files };
}

async function* contentOf(
  root: string,
  files: EmbeddedManifest["files"],
  onRead: (bytes: number) => void,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let total = 0;
  for (const { path, bytes } of files) {
    let read = 0;
    for await (const chunk of (await Deno.open(join(root, path))).readable) {
      read += chunk.length;
      onRead(total += chunk.length);
      yield chunk;
    }
    if (read !== bytes) throw new Error(`The file "${path}" changed during the backup. Repeat the command.`);
  }
}

async function writeFiles(
  root: string,
  { folders, files }: EmbeddedManifest,
  content: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<void> {
  await Deno.mkdir(root, { mode: PRIVATE_FOLDER });
  for (const path of folders) await Deno.mkdir(join(root, path), { recursive: true, mode: PRIVATE_FOLDER });
  const reader = content.pipeThrough(new DecompressionStream("gzip")).getReader();
  let chunk = new Uint8Array(0);
  for (const { path, bytes } of files) {
    using file = await Deno.open(join(root, path), { write: true, createNew: true, mode: PRIVATE_FILE });
    for (let missing = bytes; missing > 0;) {
      if (chunk.length === 0) chunk = (await reader.read()).value ?? fail(path);
      const written = await file.write(chunk.subarray(0, missing));
      chunk = chunk.subarray(written);
      missing -= written;
    }
  }
  await reader.cancel();
}

function fail(path: string): never {
  throw new Error(`The backup ends before the file "${path}".`);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
