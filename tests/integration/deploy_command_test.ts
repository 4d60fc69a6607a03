import assert from "node:assert/strict";
import { cli, deployTask, type Outcome } from "../support/process.ts";

/**
 * Protects: a release on Kubernetes migrates before it replaces pods, and a failed migration leaves the running pods alone.
 * The CLI itself starts no programs.
 */

const ROOT = new URL("../../", import.meta.url).pathname;
const MANIFESTS = `
kind: ConfigMap
metadata: { name: settings, namespace: shop }
data: { DENO_ENV: production }
---
kind: Job
metadata: { name: migrate, namespace: shop }
spec: { template: { spec: { containers: [{ image: denizen }] } } }
---
kind: Deployment
metadata: { name: web, namespace: shop }
spec: { template: { spec: { containers: [{ image: denizen }] } } }
`;
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

/** A folder with a `kubectl` and a `docker` that write down what they are asked to do. */
class StubCluster implements AsyncDisposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async create(
    { migration, formerJob = "" }: { migration: "complete" | "failed"; formerJob?: "" | "Failed" },
  ): Promise<StubCluster> {
    const folder = await Deno.makeTempDir({ prefix: "denizen-" });
    const script = `#!/bin/sh
input=$(cat)
kind=$(printf '%s' "$input" | sed -n 's/^kind: //p' | xargs)
echo "$*\${kind:+ $kind}" >>${folder}/steps
case "$*" in
  kustomize*) cat ${folder}/manifests ;;
  get*Failed*) echo "${formerJob && "True"}" ;;
  wait*condition=${migration}*) ;;
  wait*) exit 1 ;;
esac
`;
    await Deno.writeTextFile(`${folder}/manifests`, MANIFESTS);
    await Deno.writeTextFile(`${folder}/kubectl`, script, { mode: 0o755 });
    const docker = `#!/bin/sh\necho "\${PWD#${ROOT}}: $*" >>${folder}/steps\n`;
    await Deno.writeTextFile(`${folder}/docker`, docker, { mode: 0o755 });
    return new StubCluster(folder);
  }

  deploy(...args: string[]): Promise<Outcome> {
    return deployTask({ PATH: `${this.#folder}:${Deno.env.get("PATH")}` }, ...args);
  }

  async steps(): Promise<string[]> {
    return (await Deno.readTextFile(`${this.#folder}/steps`)).trim().split("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}
