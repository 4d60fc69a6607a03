/** A bundle lies in a folder beside `db`, such as `dist`; there, no module is where its source was. */
const isBundled = !import.meta.url.endsWith("/db/migration/source_files.ts");

/** The folder `db`, from the source as from a bundle. */
export const DB_FOLDER = new URL(isBundled ? "../db/" : "../", import.meta.url);

const PGLITE = new URL(
  `${isBundled ? "../" : "../../"}node_modules/@electric-sql/pglite/dist/`,
  import.meta.url,
);

/** What PGlite loads from beside its own code, for a bundle, where it wouldn't find it. */
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
