import assert from "node:assert/strict";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";

/** Protects: every manifest has only fields that Kubernetes knows, with the right types. */

const ROOT = new URL("../../", import.meta.url).pathname;
const BASE = join(ROOT, "deploy/kubernetes/base");
/** What custom resources add to the cluster has no types here. */
const CUSTOM = ["Certificate", "Middleware", "ServiceMonitor"];
/** Proves that fields that don't exist are found. */
const MISSPELLED = { apiVersion: "apps/v1", kind: "Deployment", spec: { replicaCount: 2 } };

Deno.test("the manifests type-check against Kubernetes' own types", async () => {
  const manifests: { apiVersion: string; kind: string }[] = [];
  for await (const { name } of Deno.readDir(BASE)) {
    if (!name.endsWith(".yaml") || name === "kustomization.yaml") continue;
    const documents = parseAllDocuments(await Deno.readTextFile(join(BASE, name)));
    manifests.push(...documents.map((document) => document.toJS()));
  }
  const checked = manifests.filter(({ kind }) => !CUSTOM.includes(kind));
  const folder = await Deno.makeTempDir({ prefix: "denizen-" });
  const file = join(folder, "manifests.ts");
  await Deno.writeTextFile(file, [...checked, MISSPELLED].map(toLiteral).join("\n"));

  const { stderr } = await new Deno.Command("deno", {
    args: ["check", "--quiet", "--config", join(ROOT, "deno.json"), file],
    env: { NO_COLOR: "1" },
  }).output();
  await Deno.remove(folder, { recursive: true });

  const errors = new TextDecoder().decode(stderr);
  assert.ok(checked.length > 8);
  assert.equal(errors.match(/TS\d+ \[ERROR\]/g)?.length, 1, errors);
  assert.match(errors, /'"replicaCount"' does not exist/);
});

/** As a literal, in which TypeScript also finds fields that don't exist. */
function toLiteral(manifest: { apiVersion: string; kind: string }): string {
  const { apiVersion, kind } = manifest;
  const path = apiVersion === "v1" ? "core/v1" : apiVersion.replace(/\.k8s\.io/, "");
  return `(${
    JSON.stringify(manifest)
  }) satisfies import("npm:kubernetes-types@1.30.0/${path}.d.ts").${kind};`;
}
