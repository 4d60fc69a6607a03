/**
 * The embedded database: PGlite, which is Postgres in WebAssembly, behind a Unix socket in the data folder. This way
 * the same driver works for a server and the embedded database, and the CLI and psql can connect while the product is
 * running.
 */
import { PGlite, type PGliteOptions } from "@electric-sql/pglite";
import { join } from "node:path";
import { openDataFolder, openPrivateFile } from "../../src/platform/data_folder.ts";
import { LOGIN_ROLE, prepareServer } from "../migration/server_setup.ts";
import { pgliteFiles } from "../migration/source_files.ts";
import { PgliteSocket } from "./pglite_socket.ts";
import { socketPathOf } from "./socket_path.ts";

/** Postgres initializes all of its buffers at start. PGlite's default of 128 MB would triple the start time. */
const START_PARAMS = [...PGlite.defaultStartParams, "-c", "shared_buffers=16MB"];

export type EmbeddedDatabase = {
  socketPath: string;
  /** Dumps the whole database as a tar file for `loadSnapshot`. No client may be connected. */
  dump(): Promise<Blob>;
  /** Closes every client's connection. Clients can reconnect. */
  cutConnections(): Promise<void>;
  close(): Promise<void>;
};

/**
 * Opens the database in `dataDir`, or creates it on first use, and serves it on its socket.
 * Throws if another process uses the folder, or if the database can't be opened.
 */
export async function startEmbedded(dataDir: string): Promise<EmbeddedDatabase> {
  const socketPath = socketPathOf(dataDir);
  await openDataFolder(dataDir);
  const lock = await lockFolder(dataDir);
  try {
    const pglite = await openOrCreate(join(dataDir, "postgres"));
    return await serve(pglite, socketPath, async () => {
      await pglite.close();
      lock.close();
    });
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** A marker file exists while a database is being created. After an interrupted creation, the next start creates it again. */
async function openOrCreate(folder: string): Promise<PGlite> {
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

/** Restores a database from `snapshot` (created by `dump`) into memory. For tests. With `files`, PGlite doesn't load its own again. */
export async function loadSnapshot(
  snapshot: Blob,
  files: Pick<PGliteOptions, "pgliteWasmModule" | "fsBundle"> = {},
): Promise<PGlite> {
  return await PGlite.create({ loadDataDir: snapshot, startParams: START_PARAMS, ...files });
}

/** Serves a database on a socket. `release` runs when the socket is closed. */
export async function serve(
  pglite: PGlite,
  socketPath: string,
  release: () => Promise<void> = () => pglite.close(),
): Promise<EmbeddedDatabase> {
  // Drops superuser rights, so that the application has the same privileges here as on a server.
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
      await release();
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
    `Another Denizen server is running on the folder "${dataDir}". Stop it first, or set another DATA_DIR for this one.`,
  );
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
