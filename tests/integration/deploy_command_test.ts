import assert from "node:assert/strict";
import { wordsOf } from "../support/cli_lines.ts";
import { commandsIn, everyBlock } from "../support/guide_blocks.ts";
import { cli, CliProcess, deployTask } from "../support/process.ts";
import { PRODUCTION } from "../support/production.ts";
import { StubCluster } from "../support/stub_cluster.ts";

/**
 * Protects: a release on Kubernetes migrates before it replaces pods, and a failed migration leaves the running pods alone.
 * The CLI itself starts no programs.
 */

/** The commands of `deno task deploy` in the guides, and what they print or run. */
const IN_GUIDES: Record<string, RegExp> = {
  "docker --dry-run": /deploy\/docker: compose config$/m,
  "docker": /deploy\/docker: compose up --detach --build --wait/,
  "kubernetes --image registry.example.com/denizen:1.4.0 --dry-run":
    /image: registry\.example\.com\/denizen:1\.4\.0/,
  "kubernetes --image registry.example.com/denizen:1.2.3 --dry-run":
    /image: registry\.example\.com\/denizen:1\.2\.3/,
  "kubernetes --image registry.example.com/denizen:1.2.3 --overlay staging":
    /kustomize \S+\/staging\n[^]*rollout status deployment\/web/,
  "deno-deploy --env-file production.env --dry-run": /Dry run: nothing changed/,
};

const ON_DENO_DEPLOY = Object.entries({
  ...PRODUCTION,
  JOBS_ENGINE: "postgres",
  DATABASE_URL: "postgres://denizen@db.example.com/denizen",
}).map(([name, value]) => `${name}=${value}`).join("\n");

const RELEASE = ["kubernetes", "--image", "registry/denizen:2"];

Deno.test("a release applies what the migration needs, migrates, waits, and only then replaces the pods", async () => {
  await using cluster = await StubCluster.create({ migration: "complete" });

  const { code, stderr } = await cluster.deploy(...RELEASE);
  const steps = await cluster.steps();

  assert.equal(code, 0, stderr);
  assert.deepEqual(steps.filter((step) => !/^(wait|get)/.test(step)), [
    "kustomize deploy/kubernetes/overlays/production",
    "apply --filename=- ConfigMap",
    "apply --filename=- Job",
    "apply --filename=- Deployment PrometheusRule",
    "rollout status deployment/web --namespace=shop --timeout=30m",
  ]);
  const wait = steps.findIndex((step) =>
    /^wait --for=condition=complete job\/migrate-[0-9a-f]{10} /.test(step)
  );
  assert.ok(wait > steps.indexOf("apply --filename=- Job"));
  assert.ok(wait < steps.indexOf("apply --filename=- Deployment PrometheusRule"));
});

Deno.test("if the migration fails, the pods aren't replaced", async () => {
  await using cluster = await StubCluster.create({ migration: "failed" });

  const { code, stderr } = await cluster.deploy(...RELEASE);

  assert.equal(code, 1);
  assert.match(stderr, /The migration failed.*kubectl logs --namespace=shop job\/migrate-/);
  assert.deepEqual((await cluster.steps()).filter((step) => step.includes("Deployment")), []);
});

Deno.test("a release whose migration failed can be repeated", async () => {
  await using cluster = await StubCluster.create({ migration: "complete", formerJob: "Failed" });

  const { code, stderr } = await cluster.deploy(...RELEASE);
  const steps = await cluster.steps();

  assert.equal(code, 0, stderr);
  const deleted = steps.findIndex((step) =>
    /^delete job migrate-[0-9a-f]{10} --namespace=shop --ignore-not-found$/.test(step)
  );
  assert.equal(steps[deleted + 1], "apply --filename=- Job");
});

Deno.test("a dry run prints the release and applies nothing", async () => {
  await using cluster = await StubCluster.create({ migration: "complete" });

  const { code, stdout } = await cluster.deploy(...RELEASE, "--dry-run");

  assert.equal(code, 0);
  assert.match(stdout, /kind: ConfigMap[^]*kind: Job[^]*image: registry\/denizen:2[^]*kind: Deployment/);
  assert.match(stdout, /kind: PrometheusRule[^]*alert: DenizenDown/);
  assert.deepEqual(await cluster.steps(), ["kustomize deploy/kubernetes/overlays/production"]);
});

Deno.test("Compose runs in its own folder, so that .env there says which files and profiles a machine has", async () => {
  await using cluster = await StubCluster.create({ migration: "complete" });

  const { code, stderr } = await cluster.deploy("docker", "--dry-run");

  assert.equal(code, 0, stderr);
  assert.deepEqual(await cluster.steps(), ["deploy/docker: compose config"]);
});

Deno.test("S46 the CLI itself may not run the programs that deploy", async () => {
  const { code, stderr } = await cli({}, "deploy", ...RELEASE);

  assert.equal(code, 1);
  assert.match(stderr, /This process may not run kubectl. Run it as: deno task deploy/);
});

Deno.test("variables that the product would refuse on Deno Deploy are refused before a deployment", async () => {
  const { code, stderr } = await deployTask({}, "deno-deploy", "--env-file", ".env.example", "--dry-run");

  assert.equal(code, 1);
  assert.match(stderr, /JOBS_ENGINE: must be postgres on Deno Deploy/);
});

Deno.test("the deployments in the guides run what the guides say", async (t) => {
  await using cluster = await StubCluster.create({ migration: "complete" });
  await using deploy = new CliProcess("deploy", cluster.variables);
  const envFile = `.data/${crypto.randomUUID()}.env`;
  await Deno.writeTextFile(envFile, ON_DENO_DEPLOY);
  const blocks = (await everyBlock()).filter(({ language }) => language === "sh");
  const lines = blocks.flatMap(commandsIn).flatMap((line) => /^deno task deploy (.+)$/.exec(line)?.[1] ?? []);
  try {
    assert.deepEqual(new Set(lines), new Set(Object.keys(IN_GUIDES)));
    for (const [line, does] of Object.entries(IN_GUIDES)) {
      await t.step(line, async () => {
        const before = (await cluster.steps()).length;

        const { code, stdout, stderr } = await deploy.run(
          wordsOf(`deploy ${line.replace("production.env", envFile)}`),
        );

        const steps = (await cluster.steps()).slice(before);
        assert.equal(code, 0, stderr);
        assert.match([stdout, stderr, ...steps].join("\n"), does);
      });
    }
  } finally {
    await Deno.remove(envFile);
  }
});
