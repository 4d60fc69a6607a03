import assert from "node:assert/strict";

/** Protects: SECURITY.md names every abuse case once, each with tests that exist under these names. */

const ROOT = new URL("../../", import.meta.url).pathname;
const CASES = Array.from({ length: 76 }, (_, index) => `S${String(index + 1).padStart(2, "0")}`);
const ROW = /^\| (S\d\d) +\| ([^|]+)\| ([^|]+)\|$/gm;

Deno.test("the table has every abuse case once, and each test that it names exists", async () => {
  const security = await Deno.readTextFile(`${ROOT}SECURITY.md`);
  const rows = [...security.matchAll(ROW)];
  const missing: string[] = [];

  for (const [, number, , shownBy] of rows) {
    const tests = [...shownBy!.matchAll(/`([^`]+)`: (.+?)(?=<br>|\s*$)/g)];
    if (tests.length === 0) missing.push(`${number}: no test`);
    for (const [, path, name] of tests) {
      const source = await Deno.readTextFile(ROOT + path!).catch(() => "");
      if (!name!.includes(number!) || !patternOf(name!).test(source)) {
        missing.push(`${number}: ${path}: ${name}`);
      }
    }
  }

  assert.deepEqual(rows.map(([, number]) => number), CASES);
  assert.deepEqual(missing, []);
});

/** The name in the source of a test, where "…" stands for a value. */
function patternOf(name: string): RegExp {
  const literal = name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("…", "\\$\\{[^`]+\\}");
  return new RegExp(`["\`]${literal}["\`]`);
}
