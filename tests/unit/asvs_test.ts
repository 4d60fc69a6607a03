import assert from "node:assert/strict";

/**
 * Protects: the table of OWASP ASVS names every requirement of levels 1 and 2 in its chapters once, and each test that it names
 * exists.
 */

const ROOT = new URL("../../", import.meta.url).pathname;

/** The requirements of levels 1 and 2 in ASVS 5.0.0, by section. */
const REQUIREMENTS: Record<string, number[]> = {
  "6.1": [1, 2, 3],
  "6.2": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
  "6.3": [1, 2, 3, 4],
  "6.4": [1, 2, 3, 4],
  "6.5": [1, 2, 3, 4, 5],
  "6.6": [1, 2, 3],
  "6.8": [1, 2, 3, 4],
  "7.1": [1, 2, 3],
  "7.2": [1, 2, 3, 4],
  "7.3": [1, 2],
  "7.4": [1, 2, 3, 4, 5],
  "7.5": [1, 2],
  "7.6": [1, 2],
  "8.1": [1, 2],
  "8.2": [1, 2, 3],
  "8.3": [1],
  "8.4": [1],
  "9.1": [1, 2, 3],
  "9.2": [1, 2, 3, 4],
  "10.1": [1, 2],
  "10.2": [1, 2],
  "10.3": [1, 2, 3, 4],
  "10.4": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  "10.5": [1, 2, 3, 4, 5],
  "10.6": [1, 2],
  "10.7": [1, 2, 3],
};

const STATES = ["met", "partly", "not met", "n/a"];

type Row = { requirement: string; state: string; how: string; shownBy: string };

Deno.test("the table has every requirement once, each with a state and a reason", async () => {
  const rows = await readRows();

  const expected = Object.entries(REQUIREMENTS).flatMap(([section, numbers]) =>
    numbers.map((number) => `${section}.${number}`)
  );
  assert.deepEqual(rows.map(({ requirement }) => requirement), expected);
  for (const { requirement, state, how } of rows) {
    assert.ok(STATES.includes(state), `${requirement} is ${state}`);
    assert.ok(state === "met" || how !== "", `${requirement} says why`);
  }
});

Deno.test("what the product has is shown by tests that exist, with their names", async () => {
  const missing: string[] = [];

  for (const { requirement, state, shownBy } of await readRows()) {
    const tests = [...shownBy.matchAll(/`([^`]+)`: (.+?)(?=<br>|$)/g)];
    if (tests.length === 0 && state !== "n/a") missing.push(`${requirement}: no test`);
    for (const [, path, name] of tests) {
      const source = await Deno.readTextFile(`${ROOT}${path}`).catch(() => "");
      if (!source.includes(`"${name}"`)) missing.push(`${requirement}: ${path}: ${name}`);
    }
  }

  assert.deepEqual(missing, []);
});

async function readRows(): Promise<Row[]> {
  const text = await Deno.readTextFile(`${ROOT}docs/admin/asvs.md`);
  return [...text.matchAll(/^\| \*\*([\d.]+)\*\* [^|]+\|([^|]+)\|([^|]*)\|([^|]*)\|$/gm)].map(
    ([, requirement, state, how, shownBy]) => ({
      requirement: requirement!,
      state: state!.trim(),
      how: how!.trim(),
      shownBy: shownBy!.trim(),
    }),
  );
}
