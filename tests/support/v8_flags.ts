/**
 * V8's flags for the processes of tests. They change how V8 spends a process's time, and nothing that the product does.
 * Benchmarks and tests that compare times run without them.
 */
const VARIABLE = "DENO_V8_FLAGS";

/** Collects garbage less often and without helping threads, which only take the cores from other tests. */
export const TEST_PROCESS = {
  [VARIABLE]: "--single-threaded-gc,--min-semi-space-size=16,--max-semi-space-size=64",
};

/**
 * The variables for a process that a test starts, if the test's own process has flags. Compiling the embedded Postgres for
 * speed takes longer than such a process runs.
 */
export function shortLived(): Record<string, string> {
  const flags = Deno.env.get(VARIABLE);
  return flags ? { [VARIABLE]: `${flags},--liftoff-only` } : {};
}
