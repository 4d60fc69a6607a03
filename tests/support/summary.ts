/** Sums runs of `deno test` up from their own JUnit reports, in one line that people and programs can read. */
const FOLDER = new URL("../../.data/test/", import.meta.url);

let total = 0;
let failed = 0;
for (const name of Deno.args) {
  const report = await Deno.readTextFile(new URL(name, FOLDER)).catch(() => "");
  const head = /<testsuites [^>]*>/.exec(report)?.[0] ?? "";
  const count = (attribute: string) => Number(new RegExp(`${attribute}="(\\d+)"`).exec(head)?.[1] ?? 0);
  total += count("tests");
  failed += count("failures") + count("errors");
}
Deno.stdout.writeSync(new TextEncoder().encode(`${total - failed} passed, ${failed} failed\n`));
if (total === 0 || failed > 0) Deno.exit(1);
