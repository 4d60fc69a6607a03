/** Copies the files that the bundles read into a folder: `collect.ts FOLDER`. The image holds nothing else of the project. */
import { dirname, join } from "node:path";
import { SERVICE_WORKER, STATIC_FILES } from "../../views/static_files.ts";

const PGLITE = "node_modules/@electric-sql/pglite/dist/";
const PATHS = [
  "deno.json",
  ".graphile-workerrc",
  "dist",
  "db/control/migrations",
  "db/tenant/migrations",
  "docs",
  "deploy/docker/cli.sh",
  "deploy/docker/healthcheck.ts",
  "deploy/docker/warm_up.sh",
  ...["pglite.wasm", "initdb.wasm", "pglite.data"].map((name) => PGLITE + name),
  ...[...Object.values(STATIC_FILES), SERVICE_WORKER].flatMap(({ parts }) => parts),
];

const [folder] = Deno.args;
if (!folder) throw new Error("Name the folder to copy into.");
for (const path of new Set(PATHS)) await copy(path, join(folder, path));

async function copy(from: string, to: string): Promise<void> {
  const { isDirectory } = await Deno.stat(from);
  await Deno.mkdir(isDirectory ? to : dirname(to), { recursive: true });
  if (!isDirectory) return await Deno.copyFile(from, to);
  for await (const { name } of Deno.readDir(from)) await copy(join(from, name), join(to, name));
}
