import { filesBelow } from "./tree.ts";

/**
 * Whether somebody may have applied a migration of the tenants' schemas: it isn't the newest, it is committed, or a schema in the
 * configured database has it. Nobody can take back such a migration, only write another.
 */
export async function wasReleased(root: URL, file: string): Promise<boolean> {
  const migrations = (await filesBelow(root, "db/tenant/migrations/")).filter((each) =>
    each.endsWith(".sql")
  );
  if (migrations.at(-1) !== file) return true;
  if (await succeeds(root, "git", "ls-files", "--error-unmatch", file)) return true;
  return await isApplied(root, /(\d{4}_\w+)\.sql$/.exec(file)![1]!);
}

async function isApplied(root: URL, version: string): Promise<boolean> {
  const folder = await output(
    root,
    "deno",
    "run",
    "-q",
    "--no-prompt",
    "-P=data_dir",
    "deploy/scripts/data_dir.ts",
  );
  const isEmbedded = Deno.env.get("DATABASE_URL") === undefined;
  if (isEmbedded && await isMissing(new URL(`${folder!.trim()}/`, root))) return false;
  const status = await output(root, "deno", "task", "--quiet", "admin", "db", "status", "--json");
  if (status === null) return true; // The database can't tell, so the migration stays.
  const rows = JSON.parse(status) as { schema: string; version: string; state: string }[];
  return rows.some((row) => row.schema !== "control" && row.version >= version);
}

/** False for a folder that can't be read. */
async function isMissing(folder: URL): Promise<boolean> {
  return await Deno.stat(folder).then(() => false, (error) => error instanceof Deno.errors.NotFound);
}

async function succeeds(root: URL, program: string, ...args: string[]): Promise<boolean> {
  return await output(root, program, ...args) !== null;
}

/** What a program prints. Null if it fails, or isn't installed. */
async function output(root: URL, program: string, ...args: string[]): Promise<string | null> {
  try {
    const { success, stdout } = await new Deno.Command(program, { args, cwd: root.pathname, stderr: "null" })
      .output();
    return success ? new TextDecoder().decode(stdout) : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
