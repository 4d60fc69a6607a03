/**
 * Prints the data folder for the tasks, which name it in their permissions. It imports nothing, because it runs before
 * every command.
 */

const DEFAULT_FOLDER = ".data";

/**
 * The data folder for a permission flag. Deno 2.9 splits the flag at commas and can't escape them. For a path with a
 * comma, the flag names the default folder, and the start explains why the path can't be used.
 */
export function permissionPath(dataDir: string | undefined): string {
  return dataDir && !dataDir.includes(",") ? dataDir : DEFAULT_FOLDER;
}

if (import.meta.main) {
  Deno.stdout.writeSync(new TextEncoder().encode(permissionPath(Deno.env.get("DATA_DIR"))));
}
