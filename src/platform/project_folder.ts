/** A bundle has another name than this module. */
export const isBundled = !import.meta.url.endsWith("/src/platform/project_folder.ts");

/** The project's folder. A bundle is as deep below it as this module, such as in `dist/cli`. */
export const PROJECT_FOLDER = new URL("../../", import.meta.url);
