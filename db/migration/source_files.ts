const isBundled = !import.meta.url.endsWith("/db/migration/source_files.ts");

/** A bundle is as deep below the root as this file, such as in `dist/cli`. */
const ROOT = new URL("../../", import.meta.url);

/** The folder `db`, both from the source and from a bundle. */
export const DB_FOLDER = new URL("db/", ROOT);

const PGLITE = new URL("node_modules/@electric-sql/pglite/dist/", ROOT);

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
