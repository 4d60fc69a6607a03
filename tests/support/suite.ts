/** Runs tests in separate processes and ends with a line for people and programs: `N passed, N failed`. */
const ROOT = new URL("../../", import.meta.url);
const REPORTS = ".data/test";

export type TestRun = {
  /** The report's file, without its extension. */
  report: string;
  folders: string[];
  /** How many files run at once. The default is one. */
  parallelFiles?: number;
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

async function runTests({ report, folders, parallelFiles, permissions = [] }: TestRun): Promise<boolean> {
  const options = [
    "--quiet",
    "--no-check",
    "--no-prompt",
    `--junit-path=${REPORTS}/${report}.xml`,
    "-P=test",
  ];
  return parallelFiles
    ? await runDeno(["test", "--parallel", ...options, ...permissions, ...folders], {
      DENO_JOBS: String(parallelFiles),
    })
    : await runDeno(["test", ...options, ...permissions, ...folders]);
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
