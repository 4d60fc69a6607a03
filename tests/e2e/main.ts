/**
 * `deno task e2e`: the browser tests, which can start only Chromium. With `--pictures`, takes pictures of every page instead.
 * With `--site-pictures`, makes the pictures in views/static again, after a change of the name, the logo or the dashboard. With
 * `--docs-pictures`, those in docs/images. With `--lighthouse`, measures the main pages.
 */
import { resolve } from "node:path";
import { prepareSuite, runDeno, runSuite } from "../support/suite.ts";

const PICTURES = ".data/pictures";
const OPTIONS = ["--quiet", "--no-check", "--no-prompt", "-P=test"];

const chromium = await findChromium();
const [flag, folder = PICTURES] = Deno.args.filter((argument) => argument !== "--");
if (flag === "--pictures") await takePictures(resolve(folder));
if (flag === "--site-pictures") await makeSitePictures();
if (flag === "--docs-pictures") await runInstead(["tests/e2e/docs_pictures.ts"], writing("docs/images"));
if (flag === "--lighthouse") await runInstead(["tests/e2e/lighthouse.ts"], [`--allow-run=deno,${chromium}`]);

await runSuite({
  report: "browser",
  folders: ["tests/e2e"],
  longest: ["pages", "workspace_pages"],
  parallelGroups: navigator.hardwareConcurrency,
  permissions: [`--allow-run=${chromium}`, `--allow-read=.,/tmp,${chromium}`],
});

async function takePictures(folder: string): Promise<never> {
  return await runInstead(["tests/e2e/pictures.ts", folder], writing(folder));
}

function writing(folder: string): string[] {
  return [`--allow-run=${chromium}`, `--allow-write=.data,/tmp,${folder}`];
}

async function makeSitePictures(): Promise<never> {
  const permissions = [`--allow-run=${chromium}`];
  if (!await run(["tests/e2e/icon_pictures.ts"], permissions)) Deno.exit(1);
  return await runInstead(["tests/e2e/landing_pictures.ts"], permissions);
}

/** Runs a script in place of the tests, and exits this process. */
async function runInstead(script: string[], permissions: string[]): Promise<never> {
  Deno.exit(await prepareSuite() && await run(script, permissions) ? 0 : 1);
}

function run(script: string[], permissions: string[]): Promise<boolean> {
  return runDeno(["run", ...OPTIONS, `--allow-read=.,/tmp,${chromium}`, ...permissions, ...script]);
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
