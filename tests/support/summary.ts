/** Sums a run of `deno test` up from its own JUnit report, in one line that people and programs can read. */
const report = await Deno.readTextFile(new URL("../../.data/test/results.xml", import.meta.url));
const head = /<testsuites [^>]*>/.exec(report)?.[0] ?? "";
const count = (name: string) => Number(new RegExp(`${name}="(\\d+)"`).exec(head)?.[1] ?? 0);

const total = count("tests");
const failed = count("failures") + count("errors");
Deno.stdout.writeSync(new TextEncoder().encode(`${total - failed} passed, ${failed} failed\n`));
if (total === 0 || failed > 0) Deno.exit(1);
