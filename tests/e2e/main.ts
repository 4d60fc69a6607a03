/**
 * `deno task e2e`: the browser tests, which can start only Chromium. With `--pictures`, takes pictures of every page instead,
 * and with `--lighthouse`, measures the main pages.
 */
import { resolve } from "node:path";
import { prepareSuite, runDeno, runSuite } from "../support/suite.ts";

const PICTURES = ".data/pictures";
const OPTIONS = ["--quiet", "--no-check", "--no-prompt", "-P=test"];

const chromium = await findChromium();
const [flag, folder = PICTURES] = Deno.args.filter((argument) => argument !== "--");
if (flag === "--pictures") await takePictures(resolve(folder));
if (flag === "--lighthouse") await runScript("tests/e2e/lighthouse.ts", [`--allow-run=deno,${chromium}`]);

await runSuite({
  report: "browser",
  folders: ["tests/e2e"],
  parallelGroups: navigator.hardwareConcurrency,
  permissions: [`--allow-run=${chromium}`, `--allow-read=.,/tmp,${chromium}`],
});

async function takePictures(folder: string): Promise<never> {
  const permissions = [`--allow-run=${chromium}`, `--allow-write=.data,/tmp,${folder}`];
  return await runScript("tests/e2e/pictures.ts", permissions, folder);
}

/** Runs a script in place of the tests, and exits this process. */
async function runScript(script: string, permissions: string[], ...args: string[]): Promise<never> {
  const run = ["run", ...OPTIONS, `--allow-read=.,/tmp,${chromium}`, ...permissions, script, ...args];
  Deno.exit(await prepareSuite() && await runDeno(run) ? 0 : 1);
}

/** Finds Chromium in a separate process, the only one that may read every path. */
async function findChromium(): Promise<string> {
  const { success, stdout } = await new Deno.Command("deno", {
    args: ["run", "--quiet", "--no-prompt", "-P=chromium", "tests/e2e/chromium.ts"],
    stderr: "inherit",
  }).output();
  if (!success) Deno.exit(1);
  return new TextDecoder().decode(stdout);
}
