/** `deno task test`: all tests except the browser tests. Those that compare times run last, one file at a time. */
import { runSuite, type TestRun } from "./support/suite.ts";

/** One more than there are cores, because some tests wait. */
const PARALLEL_GROUPS = navigator.hardwareConcurrency + 1;
const DATABASE_FACING = ["tests/api", "tests/auth", "tests/integration", "tests/security"];
const TIMING: TestRun = { report: "timing", folders: ["tests/timing"] };

await runSuite(
  { report: "results", folders: foldersToRun(), parallelGroups: PARALLEL_GROUPS },
  ...(Deno.env.get("TEST_POOLER_URL") ? [] : [TIMING]),
);

/**
 * Installations have their own embedded database, so a server changes nothing for them. Through a pooler, only tests that face the
 * database can behave differently.
 */
function foldersToRun(): string[] {
  if (Deno.env.get("TEST_POOLER_URL")) return DATABASE_FACING;
  if (Deno.env.get("TEST_DATABASE_URL")) return ["tests/unit", ...DATABASE_FACING];
  return ["tests/unit", "tests/installation", ...DATABASE_FACING];
}
