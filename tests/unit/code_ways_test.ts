import assert from "node:assert/strict";
import { dirname, join, normalize } from "node:path";

/** Protects: the ways through the code stay short, and docs/build/README.md shows them as they are. */

const ROOT = new URL("../../", import.meta.url).pathname;
/** The headings of the ways, with the most files that each may take. */
const WAYS = { "A form is sent": 5, "The API is called": 5, "A job sends an email": 10 };
/** The runner finds a job by its name in the list of features, so it imports no email. */
const STARTS = ["jobs/runner/run_job.ts", "src/identity/emails.ts"];

const guide = await Deno.readTextFile(join(ROOT, "docs/build/README.md"));

for (const [heading, most] of Object.entries(WAYS)) {
  Deno.test(`"${heading}" takes at most ${most} files, and each leads to the next`, async () => {
    const steps = stepsOf(heading);

    const files = steps.map(({ file }) => file);
    assert.ok(files.length > 2 && files.length <= most, `${files.length} files`);
    const imported = new Set<string>([files[0]!, ...STARTS]);
    for (const { file, name } of steps) {
      const text = await Deno.readTextFile(join(ROOT, file));
      assert.match(text, new RegExp(`(function|const|class) ${name}\\b`), `${file} has ${name}`);
      assert.ok(imported.has(file), `no file before it imports ${file}`);
      for (const path of importsOf(file, text)) imported.add(path);
    }
  });
}

/** The rows of the table below a heading. */
function stepsOf(heading: string): { file: string; name: string }[] {
  const section = guide.split(`\n## ${heading}\n`)[1]!.split("\n## ")[0]!;
  return [...section.matchAll(/^\| `([^`]+)` *\| `([^`]+)` *\|/gm)].map(([, file, name]) => ({
    file: file!,
    name: name!,
  }));
}

function importsOf(file: string, text: string): string[] {
  return [...text.matchAll(/(?:from |import\()"(\.[^"]+)"/g)].map(([, path]) =>
    normalize(join(dirname(file), path!))
  );
}
