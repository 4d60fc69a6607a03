/** A bundle is in a folder next to `db`, such as `dist`, so module paths differ from the source. */
const isBundled = !import.meta.url.endsWith("/db/migration/source_files.ts");

/** The folder `db`, both from the source and from a bundle. */
export const DB_FOLDER = new URL(isBundled ? "../db/" : "../", import.meta.url);

const PGLITE = new URL(
  `${isBundled ? "../" : "../../"}node_modules/@electric-sql/pglite/dist/`,
  import.meta.url,
);

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
