/** `deno task e2e`: the browser tests, which can start Chromium and nothing else. Takes its path. */
import { runSuite } from "../support/suite.ts";

const chromium = Deno.args[0]!;

await runSuite({
  report: "browser",
  folders: ["tests/e2e"],
  permissions: [`--allow-run=${chromium}`, `--allow-read=.,/tmp,${chromium}`],
});
