import { deployTask, type Outcome } from "./process.ts";

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

/** A folder with a `kubectl` and a `docker` that write down what they are asked to do. */
export class StubCluster implements AsyncDisposable {
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
    await Deno.writeTextFile(`${folder}/steps`, "");
    await Deno.writeTextFile(`${folder}/manifests`, MANIFESTS);
    await Deno.writeTextFile(`${folder}/kubectl`, script, { mode: 0o755 });
    const docker = `#!/bin/sh\necho "\${PWD#${ROOT}}: $*" >>${folder}/steps\n`;
    await Deno.writeTextFile(`${folder}/docker`, docker, { mode: 0o755 });
    return new StubCluster(folder);
  }

  /** The variables with which a process runs these programs. */
  get variables(): Record<string, string> {
    return { PATH: `${this.#folder}:${Deno.env.get("PATH")}` };
  }

  deploy(...args: string[]): Promise<Outcome> {
    return deployTask(this.variables, ...args);
  }

  async steps(): Promise<string[]> {
    return (await Deno.readTextFile(`${this.#folder}/steps`)).split("\n").filter(Boolean);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}
