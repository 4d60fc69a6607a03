import { createHash } from "node:crypto";
import { parse, parseAllDocuments, stringify } from "yaml";
import { SETTINGS } from "../../src/config/settings.ts";

/** What a release applies in order. Each is YAML. */
export type KubernetesRelease = {
  namespace: string;
  /** What must exist before the migration and the ingress. */
  foundation: string;
  migration: string;
  /** The Job of the migration. Its name is new for each image and each change of the settings. */
  job: string;
  rollout: string;
  deployments: string[];
};

type Container = { image: string };
type Manifest = {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  data?: Record<string, string>;
  spec?: { template?: { spec: { containers: Container[] } } };
};

const FOUNDATION = ["Namespace", "ConfigMap", "ExternalSecret", "NetworkPolicy", "Middleware"];
/** A registry's path with a tag or a digest. */
const IMAGE = /^[\w.-]+(:\d+)?(\/[\w.-]+)*(:[\w.-]+|@sha256:[0-9a-f]{64})$/;
const HASH_LETTERS = 10;

/** A release of an image from what kustomize renders, with the alerts of a Prometheus rule file. */
export function kubernetesRelease(rendered: string, image: string, alerts: string): KubernetesRelease {
  const manifests = parseManifests(rendered);
  for (const { spec } of manifests) {
    for (const container of spec?.template?.spec.containers ?? []) container.image = image;
  }
  const migration = manifests.find(({ kind }) => kind === "Job");
  if (!migration?.metadata.namespace) throw new Error("The rendered manifests have no Job with a namespace.");
  migration.metadata.name += `-${hashOf(migration)}`;
  manifests.push(prometheusRule(alerts, migration.metadata.namespace));
  const ofKinds = (isWanted: (kind: string) => boolean) => manifests.filter(({ kind }) => isWanted(kind));
  return {
    namespace: migration.metadata.namespace,
    foundation: toYaml(ofKinds((kind) => FOUNDATION.includes(kind))),
    migration: toYaml([migration]),
    job: migration.metadata.name,
    rollout: toYaml(ofKinds((kind) => kind !== "Job" && !FOUNDATION.includes(kind))),
    deployments: ofKinds((kind) => kind === "Deployment").map(({ metadata }) => metadata.name),
  };
}

function prometheusRule(alerts: string, namespace: string): Manifest {
  const metadata = { name: "denizen", namespace, labels: { "app.kubernetes.io/name": "denizen" } };
  return { apiVersion: "monitoring.coreos.com/v1", kind: "PrometheusRule", metadata, spec: parse(alerts) };
}

/** What is wrong with a release: an image that can change, or settings that the product would refuse. */
export function findReleaseProblems(rendered: string, image: string): string[] {
  const settings = parseManifests(rendered).filter(({ kind }) => kind === "ConfigMap")
    .flatMap(({ data = {} }) => Object.entries(data));
  return [
    ...IMAGE.test(image) ? [] : [`${image}: must be an image with a tag or a digest`],
    ...image.endsWith(":latest") ? [`${image}: must not be latest, which changes by itself`] : [],
    ...settings.flatMap(([name, value]) => findSettingProblems(name, value)),
  ];
}

function findSettingProblems(name: string, value: string): string[] {
  const setting = Object.values(SETTINGS).find((each) => each.name === name);
  if (!setting) return [`${name}: is not a setting`];
  if (setting.secret) return [`${name}: is a secret; it must not be in a ConfigMap`];
  const { error } = setting.parse.safeParse(value);
  return error ? [`${name}: ${error.issues[0]!.message}`] : [];
}

function parseManifests(rendered: string): Manifest[] {
  return parseAllDocuments(rendered).map((document) => document.toJS() as Manifest).filter(Boolean);
}

function hashOf(manifest: Manifest): string {
  return createHash("sha256").update(JSON.stringify(manifest)).digest("hex").slice(0, HASH_LETTERS);
}

function toYaml(manifests: Manifest[]): string {
  return manifests.map((manifest) => stringify(manifest)).join("---\n");
}
