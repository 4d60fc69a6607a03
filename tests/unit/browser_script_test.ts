import assert from "node:assert/strict";
import { browserScript } from "../../routes/browser_script.ts";

/** Protects: TypeScript for browsers becomes JavaScript that shares no names with other scripts. */

Deno.test("types, comment lines and indentation are left out, and texts stay as they are", () => {
  const source = [
    "// What this is about.",
    "type Count = number;",
    "/** Adds one. */",
    "function next(count: Count): Count {",
    '  const address = "https://app.example";',
    "  return count + 1; // the next one",
    "}",
  ].join("\n");

  const lines = new TextDecoder().decode(browserScript(source)).trim().split("\n");

  assert.deepEqual(lines.map((line) => line.replaceAll(/\s+/g, " ")), [
    "(() => {",
    '"use strict";',
    "function next(count ) {",
    'const address = "https://app.example";',
    "return count + 1; // the next one",
    "}",
    "})();",
  ]);
});
