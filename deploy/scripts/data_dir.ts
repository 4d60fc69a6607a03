/** Prints the data folder, so that a task can name it in its permissions: `--allow-write=$(deno run deploy/scripts/data_dir.ts)`. */

const DEFAULT_FOLDER = ".data";

/**
 * The data folder as a permission flag takes it. Deno 2.9 splits the flag at each comma and has no way to escape one: for
 * such a folder the flag names the default one, and the start explains why the folder can't be used.
 */
export function permissionPath(dataDir: string | undefined): string {
  return dataDir && !dataDir.includes(",") ? dataDir : DEFAULT_FOLDER;
}

if (import.meta.main) {
  Deno.stdout.writeSync(new TextEncoder().encode(permissionPath(Deno.env.get("DATA_DIR"))));
}
