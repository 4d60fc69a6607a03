/**
 * `deno task bench
 * [requests|tenancy|jobs|start|storm|api|billing|analytics|notifications|contacts|campaigns|exports|observability|domains|rolling|weight]`:
 * every figure next to its baseline, measured in the same run. Needs PostgreSQL (TEST_DATABASE_URL, or a local one), wrk for
 * requests and domains, psql for tenancy, Redis for api, and nginx for rolling. Loads 127.0.0.1 only. `tenancy` creates 10,000
 * tenants in about ten minutes. BENCH_TENANTS=500 is quick; BENCH_MINUTES=10 measures longer.
 */
import Table from "cli-table3";
import type { Figure } from "./measure.ts";

const LOCAL = "postgres://postgres@127.0.0.1:5432/postgres";
const REDIS = Deno.env.get("TEST_REDIS_URL") || "redis://127.0.0.1:6379";
const adminUrl = Deno.env.get("TEST_DATABASE_URL") || LOCAL;
Deno.env.set("TEST_DATABASE_URL", adminUrl); // for the modules imported below

const BENCHES: Record<string, () => Promise<Figure[]>> = {
  requests: async () => (await import("./requests_bench.ts")).benchRequests(adminUrl),
  tenancy: async () => (await import("./tenancy_bench.ts")).benchTenancy(adminUrl),
  start: async () => (await import("./start_bench.ts")).benchStart(),
  storm: async () => (await import("./storm_bench.ts")).benchStorm(),
  jobs: async () => (await import("./jobs_bench.ts")).benchJobs(adminUrl),
  api: async () => [
    ...await (await import("./requests_bench.ts")).benchPipeline(adminUrl, REDIS),
    ...await (await import("./api_bench.ts")).benchApi(),
    ...await (await import("./request_log_bench.ts")).benchRequestLog(adminUrl),
    ...await (await import("./webhooks_bench.ts")).benchWebhooks(adminUrl),
  ],
  billing: async () => (await import("./billing_bench.ts")).benchBilling(),
  analytics: async () => [
    ...await (await import("./events_bench.ts")).benchEvents(),
    ...await (await import("./reports_bench.ts")).benchReports(),
    ...await (await import("./rollups_bench.ts")).benchRollups(),
  ],
  exports: async () => (await import("./exports_bench.ts")).benchExports(),
  notifications: async () => (await import("./live_feeds_bench.ts")).benchLiveFeeds(),
  contacts: async () => (await import("./contacts_bench.ts")).benchContacts(),
  campaigns: async () => (await import("./campaigns_bench.ts")).benchCampaigns(),
  observability: async () => (await import("./observability_bench.ts")).benchObservability(),
  domains: async () => (await import("./domains_bench.ts")).benchDomains(),
  rolling: async () => (await import("./rolling_bench.ts")).benchRolling(adminUrl),
  weight: async () => (await import("./weight_bench.ts")).benchWeight(),
};

const wanted = Deno.args.length > 0 ? Deno.args : Object.keys(BENCHES);
const unknown = wanted.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  throw new Error(
    `Unknown benchmark: ${unknown.join(", ")}. Choose from ${Object.keys(BENCHES).join(", ")}.`,
  );
}

const { prepareDatabases } = await import("../support/database.ts");
await prepareDatabases();
const table = new Table({
  head: ["figure", "measured", "limit", "ratio", "target", ""],
  style: { head: [], border: [] },
});
for (const name of wanted) {
  for (const { name: figure, value, limit, ratio, target, met } of await BENCHES[name]!()) {
    table.push([figure, value, limit, ratio, target, met ? "met" : "MISSED"]);
  }
}
Deno.stdout.writeSync(new TextEncoder().encode(table.toString() + "\n"));
Deno.exit(0);
