import { join } from "node:path";
import { after, DAY } from "./clock.ts";

const OWNER_ONLY_FOLDER = 0o700;
const OWNER_ONLY_FILE = 0o600;
const OPEN_TO_OTHERS = 0o077;

/** Files that Denizen creates in the folder. A folder that contains one of them belongs to Denizen. */
const OWN_ENTRIES = ["postgres", "postgres.unfinished", "jobs.kv", "lock", "test"];
/** Entries of an empty file system. */
const IGNORED_ENTRIES = ["lost+found"];

/**
 * Ensures that the folder exists and that only its owner can read it. If the folder can't be used, or other programs use it too,
 * throws an error whose one-line message says what to do.
 */
export async function openDataFolder(folder: string): Promise<void> {
  await requireAccess(folder);
  try {
    await Deno.mkdir(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
  } catch (error) {
    throw new Error(`DATA_DIR: the folder "${folder}" can't be created: ${(error as Error).message}`);
  }
  const { mode } = await Deno.stat(folder);
  if (mode !== null && mode & OPEN_TO_OTHERS) await restrictToOwner(folder);
}

/** Throws if this process was started without access to the folder. */
export async function requireAccess(path: string): Promise<void> {
  const states = await Promise.all(
    (["read", "write"] as const).map((name) => Deno.permissions.query({ name, path })),
  );
  if (states.every(({ state }) => state === "granted")) return;
  throw new Error(
    path.includes(",")
      ? `DATA_DIR: Deno can't grant access to "${path}" because of its comma; use a path without one, such as a symbolic link to the folder`
      : `DATA_DIR: this process has no access to "${path}"; start it with "deno task start", or with --allow-read and --allow-write for this folder`,
  );
}

/** Creates the file if needed, and makes it and its siblings with `suffixes` readable only by the owner. */
export async function openPrivateFile(path: string, suffixes: string[] = []): Promise<void> {
  const file = await Deno.open(path, { create: true, append: true, mode: OWNER_ONLY_FILE });
  file.close();
  for (const suffix of ["", ...suffixes]) await chmodIfPresent(path + suffix);
}

async function restrictToOwner(folder: string): Promise<void> {
  const advice = `Run "chmod 700 ${folder}", or set DATA_DIR to a new folder inside it.`;
  if (!await isOwn(folder)) {
    throw new Error(`DATA_DIR: other users can read "${folder}", and it contains other files. ${advice}`);
  }
  await Deno.chmod(folder, OWNER_ONLY_FOLDER).catch(() => {
    throw new Error(`DATA_DIR: other users can read "${folder}", and it belongs to another user. ${advice}`);
  });
}

/** Whether only Denizen uses the folder. Restricting a shared folder would break other programs. */
async function isOwn(folder: string): Promise<boolean> {
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name)
    .filter((name) => !IGNORED_ENTRIES.includes(name));
  return names.length === 0 || names.some((name) => OWN_ENTRIES.includes(name));
}

async function chmodIfPresent(path: string): Promise<void> {
  try {
    await Deno.chmod(path, OWNER_ONLY_FILE);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Deletes files that a killed process left in the folder: those with such a name that are older than a day. */
export async function deleteLeftovers(folder: string, name: RegExp, now: Date): Promise<void> {
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (!entry.isFile || !name.test(entry.name)) continue;
      const path = join(folder, entry.name);
      const { mtime } = await Deno.stat(path);
      if (mtime && mtime < after(now, -DAY)) await Deno.remove(path);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error; // no such folder, or another process deleted the file
  }
}
