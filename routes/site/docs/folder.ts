import { PROJECT_FOLDER } from "../../../src/platform/project_folder.ts";

/** The folder of the Markdown files and their pictures. */
export const DOCS_FOLDER = new URL("docs/", PROJECT_FOLDER);
