/**
 * The embedded database: PGlite, which is Postgres in WebAssembly, offered on a Unix socket in the data folder. So
 * the same driver serves both cases, and the CLI and psql can work beside the running server.
 */
import { PGlite, type PGliteOptions } from "@electric-sql/pglite";
import { join } from "node:path";
import { PgliteSocket } from "./pglite_socket.ts";
import { openDataFolder, openPrivateFile } from "../../src/platform/data_folder.ts";
import { LOGIN_ROLE, prepareServer } from "../migration/server_setup.ts";
import { pgliteFiles } from "../migration/source_files.ts";
import { socketPathOf } from "./socket_path.ts";

/** Postgres writes to all of its buffers at start: the 128 MB that PGlite gives it take twice as long as all the rest. */
const START_PARAMS = [...PGlite.defaultStartParams, "-c", "shared_buffers=16MB"];

export type EmbeddedDatabase = {
  socketPath: string;
  /** The whole database as a tar file, for `startFromSnapshot`. Nobody may be connected. */
  dump(): Promise<Blob>;
  /** Breaks every client's connection; they may come again. */
  cutConnections(): Promise<void>;
  close(): Promise<void>;
};

/**
 * Opens the database of `dataDir`, making it on first use, and serves it on its socket.
 * Throws when another process holds the folder, or what it holds can't be opened.
 */
export async function startEmbedded(dataDir: string): Promise<EmbeddedDatabase> {
  const socketPath = socketPathOf(dataDir);
  await openDataFolder(dataDir);
  const lock = await lockFolder(dataDir);
  try {
    const pglite = await openOrMake(join(dataDir, "postgres"));
    return await serve(pglite, socketPath, () => lock.close());
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** While a database is being made, a file beside it says so: the start after one that was killed makes it anew. */
async function openOrMake(folder: string): Promise<PGlite> {
  const unfinished = `${folder}.unfinished`;
  if (await exists(folder) && !await exists(unfinished)) return await openExisting(folder);
  await openPrivateFile(unfinished);
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder, { mode: 0o700 });
  const pglite = await openFolder(folder);
  await prepareServer((sql) => pglite.exec(sql));
  await Deno.remove(unfinished);
  return pglite;
}

async function openExisting(folder: string): Promise<PGlite> {
  try {
    await Deno.chmod(folder, 0o700);
    const pglite = await openFolder(folder);
    await prepareServer((sql) => pglite.exec(sql));
    return pglite;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The embedded database in "${folder}" can't be opened (${reason}). Put a backup of the folder in its place; if it never held any data, delete it and start again.`,
      { cause: error },
    );
  }
}

async function openFolder(folder: string): Promise<PGlite> {
  return await PGlite.create({
    dataDir: folder,
    relaxedDurability: false,
    startParams: START_PARAMS,
    ...await pgliteFiles(),
  });
}

/**
 * Serves a database restored from `snapshot` (of `dumpDataDir`), in memory. For tests. `files` saves PGlite from loading its
 * own files again.
 */
export async function startFromSnapshot(
  snapshot: Blob,
  socketPath: string,
  files: Pick<PGliteOptions, "pgliteWasmModule" | "fsBundle"> = {},
): Promise<EmbeddedDatabase> {
  const pglite = await PGlite.create({ loadDataDir: snapshot, startParams: START_PARAMS, ...files });
  return await serve(pglite, socketPath, () => {});
}

async function serve(pglite: PGlite, socketPath: string, release: () => void): Promise<EmbeddedDatabase> {
  // From here on nobody is a superuser: what the application may not do on a server, it may not do here.
  const enter = `set session authorization ${LOGIN_ROLE}; reset all`;
  await pglite.exec(enter);
  const socket = new PgliteSocket(pglite, enter);
  await socket.listen(socketPath);
  return {
    socketPath,
    dump: () => pglite.dumpDataDir("none"),
    cutConnections: () => socket.cutConnections(),
    async close() {
      await socket.close();
      await pglite.close();
      release();
    },
  };
}

async function lockFolder(dataDir: string): Promise<Deno.FsFile> {
  const path = join(dataDir, "lock");
  await openPrivateFile(path);
  const file = await Deno.open(path, { read: true, write: true });
  if (await file.tryLock(true)) return file;
  file.close();
  throw new Error(
    `Another Denizen server runs on the folder "${dataDir}". Stop it first, or give this one a DATA_DIR of its own.`,
  );
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
