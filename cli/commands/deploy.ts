import type { Command } from "@commander-js/extra-typings";
import { parseEnv } from "node:util";
import { parseConfig } from "../../src/config.ts";
import { findComposeProblems } from "../deploy/compose_file.ts";
import { findReleaseProblems, kubernetesRelease } from "../deploy/kubernetes_release.ts";
import { capture, firstToSucceed, run } from "../deploy/programs.ts";
import { CommandFailure } from "../options.ts";
import { createOutput } from "../output.ts";

const COMPOSE_FOLDER = "deploy/docker";
const ALERTS = "deploy/prometheus/alerts.yml";
const OVERLAYS = "deploy/kubernetes/overlays/";
const WAIT = "--timeout=30m";
const output = createOutput(false);

export function define(deploy: Command): void {
  deploy.command("docker").description("On this machine, with Docker Compose, as deploy/docker/.env says.")
    .option("--dry-run", "print what would be applied")
    .action(async ({ dryRun }) => {
      const variables = parseEnv(await readIfThere(`${COMPOSE_FOLDER}/.env`));
      requireNone(findComposeProblems(variables));
      const compose = (...args: string[]) => run("docker", ["compose", ...args], { folder: COMPOSE_FOLDER });
      if (dryRun) return await compose("config");
      await compose("config", "--quiet");
      const { DENIZEN_IMAGE: image } = variables;
      if (image) output.note(`.env names the image ${image}. Without DENIZEN_IMAGE, this checkout is built.`);
      await compose("up", "--detach", ...image ? [] : ["--build"], "--wait");
    });

  deploy.command("kubernetes").description(
    "In the cluster that kubectl uses: migrates, then replaces the pods.",
  )
    .requiredOption("--image <image>", "the release's image, with a tag or a digest")
    .option("--overlay <name>", `a folder of ${OVERLAYS}`, "production")
    .option("--dry-run", "print what would be applied")
    .action(async ({ image, overlay, dryRun }) => {
      const rendered = await capture("kubectl", ["kustomize", OVERLAYS + overlay]);
      requireNone(findReleaseProblems(rendered, image));
      const release = kubernetesRelease(rendered, image, await Deno.readTextFile(ALERTS));
      const { foundation, migration, rollout, namespace, job, deployments } = release;
      if (dryRun) return output.text([foundation, migration, rollout].join("---\n"), []);
      await run("kubectl", ["apply", "--filename=-"], { input: foundation });
      await deleteIfFailed(namespace, job);
      await run("kubectl", ["apply", "--filename=-"], { input: migration });
      await waitForMigration(namespace, job);
      await run("kubectl", ["apply", "--filename=-"], { input: rollout });
      for (const name of deployments) {
        await run("kubectl", ["rollout", "status", `deployment/${name}`, `--namespace=${namespace}`, WAIT]);
      }
    });

  deploy.command("deno-deploy").description("On Deno Deploy, as the key `deploy` of deno.json says.")
    .option("--env-file <file>", "check these variables, which the app has on Deno Deploy, first")
    .option("--dry-run", "only check")
    .action(async ({ envFile, dryRun }) => {
      if (envFile) parseConfig({ ...parseEnv(await Deno.readTextFile(envFile)), DENO_DEPLOY: "true" });
      if (dryRun) return output.note("Dry run: nothing changed. It would run: deno deploy --prod");
      await run("deno", ["deploy", "--prod"]);
    });
}

/** Applying a Job that has failed changes nothing, so a repeated release needs a new one. */
async function deleteIfFailed(namespace: string, job: string): Promise<void> {
  const condition = '--output=jsonpath={.status.conditions[?(@.type=="Failed")].status}';
  const target = ["job", job, `--namespace=${namespace}`, "--ignore-not-found"];
  const status = await capture("kubectl", ["get", ...target, condition]);
  if (status.trim() === "True") await run("kubectl", ["delete", ...target]);
}

async function waitForMigration(namespace: string, job: string): Promise<void> {
  const wait = (condition: string) => [
    "wait",
    `--for=condition=${condition}`,
    `job/${job}`,
    `--namespace=${namespace}`,
    WAIT,
  ];
  output.note(`Waiting for the migration, job/${job} …`);
  const outcome = await firstToSucceed("kubectl", [wait("complete"), wait("failed")]);
  if (outcome === 0) return;
  throw new CommandFailure(
    `The migration failed, and the release was not rolled out. See: kubectl logs --namespace=${namespace} job/${job}`,
  );
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

function requireNone(problems: string[]): void {
  if (problems.length > 0) throw new CommandFailure(problems.join("\n"));
}
