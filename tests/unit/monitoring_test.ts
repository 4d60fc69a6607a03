import assert from "node:assert/strict";
import { Metrics } from "../../src/platform/metrics.ts";
import { ManualClock } from "../support/clock.ts";
import { Exposition } from "../support/metrics.ts";

/** Protects: alerts fire when they should, each has a runbook, and alerts and dashboard name only metrics that exist. */

const ROOT = new URL("../../", import.meta.url);
const ALERTS = "deploy/prometheus/alerts.yml";
const DASHBOARD = "deploy/grafana/denizen.json";
const alerts = await read(ALERTS);
const alertNames = [...alerts.matchAll(/- alert: (\w+)/g)].map(([, name]) => name!);

Deno.test({
  name: "each alert fires on series of an outage, and stays silent on series of everyday business",
  ignore: !await canRunPromtool("--version"),
  fn: async () => {
    assert.ok(await canRunPromtool("check", "rules", ALERTS));
    assert.ok(await canRunPromtool("test", "rules", "deploy/prometheus/alerts_test.yml"));
  },
});

Deno.test("each alert has a case in which it fires, and one in which it doesn't", async () => {
  const cases = await read("deploy/prometheus/alerts_test.yml");

  for (const name of alertNames) {
    assert.match(cases, new RegExp(`alertname: ${name}\\n +exp_alerts:`), name);
    assert.match(cases, new RegExp(`alertname: ${name} }`), name);
  }
});

Deno.test("each alert has its runbook, and each runbook its alert", async () => {
  const runbooks = await read("docs/admin/runbooks.md");

  const headings = [...runbooks.matchAll(/^## (Denizen\w+)$/gm)].map(([, name]) => name!);
  const linked = [...alerts.matchAll(/runbook: docs\/admin\/runbooks\.md#(\w+)/g)].map(([, anchor]) =>
    anchor!
  );

  assert.deepEqual(headings, alertNames);
  assert.deepEqual(linked, alertNames.map((name) => name.toLowerCase()));
});

Deno.test("the alerts, the dashboard and the documentation name only metrics that exist, and the documentation names all", async () => {
  const metrics = new Metrics({ maxTenants: 1, clock: new ManualClock() });
  metrics.watchReplica(() => 0);
  metrics.watchBackups();
  const known = [...new Exposition((await metrics.scrape()).text).types.keys()];

  for (const path of [ALERTS, "deploy/prometheus/alerts_test.yml", DASHBOARD, "docs/admin/monitoring.md"]) {
    const named = (await read(path)).matchAll(/\b(saas_[a-z_]+?)(?:_bucket|_sum|_count)?\b/g);
    const unknown = new Set([...named].map(([, name]) => name!)).difference(new Set(known));
    assert.deepEqual([...unknown], [], path);
  }
  const documented = await read("docs/admin/monitoring.md");
  assert.deepEqual(known.filter((name) => !documented.includes(`| \`${name}\``)), []);
});

Deno.test("the dashboard has a query in every panel, and shows the metrics that alerts look at", async () => {
  const { panels } = JSON.parse(await read(DASHBOARD));

  const queries = panels.filter(({ type }: { type: string }) => type !== "row")
    .map(({ targets }: { targets: { expr: string }[] }) => targets.map(({ expr }) => expr).join(" "));

  assert.ok(queries.every((query: string) => /saas_/.test(query)));
  for (const [name] of alerts.matchAll(/\bsaas_[a-z_]+/g)) {
    if (name !== "saas_api_duration_seconds_count") {
      assert.ok(queries.some((query: string) => query.includes(name)), name);
    }
  }
});

async function canRunPromtool(...args: string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("promtool", { args, cwd: ROOT, stdout: "null" }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function read(path: string): Promise<string> {
  return Deno.readTextFile(new URL(path, ROOT));
}
