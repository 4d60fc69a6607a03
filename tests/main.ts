/** `deno task test`: all tests except the browser tests. Those that compare times run last, one file at a time. */
import { runSuite } from "./support/suite.ts";

/** One more than there are cores, because some tests wait. */
const PARALLEL_FILES = navigator.hardwareConcurrency + 1;

await runSuite(
  {
    report: "results",
    folders: ["tests/unit", "tests/api", "tests/auth", "tests/integration", "tests/security"],
    parallelFiles: PARALLEL_FILES,
  },
  { report: "timing", folders: ["tests/timing"] },
);
