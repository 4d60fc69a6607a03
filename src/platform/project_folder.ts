/** A bundle is in a folder beside `src`, such as `dist`, so this module's path differs from the source. */
export const isBundled = !import.meta.url.endsWith("/src/platform/project_folder.ts");

/** The project's folder, both from the source and from a bundle. */
export const PROJECT_FOLDER = new URL(isBundled ? "../" : "../../", import.meta.url);
