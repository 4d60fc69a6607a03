/** `deno task e2e`: the browser tests, which can start only Chromium. */
import { runSuite } from "../support/suite.ts";

const chromium = await findChromium();

await runSuite({
  report: "browser",
  folders: ["tests/e2e"],
  parallelFiles: navigator.hardwareConcurrency,
  permissions: [`--allow-run=${chromium}`, `--allow-read=.,/tmp,${chromium}`],
});

/** Finds Chromium in a separate process, the only one that may read every path. */
async function findChromium(): Promise<string> {
  const { success, stdout } = await new Deno.Command("deno", {
    args: ["run", "--quiet", "--no-prompt", "-P=chromium", "tests/e2e/chromium.ts"],
    stderr: "inherit",
  }).output();
  if (!success) Deno.exit(1);
  return new TextDecoder().decode(stdout);
}
