/** `deno task e2e`: the browser tests, which can start Chromium and nothing else. */
import { runSuite } from "../support/suite.ts";

const chromium = await findChromium();

await runSuite({
  report: "browser",
  folders: ["tests/e2e"],
  permissions: [`--allow-run=${chromium}`, `--allow-read=.,/tmp,${chromium}`],
});

/** Looks for Chromium in a process of its own, because only that process may read everywhere. */
async function findChromium(): Promise<string> {
  const { success, stdout } = await new Deno.Command("deno", {
    args: ["run", "--quiet", "--no-prompt", "-P=chromium", "tests/e2e/chromium.ts"],
    stderr: "inherit",
  }).output();
  if (!success) Deno.exit(1);
  return new TextDecoder().decode(stdout);
}
