/** The version of the product. Alone in its file, so that `denizen --version` loads nothing else. */
export const VERSION = "0.1.0";
