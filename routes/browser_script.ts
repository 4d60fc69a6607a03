import { stripTypeScriptTypes } from "node:module";

/** A line that holds only a comment. Texts that span lines must not contain such lines. */
const COMMENT_LINE = /^\s*(?:\/\/.*|\/\*\*.*\*\/)$/;

/**
 * A script for browsers from TypeScript: without types, comment lines and indentation, and in a scope of its own, because scripts
 * of one page share their names otherwise.
 */
export function browserScript(source: string): Uint8Array {
  const lines = stripTypeScriptTypes(source).split("\n")
    .filter((line) => !COMMENT_LINE.test(line))
    .map((line) => line.trim())
    .filter(Boolean);
  return new TextEncoder().encode(["(() => {", '"use strict";', ...lines, "})();", ""].join("\n"));
}
