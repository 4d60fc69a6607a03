/** The folder of the Markdown files and their pictures. */
export const DOCS_FOLDER = new URL("../../../docs/", import.meta.url);
