/**
 * `deno task chaos jobs`: kills the process that runs jobs twenty times on each engine, and checks every job.
 * Exits with 1 if a job was lost or took effect twice.
 *
 * `deno task chaos idle`: old connections, a path to the database that dies silently, a stop while it is dead, and full
 * disks. Exits with 1 if a request got the wrong response or data was lost.
 *
 * Both need PostgreSQL (TEST_DATABASE_URL, or a local one). Full disks need root.
 */
const LOCAL = "postgres://postgres@127.0.0.1:5432/postgres";
const adminUrl = Deno.env.get("TEST_DATABASE_URL") || LOCAL;
Deno.env.set("TEST_DATABASE_URL", adminUrl); // for the modules imported below

const TRIALS: Record<string, () => Promise<boolean>> = {
  jobs: async () => (await import("./jobs_chaos.ts")).killWorkers(adminUrl),
  idle: async () => {
    const { growOld, silencePath, stopWhileSilent } = await import("./idle_chaos.ts");
    const { fillDisks } = await import("./disk_chaos.ts");
    let passed = true;
    for (const trial of [growOld, silencePath, stopWhileSilent, fillDisks]) passed = await trial() && passed;
    return passed;
  },
};

const wanted = Deno.args.length > 0 ? Deno.args : Object.keys(TRIALS);
const unknown = wanted.filter((name) => !(name in TRIALS));
if (unknown.length > 0) {
  throw new Error(`Unknown trial: ${unknown.join(", ")}. Choose from ${Object.keys(TRIALS).join(", ")}.`);
}

const { prepareDatabases } = await import("../support/database.ts");
await prepareDatabases();
let passed = true;
for (const name of wanted) passed = await TRIALS[name]!() && passed;
Deno.exit(passed ? 0 : 1);
