import assert from "node:assert/strict";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { parse, parseAllDocuments, parseDocument } from "yaml";
import { findComposeProblems } from "../../cli/deploy/compose_file.ts";
import { findReleaseProblems, kubernetesRelease } from "../../cli/deploy/kubernetes_release.ts";
import { parseDatabaseUrl } from "../../db/connection/database_url.ts";
import { hardeningScript } from "../../db/migration/server_setup.ts";
import { ESBUILD } from "../../deploy/scripts/bundler.ts";
import { sbomOf } from "../../deploy/scripts/sbom.ts";
import { SETTINGS } from "../../src/config/settings.ts";
import { parseConfig } from "../../src/config.ts";
import { PRODUCTION } from "../support/production.ts";

/**
 * Protects: what is deployed fits the product. Its variables are settings, its probes and ports exist, containers are not
 * privileged, and pods have time to stop.
 */

const ROOT = new URL("../../", import.meta.url).pathname;
const BASE = "deploy/kubernetes/base/";
const OVERLAYS = "deploy/kubernetes/overlays/";
const SECOND = 1_000;
const SETTING_NAMES: string[] = Object.values(SETTINGS).map(({ name }) => name);
const PORTS = { http: Number(SETTINGS.port.default), metrics: 9464 };

// deno-lint-ignore no-explicit-any -- the files are checked here, and against the types of Kubernetes in manifest_types_test.ts
type Yaml = any;

const dockerfile = await text("deploy/docker/Dockerfile");
const compose: Yaml = parse(await text("deploy/docker/compose.yaml"), { merge: true });
const manifests: Yaml[] = (await Promise.all(
  (await yamlFiles(BASE)).map(async (path) => parseAllDocuments(await text(path)).map((each) => each.toJS())),
)).flat();
const pods = manifests.filter(({ kind }) => ["Deployment", "Job"].includes(kind));

Deno.test("the image runs without root, and its user is the one that Kubernetes expects", () => {
  const [, user] = /^USER (\d+):\d+$/m.exec(dockerfile)!;

  assert.ok(Number(user) > 0);
  for (const { metadata, spec } of pods) {
    assert.equal(spec.template.spec.securityContext.runAsUser, Number(user), metadata.name);
  }
});

Deno.test("every variable of the image, of Compose and of Kubernetes is a setting", async () => {
  const ofImage = [.../^ENV (.+)$/m.exec(dockerfile)![1]!.matchAll(/(\w+)=/g)].map(([, name]) => name!);
  const ofCompose = Object.values<Yaml>(compose.services).filter(({ image }) => image.includes("denizen"))
    .flatMap(({ environment }) => Object.keys(environment));
  const ofPods = pods.flatMap(({ spec }) => spec.template.spec.containers)
    .flatMap(({ env = [] }: Yaml) => env.map(({ name }: Yaml) => name));
  const inFiles = (await settingsFiles()).flatMap(({ settings }) => Object.keys(settings));
  const own = ["DENO_DIR", "DENO_NO_UPDATE_CHECK"];

  const names = [...ofImage, ...ofCompose, ...ofPods, ...inFiles];

  assert.ok(names.length > 30);
  assert.deepEqual(names.filter((name) => !SETTING_NAMES.includes(name) && !own.includes(name)), []);
});

Deno.test("the product accepts the variables of Compose, and of Kubernetes with its secrets", async () => {
  const given = { APP_SECRET: PRODUCTION.APP_SECRET, DATABASE_PASSWORD: "secret" };
  const secrets = {
    APP_SECRET: PRODUCTION.APP_SECRET,
    SMTP_URL: PRODUCTION.SMTP_URL,
    DATABASE_URL: "postgres://a:b@c/d",
  };
  const base = (await settingsFiles()).find(({ path }) => path.startsWith(BASE))!;

  for (const { image, environment } of Object.values<Yaml>(compose.services)) {
    if (image.includes("denizen")) parseConfig(interpolated(environment, given));
  }
  for (const { path, settings } of await settingsFiles()) {
    if (path.startsWith(OVERLAYS)) parseConfig({ ...secrets, ...base.settings, ...settings });
  }
});

Deno.test("the product accepts the secrets that Terraform writes for it", async () => {
  const secrets = await text("deploy/terraform/aws/secrets.tf");
  const [, tls] = /^ +tls += "(.+)" #/m.exec(secrets)!;
  const values: Record<string, string> = {
    "random_password.app_secret.result": PRODUCTION.APP_SECRET,
    "var.backup_age_recipient": SETTINGS.backupAgeRecipient.example!,
    "local.tls": tls!,
  };
  const valueOf = (expression: string) => values[expression] ?? "value";
  const variables = [...secrets.matchAll(/^ +([A-Z_]+) += (.+?)(?: #.*)?$/gm)].map(([, name, expression]) => [
    name!,
    expression!.startsWith('"')
      ? expression!.slice(1, -1).replaceAll(/\$\{([^}]*)\}/g, (_, inner) => valueOf(inner))
      : valueOf(expression!),
  ]);
  const files = (await settingsFiles()).filter(({ path }) => !path.includes("staging"));

  const config = parseConfig(
    Object.assign({}, ...files.map(({ settings }) => settings), Object.fromEntries(variables)),
  );

  assert.equal(config.backupAgeRecipient, SETTINGS.backupAgeRecipient.example);
  for (const address of [config.databaseUrl!, config.databaseReplicaUrl!]) {
    const { tls, rootCertificate } = parseDatabaseUrl(address);
    assert.deepEqual([tls, rootCertificate], ["verify-full", "/app/certificates/rds.pem"]);
  }
  for (const { metadata, spec } of pods) {
    const [{ volumeMounts }] = spec.template.spec.containers;
    assert.ok(volumeMounts.some(({ mountPath }: Yaml) => mountPath === "/app/certificates"), metadata.name);
  }
});

Deno.test("Compose's default mail server needs no TLS, which it doesn't offer", () => {
  const given = { APP_SECRET: PRODUCTION.APP_SECRET, DATABASE_PASSWORD: "secret" };

  const { smtpUrl } = parseConfig(interpolated(compose.services.web.environment, given));

  assert.ok(smtpUrl!.hostname in compose.services);
  assert.equal(smtpUrl!.searchParams.get("tls"), "none");
});

Deno.test("a machine with a public name keeps its public proxy, whoever starts Compose again", async () => {
  const [, ofMachine] = /<<'END'\n([^]*?)\n +END$/m.exec(await text("deploy/terraform/vm/cloud_init.yaml"))!;
  const [, ofGuide] = /```sh\n(COMPOSE_FILE=[^]*?)```/.exec(
    (await text("docs/admin/docker.md")).replaceAll(/^ +/gm, ""),
  )!;

  for (const variables of [ofMachine!.replaceAll(/^ +/gm, ""), ofGuide!].map((lines) => parseEnv(lines))) {
    assert.ok(variables.DNS_PROVIDER);
    assert.match(variables.DNS_MODULE!, /@v\d/);
    assert.deepEqual(findComposeProblems(variables), []);
    assert.match(findComposeProblems({ ...variables, COMPOSE_FILE: undefined })[0]!, /^COMPOSE_FILE: /);
  }
  assert.deepEqual(findComposeProblems({}), []);
});

Deno.test("the public proxy publishes its ports in place of the local one's, which would take port 443 as well", async () => {
  const publicFile = parseDocument(await text("deploy/docker/compose.public.yaml"), { logLevel: "silent" });

  const ports = publicFile.getIn(["services", "proxy", "ports"], true) as { tag?: string };

  assert.equal(ports.tag, "!override");
});

Deno.test("no proxy passes a stranger's traceparent on", async () => {
  const caddyfiles = ["deploy/caddy/Caddyfile", "deploy/docker/Caddyfile", "deploy/docker/Caddyfile.public"];
  const ingress = manifests.find(({ kind }) => kind === "Ingress");
  const middleware = manifests.find(({ kind }) => kind === "Middleware");

  for (const path of caddyfiles) {
    assert.deepEqual(counts(await text(path), "reverse_proxy ", "header_up -traceparent"), [1, 1], path);
  }
  assert.deepEqual(
    counts(await text("docs/admin/operations.md"), "proxy_pass ", 'proxy_set_header traceparent "";'),
    [2, 2],
  );
  assert.equal(middleware.spec.headers.customRequestHeaders.traceparent, "");
  assert.deepEqual(Object.values(ingress.metadata.annotations), [
    `denizen-${middleware.metadata.name}@kubernetescrd`,
  ]);
});

Deno.test("Prometheus asks Compose's processes, notices when the web process is gone, and tells an Alertmanager", async () => {
  const { alerting, scrape_configs: [{ static_configs, dns_sd_configs }] } = parse(
    await text("deploy/docker/prometheus.yml"),
  );
  const hosts = (configs: Yaml[]) =>
    configs.flatMap(({ targets }) => targets.map((each: string) => each.split(":")[0]));

  assert.deepEqual(hosts(static_configs), ["web"]);
  assert.deepEqual([...hosts(static_configs), ...dns_sd_configs[0].names], serviceNames("denizen"));
  assert.deepEqual(hosts(alerting.alertmanagers[0].static_configs), serviceNames("alertmanager"));
  const { global, receivers } = parse(await text("deploy/docker/alertmanager.yml"));
  assert.ok(global.smtp_smarthost.split(":")[0] in compose.services);
  assert.equal(receivers.length, 2);
});

Deno.test("Compose's Prometheus loads the alerts, and not their tests, which it would refuse", async () => {
  const { rule_files } = parse(await text("deploy/docker/prometheus.yml"));
  const [, folder] = compose.services.prometheus.volumes.map((each: string) => each.split(":"))
    .find(([source]: [string]) => source === "../prometheus");

  assert.deepEqual(rule_files, [`${folder}/alerts.yml`]);
});

Deno.test("Prometheus names Kubernetes' pods as the alerts do", async () => {
  const { labels: [{ pairs }] } = parse(await text(`${BASE}kustomization.yaml`));
  const { jobLabel } = manifests.find(({ kind }) => kind === "ServiceMonitor").spec;

  assert.ok((await text("deploy/prometheus/alerts.yml")).includes(`up{job="${pairs[jobLabel]}"}`));
});

Deno.test("Compose's database gets the hardening that the product requires", async () => {
  assert.equal(await text("deploy/docker/postgres/hardening.sql"), hardeningScript() + "\n");
});

Deno.test("Compose's health check of PostgreSQL doesn't see the server that runs the first scripts", () => {
  assert.ok(compose.services.postgres.healthcheck.test.includes("--host=127.0.0.1"));
});

Deno.test("containers have no privileges and a read-only root, under Compose and Kubernetes", () => {
  for (const [name, service] of Object.entries<Yaml>(compose.services)) {
    if (!service.image.includes("denizen")) continue;
    assert.deepEqual([service.read_only, service.cap_drop], [true, ["ALL"]], name);
  }
  for (const { metadata, spec } of pods) {
    const { containers, ...pod } = spec.template.spec;
    const [{ securityContext, resources }] = containers;
    assert.equal(pod.automountServiceAccountToken, false, metadata.name);
    assert.equal(pod.securityContext.runAsNonRoot, true, metadata.name);
    assert.equal(pod.securityContext.seccompProfile.type, "RuntimeDefault", metadata.name);
    assert.equal(securityContext.allowPrivilegeEscalation, false, metadata.name);
    assert.equal(securityContext.readOnlyRootFilesystem, true, metadata.name);
    assert.deepEqual(securityContext.capabilities.drop, ["ALL"], metadata.name);
    assert.ok(resources.requests.cpu && resources.requests.memory && resources.limits.memory, metadata.name);
  }
});

Deno.test("a process has more time to stop than it takes", () => {
  const { stopGrace } = parseConfig(PRODUCTION);

  for (const { metadata, spec } of pods.filter(({ kind }) => kind === "Deployment")) {
    const { terminationGracePeriodSeconds, containers } = spec.template.spec;
    const preStop = containers[0].lifecycle?.preStop.sleep.seconds ?? 0;
    assert.ok(
      terminationGracePeriodSeconds * SECOND > preStop * SECOND + stopGrace + 5 * SECOND,
      metadata.name,
    );
  }
  assert.ok(parseInt(compose.services.web.stop_grace_period) * SECOND > stopGrace + 5 * SECOND);
});

Deno.test("probes, services and policies name ports that the containers have", () => {
  for (const { metadata, spec } of pods.filter(({ kind }) => kind === "Deployment")) {
    const [{ ports, readinessProbe, startupProbe, livenessProbe }] = spec.template.spec.containers;
    for (const { name, containerPort } of ports) {
      assert.equal(containerPort, PORTS[name as keyof typeof PORTS]);
    }
    for (const probe of [readinessProbe, startupProbe, livenessProbe].filter(Boolean)) {
      assert.ok(ports.some(({ name }: Yaml) => name === probe.httpGet.port), metadata.name);
    }
    assert.equal(readinessProbe.httpGet.path, "/ready", metadata.name);
    assert.doesNotMatch(
      livenessProbe?.httpGet.path ?? "",
      /ready|health/,
      "a restart doesn't fix a database",
    );
  }
  for (const { spec } of manifests.filter(({ kind }) => kind === "Service")) {
    for (const { targetPort } of spec.ports) assert.ok(targetPort in PORTS);
  }
  const [{ spec: { ingress } }] = manifests.filter(({ kind }) => kind === "NetworkPolicy");
  assert.deepEqual(
    ingress.flatMap(({ ports }: Yaml) => ports.map(({ port }: Yaml) => port)),
    Object.values(PORTS),
  );
});

Deno.test("web pods scale down slowly, and one of each kind may be missing at a time", () => {
  const find = (kind: string) => manifests.filter((each) => each.kind === kind);

  assert.ok(find("HorizontalPodAutoscaler")[0].spec.behavior.scaleDown.stabilizationWindowSeconds >= 300);
  assert.deepEqual(
    find("PodDisruptionBudget").map(({ metadata, spec }) => [metadata.name, spec.maxUnavailable]),
    [["denizen-web", 1], ["denizen-worker", 1]],
  );
  for (const { spec } of find("Deployment")) assert.equal(spec.strategy.rollingUpdate.maxUnavailable, 0);
});

Deno.test("the certificate and the ingress have the apex and its wildcard", () => {
  const find = (wanted: string) => manifests.find(({ kind }) => kind === wanted).spec;
  const names = find("Certificate").dnsNames;

  assert.deepEqual(names, ["example.com", "*.example.com"]);
  assert.deepEqual(find("Ingress").rules.map(({ host }: Yaml) => host), names);
  assert.deepEqual(find("Ingress").tls[0].hosts, names);
  assert.equal(find("Ingress").tls[0].secretName, find("Certificate").secretName);
});

Deno.test("a release names its image everywhere, and its migration anew for each image and each change of settings", () => {
  const rendered = (setting: string) => `
kind: ConfigMap
metadata: { name: settings-${setting}, namespace: denizen }
data: { DENO_ENV: production }
---
kind: Job
metadata: { name: migrate, namespace: denizen }
spec: { template: { spec: { containers: [{ image: denizen, envFrom: [{ configMapRef: { name: settings-${setting} } }] }] } } }
---
kind: Deployment
metadata: { name: web, namespace: denizen }
spec: { template: { spec: { containers: [{ image: denizen }] } } }
`;

  const alerts = "groups: [{ name: denizen, rules: [] }]";
  const release = kubernetesRelease(rendered("a"), "registry/denizen:2", alerts);
  const jobs = [["a", "2"], ["a", "3"], ["b", "2"], ["a", "2"]].map(([setting, tag]) =>
    kubernetesRelease(rendered(setting!), `registry/denizen:${tag}`, alerts).job
  );

  assert.match(release.foundation, /^kind: ConfigMap/);
  assert.match(release.migration, /^kind: Job[^]*image: registry\/denizen:2/);
  assert.match(release.rollout, /^kind: Deployment[^]*image: registry\/denizen:2/);
  assert.deepEqual(parseAllDocuments(release.rollout).at(-1)!.toJS().spec, parse(alerts));
  assert.deepEqual([release.namespace, release.deployments], ["denizen", ["web"]]);
  assert.equal(new Set(jobs).size, 3);
  assert.equal(jobs[0], jobs[3]);
});

Deno.test("a release with a changeable image or with wrong settings is refused", () => {
  const rendered = "kind: ConfigMap\ndata: { PORT: high, APP_SECRET: a, COLOR: green, LOG_LEVEL: info }";

  assert.deepEqual(findReleaseProblems(rendered, "denizen:latest"), [
    "denizen:latest: must not be latest, which changes by itself",
    "PORT: must be a whole number from 0 to 65535",
    "APP_SECRET: is a secret; it must not be in a ConfigMap",
    "COLOR: is not a setting",
  ]);
  assert.match(findReleaseProblems("", "denizen")[0]!, /must be an image with a tag or a digest/);
  assert.deepEqual(findReleaseProblems("", "ghcr.io:443/acme/denizen:v1.2.3"), []);
});

Deno.test("the list of contents names every package of the lockfile once, with its hash", () => {
  const integrity = "sha512-" + btoa("hash");
  const sbom = sbomOf({ npm: { "@a/b@1.0.0": { integrity }, "c@2.0.0_d@3.0.0": { integrity } } }, "9.9.9");

  assert.deepEqual(sbom.components.map(({ purl }) => purl), ["pkg:npm/%40a/b@1.0.0", "pkg:npm/c@2.0.0"]);
  assert.deepEqual(sbom.components[0]!.hashes, [{ alg: "SHA-512", content: "68617368" }]);
  assert.deepEqual(sbom.metadata.tools.components[0], {
    type: "application",
    name: "esbuild",
    version: ESBUILD.version,
  });
});

/** The values of a service with Compose's variables replaced: `${NAME:-default}`, `${NAME:?}`. */
function interpolated(
  environment: Record<string, string>,
  given: Record<string, string>,
): Record<string, string> {
  const replace = (value: string) =>
    value.replaceAll(/\$\{(\w+):[-?]([^}]*)\}/g, (_, name, fallback) => given[name] ?? fallback);
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, replace(String(value))]),
  );
}

async function settingsFiles(): Promise<{ path: string; settings: Record<string, string> }[]> {
  const paths = [
    `${BASE}settings.env`,
    ...["staging", "production"].map((name) => `${OVERLAYS}${name}/settings.env`),
  ];
  return await Promise.all(paths.map(async (path) => ({
    path,
    settings: Object.fromEntries(
      (await text(path)).trim().split("\n").map((line) => /^(\w+)=(.*)$/.exec(line)!.slice(1)),
    ),
  })));
}

/** The services of Compose whose image has a word in its name and that keep running. */
function serviceNames(word: string): string[] {
  return Object.entries<Yaml>(compose.services)
    .filter(([, { image, restart }]) => image.includes(word) && restart !== "no").map(([name]) => name);
}

function counts(text: string, ...parts: string[]): number[] {
  return parts.map((part) => text.split(part).length - 1);
}

async function yamlFiles(folder: string): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(join(ROOT, folder)), ({ name }) => name);
  return names.filter((name) => /\.ya?ml$/.test(name) && name !== "kustomization.yaml").sort()
    .map((name) => folder + name);
}

function text(path: string): Promise<string> {
  return Deno.readTextFile(join(ROOT, path));
}
