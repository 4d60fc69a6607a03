import assert from "node:assert/strict";
import { parseGuide } from "../../routes/site/docs/guide_markdown.ts";

// Protects: the search shows the beginning of a guide as its readers know it.

Deno.test("a guide's lead is its first paragraph without Markdown, and keeps the names in code", () => {
  const { title, lead } = parseGuide(
    "# The *command* line\n\n![A picture](a.png)\n\nGive it `APP_SECRET` and `JOBS_ENGINE=kv`, see\n[*the* list](a.md), at `*.localhost`.\n\nMore.",
  );

  assert.equal(title, "The *command* line");
  assert.equal(lead, "Give it APP_SECRET and JOBS_ENGINE=kv, see the list, at *.localhost.");
});
