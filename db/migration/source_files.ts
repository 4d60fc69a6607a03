import { isBundled, PROJECT_FOLDER } from "../../src/platform/project_folder.ts";

/** The folder `db`, both from the source and from a bundle. */
export const DB_FOLDER = new URL("db/", PROJECT_FOLDER);

const PGLITE = new URL("node_modules/@electric-sql/pglite/dist/", PROJECT_FOLDER);

/** The files that PGlite loads from its own folder. In a bundle, PGlite wouldn't find them. */
export async function pgliteFiles() {
  if (!isBundled) return {};
  const read = (name: string) => Deno.readFile(new URL(name, PGLITE));
  const [postgres, initdb, files] = await Promise.all(
    ["pglite.wasm", "initdb.wasm", "pglite.data"].map(read),
  );
  return {
    pgliteWasmModule: await WebAssembly.compile(postgres!),
    initdbWasmModule: await WebAssembly.compile(initdb!),
    fsBundle: new Blob([files!]),
  };
}
