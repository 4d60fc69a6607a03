import type { Command } from "@commander-js/extra-typings";
import { parseEnv } from "node:util";
import { parseConfig } from "../../src/config.ts";
import { findReleaseProblems, kubernetesRelease } from "../deploy/kubernetes_release.ts";
import { capture, firstToSucceed, run } from "../deploy/programs.ts";
import { CommandFailure } from "../options.ts";
import { createOutput } from "../output.ts";

const COMPOSE_FILE = "deploy/docker/compose.yaml";
const PUBLIC_FILE = "deploy/docker/compose.public.yaml";
const OVERLAYS = "deploy/kubernetes/overlays/";
const WAIT = "--timeout=30m";
const output = createOutput(false);

export function define(deploy: Command): void {
  deploy.command("docker").description("On this machine, with Docker Compose.")
    .option("--profile <names...>", "also start these: replicas, monitoring", [])
    .option("--public", "the internet reaches this machine: certificates by DNS-01")
    .option("--dry-run", "print what would be applied")
    .action(async ({ profile, public: isPublic, dryRun }) => {
      const files = isPublic ? [COMPOSE_FILE, PUBLIC_FILE] : [COMPOSE_FILE];
      const compose = [
        "compose",
        ...files.flatMap((file) => ["--file", file]),
        ...profile.flatMap((name) => ["--profile", name]),
      ];
      if (dryRun) return await run("docker", [...compose, "config"]);
      await run("docker", [...compose, "config", "--quiet"]);
      await run("docker", [...compose, "up", "--detach", "--build", "--wait"]);
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
      const release = kubernetesRelease(rendered, image);
      const { foundation, migration, rollout, namespace, job, deployments } = release;
      if (dryRun) return output.text([foundation, migration, rollout].join("---\n"), []);
      await run("kubectl", ["apply", "--filename=-"], foundation);
      await run("kubectl", ["apply", "--filename=-"], migration);
      await waitForMigration(namespace, job);
      await run("kubectl", ["apply", "--filename=-"], rollout);
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

function requireNone(problems: string[]): void {
  if (problems.length > 0) throw new CommandFailure(problems.join("\n"));
}
