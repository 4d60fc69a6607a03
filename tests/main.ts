/** `deno task test`: all tests except the browser tests. Those that compare times run last, one file at a time. */
import { runSuite, type TestRun } from "./support/suite.ts";

/** One more than there are cores, because some tests wait. */
const PARALLEL_GROUPS = navigator.hardwareConcurrency + 1;
const DATABASE_FACING = ["tests/api", "tests/auth", "tests/integration", "tests/security"];
const TIMING: TestRun = { report: "timing", folders: ["tests/timing"] };

/** Through a pooler, only tests that face the database can behave differently. */
const throughPooler = Boolean(Deno.env.get("TEST_POOLER_URL"));

await runSuite(
  {
    report: "results",
    folders: throughPooler ? DATABASE_FACING : ["tests/unit", ...DATABASE_FACING],
    parallelGroups: PARALLEL_GROUPS,
  },
  ...(throughPooler ? [] : [TIMING]),
);
