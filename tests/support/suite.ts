/** Runs tests in separate processes and ends with a line for people and programs: `N passed, N failed`. */
import { join } from "node:path";
import { TEST_PROCESS } from "./v8_flags.ts";

const ROOT = new URL("../../", import.meta.url);
const REPORTS = ".data/test";
const FILES_PER_GROUP = 40;

export type TestRun = {
  /** The report's file, without its extension. */
  report: string;
  folders: string[];
  /** The names of the files to run, without `_test.ts`. By default, all files of the folders. */
  only?: ReadonlySet<string>;
  /** The paths of the files to run, such as `tests/unit/docs_test.ts`. Other folders may have files of the same names. */
  files?: ReadonlySet<string>;
  /** The names of files that take longest. Each runs in a thread of its own, and they start first, in this order. */
  longest?: readonly string[];
  /** The same for files that start last, so that no thread is left with a whole group at the end. */
  last?: readonly string[];
  /** How many groups of files run at once. By default, one file runs after the other. */
  parallelGroups?: number;
  /** Permissions that replace those of the set `test`. */
  permissions?: string[];
};

/** Runs them in order until one fails, then exits this process, with code 0 only if every test passed. */
export async function runSuite(...runs: TestRun[]): Promise<never> {
  for (const { report } of runs) await Deno.remove(reportFile(report)).catch(() => {});
  let passed = await prepareSuite();
  for (const run of runs) passed = passed && await runTests(run);
  const counts = await Promise.all(runs.map(({ report }) => countTests(report)));
  const total = sum(counts.map(({ tests }) => tests));
  const failed = sum(counts.map(({ failures }) => failures));
  Deno.stdout.writeSync(new TextEncoder().encode(`${total - failed} passed, ${failed} failed\n`));
  Deno.exit(passed && total > 0 && failed === 0 ? 0 : 1);
}

/** Builds the style sheet, and the database that tests copy. */
export async function prepareSuite(): Promise<boolean> {
  return await runDeno(["task", "css"]) &&
    await runDeno(["run", "--quiet", "--no-prompt", "-P=test", "tests/support/database.ts"]);
}

async function runTests(run: TestRun): Promise<boolean> {
  const { report, folders, parallelGroups, permissions = [] } = run;
  const options = [
    "--quiet",
    "--no-check",
    "--no-prompt",
    `--junit-path=${REPORTS}/${report}.xml`,
    "-P=test",
    ...permissions,
  ];
  if (!parallelGroups) return await runDeno(["test", ...options, ...folders]);
  const groups = await Deno.makeTempDir();
  try {
    await writeGroups(groups, run);
    const env = { DENO_JOBS: String(parallelGroups), ...TEST_PROCESS };
    return await runDeno(["test", "--parallel", ...options, groups], env);
  } finally {
    await Deno.remove(groups, { recursive: true });
  }
}

/**
 * Writes modules that import a few test files each. Deno runs each module in its own thread and loads the product there again,
 * which takes longer than most files.
 */
async function writeGroups(into: string, run: TestRun): Promise<void> {
  for (const [index, files] of (await groupsOf(run)).entries()) {
    const imports = [new URL("tests/support/known_hashes.ts", ROOT).href, ...files];
    const name = `group_${String(index + 1).padStart(2, "0")}_test.ts`;
    await Deno.writeTextFile(join(into, name), imports.map((file) => `import "${file}";\n`).join(""));
  }
}

async function groupsOf(
  { folders, only, files, longest = [], last = [] }: TestRun,
): Promise<string[][]> {
  const all = (await Promise.all(folders.map(testFiles))).flat();
  const missing = files?.difference(new Set(all.map(pathOf))) ?? only?.difference(new Set(all.map(nameOf)));
  if (missing?.size) throw new Error(`No test files are named ${[...missing].join(", ")}.`);
  const chosen = all.filter((file) => files ? files.has(pathOf(file)) : !only || only.has(nameOf(file)));
  const alone = (names: readonly string[]) =>
    names.flatMap((name) => chosen.filter((file) => nameOf(file) === name).map((file) => [file]));
  const named = new Set([...longest, ...last]);
  const shared = chosen.filter((file) => !named.has(nameOf(file)));
  const count = Math.ceil(shared.length / FILES_PER_GROUP);
  // Neighbors go to different groups, because files with related names often take equally long.
  const groups = Array.from({ length: count }, (_, group) => shared.filter((_, i) => i % count === group));
  return [...alone(longest), ...groups, ...alone(last)];
}

async function testFiles(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(new URL(folder, ROOT)));
  return entries.filter(({ name }) => /_test\.tsx?$/.test(name))
    .map(({ name }) => new URL(`${folder}/${name}`, ROOT).href).sort();
}

function pathOf(file: string): string {
  return file.slice(ROOT.href.length);
}

export function nameOf(file: string): string {
  return file.replace(/^.*\//, "").replace(/_test\.tsx?$/, "");
}

/** Runs Deno in the project. Returns whether it succeeded. */
export async function runDeno(args: string[], env: Record<string, string> = {}): Promise<boolean> {
  const { success } = await new Deno.Command("deno", { args, env, cwd: ROOT }).spawn().status;
  return success;
}

/** The counts in a run's JUnit report, or nothing if there is no report. */
async function countTests(report: string): Promise<{ tests: number; failures: number }> {
  const text = await Deno.readTextFile(reportFile(report)).catch(() => "");
  const head = /<testsuites [^>]*>/.exec(text)?.[0] ?? "";
  const count = (attribute: string) => Number(new RegExp(`${attribute}="(\\d+)"`).exec(head)?.[1] ?? 0);
  return { tests: count("tests"), failures: count("failures") + count("errors") };
}

function reportFile(report: string): URL {
  return new URL(`${REPORTS}/${report}.xml`, ROOT);
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
