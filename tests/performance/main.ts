/**
 * `deno task bench [requests|tenancy|jobs|start|storm|weight]`: each figure with its limit, measured beside it in the same run.
 * Needs PostgreSQL (TEST_DATABASE_URL, or a local one), for requests wrk, for tenancy psql. Load goes to 127.0.0.1 only.
 * `tenancy` makes 10,000 tenants and takes about ten minutes; BENCH_TENANTS=500 is for a look, BENCH_MINUTES=10 for long.
 */
import Table from "cli-table3";
import type { Figure } from "./measure.ts";

const LOCAL = "postgres://postgres@127.0.0.1:5432/postgres";
const adminUrl = Deno.env.get("TEST_DATABASE_URL") || LOCAL;
Deno.env.set("TEST_DATABASE_URL", adminUrl); // read by what is imported from here on

const BENCHES: Record<string, () => Promise<Figure[]>> = {
  requests: async () => (await import("./requests_bench.ts")).benchRequests(adminUrl),
  tenancy: async () => (await import("./tenancy_bench.ts")).benchTenancy(adminUrl),
  start: async () => (await import("./start_bench.ts")).benchStart(),
  storm: async () => (await import("./storm_bench.ts")).benchStorm(),
  jobs: async () => (await import("./jobs_bench.ts")).benchJobs(adminUrl),
  weight: async () => (await import("./weight_bench.ts")).benchWeight(),
};

const wanted = Deno.args.length > 0 ? Deno.args : Object.keys(BENCHES);
const unknown = wanted.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  throw new Error(
    `There is no benchmark ${unknown.join(", ")}; there are ${Object.keys(BENCHES).join(", ")}.`,
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
