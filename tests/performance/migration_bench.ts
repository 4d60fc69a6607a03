import { sql } from "drizzle-orm";
import { pause } from "../../db/connection/retry.ts";
import { tenantSchemas } from "../../db/control/schema/installation.ts";
import { migrateFleet } from "../../db/migration/fleet.ts";
import type { Migration } from "../../db/migration/migrations.ts";
import { readInstallation, withMigrator } from "../../db/migration/migrator.ts";
import { migrationScript } from "../../db/migration/provision.ts";
import type { SchemaName } from "../../db/tenant/schema_name.ts";
import { cli } from "../support/process.ts";
import { addColumn, MARKED_COLUMN, MARKED_DAY, withColumns, withMark } from "./bench_migrations.ts";
import { type Fleet, readSchemas } from "./fleet.ts";
import { alternate, type Figure, median, timed, within } from "./measure.ts";
import { runFiles } from "./psql.ts";
import { withAdmin } from "./removal.ts";

const CONCURRENCY = 4;
const A_TRANSACTION = 10;
const ROUNDS = ["one", "two", "three"];
const IDLE_ROUNDS = 7;
const KILLS = 3;
const CHECKED_AT_ONCE = 500;

/** The cost of migrating many tenants, and of a migration with nothing to do. Leaves the tenants newer than this code. */
export async function benchMigration(fleet: Fleet): Promise<Figure[]> {
  const schemas = await readSchemas(fleet.db);
  const among = `${schemas.length.toLocaleString("en")} tenants`;
  const idle = await alternate(IDLE_ROUNDS, {
    version: () => timed(() => runCli(fleet, "--version")),
    migrate: () => timed(() => runCli(fleet, "db", "migrate", "--json")),
  });
  const { rate, byPsql } = await raceWithPsql(fleet, schemas);
  const { kills, lost, repeated } = await migrateKilled(fleet, schemas);
  return [
    within(`db migrate with nothing to do, ${among}; --version`, "ms", idle.migrate, idle.version, {
      below: 1_000,
    }),
    within(`a column and an index, ${among}; by 4 psql`, "tenants/s", rate, byPsql, { atLeast: 2_000 }),
    {
      name: `killed ${kills} times, then run to the end: lost, repeated`,
      value: `${lost}, ${repeated}`,
      limit: among,
      ratio: "",
      target: "0, 0",
      met: lost === 0 && repeated === 0 && kills === KILLS,
    },
  ];
}

/** The whole process, as in a deployment. */
async function runCli({ url }: Fleet, ...args: string[]): Promise<void> {
  const { code, stderr } = await cli({ DATABASE_URL: url }, ...args);
  if (code !== 0) throw new Error(stderr);
}

/** Tenants per second for the same change, sent by psql and by the product in turn. */
async function raceWithPsql(fleet: Fleet, schemas: SchemaName[]): Promise<{ rate: number; byPsql: number }> {
  const rates = { product: [] as number[], psql: [] as number[] };
  for (const [place, round] of ROUNDS.entries()) {
    const seconds = await timeByPsql(fleet, schemas, `by_psql_${round}`) / 1_000;
    rates.psql.push(schemas.length / seconds);
    const migrations = await withColumns(ROUNDS.slice(0, place + 1));
    const took = await timed(async () => {
      const { migrated } = await migrateFleet(fleet.db, { migrations, concurrency: CONCURRENCY });
      if (migrated !== schemas.length) throw new Error(`${migrated} of ${schemas.length} were migrated`);
    });
    rates.product.push(schemas.length / took * 1_000);
  }
  return { rate: median(rates.product), byPsql: median(rates.psql) };
}

/** Milliseconds that parallel psql processes need for the same SQL, including the ledger. */
async function timeByPsql(fleet: Fleet, schemas: SchemaName[], column: string): Promise<number> {
  const { ownerRole } = await withMigrator(fleet.db, readInstallation);
  const step: Migration = { version: "", sql: addColumn(column), checksum: "", chain: "" };
  const texts = Array.from({ length: CONCURRENCY }, () => "");
  for (let start = 0; start < schemas.length; start += A_TRANSACTION) {
    const some = schemas.slice(start, start + A_TRANSACTION);
    const names = some.map((schema) => `'${schema}'`).join(", ");
    const transaction = `begin; set local synchronous_commit = off; set local role ${ownerRole};
      ${some.map((schema) => migrationScript(schema, [step])).join("\n")}
      set local search_path to default; set local role none;
      update control.tenant_schemas set migrated_at = now() where name in (${names}); commit`;
    texts[start / A_TRANSACTION % CONCURRENCY] += `${transaction.replaceAll(";", "\\;")};\n`; // in one message
  }
  const folder = await Deno.makeTempDir();
  const files = texts.map((_, place) => `${folder}/${place}.sql`);
  await Promise.all(files.map((file, place) => Deno.writeTextFile(file, texts[place]!)));
  const took = await timed(() => runFiles(fleet.adminUrl, files));
  await Deno.remove(folder, { recursive: true });
  return took;
}

/** Starts the migration in a separate process and kills it midway, three times, then runs it to the end. */
async function migrateKilled(fleet: Fleet, schemas: SchemaName[]) {
  const migrations = await withMark(ROUNDS);
  const { version, chain } = migrations.at(-1)!;
  const isDone = sql`${tenantSchemas.version} = ${version} and ${tenantSchemas.checksum} = ${chain}`;
  const countDone = () => fleet.db.control.$count(tenantSchemas, isDone);
  let kills = 0;
  for (let round = 0; round < KILLS; round++) {
    const goal = schemas.length * (round + Math.random()) / (KILLS + 1);
    const args = [
      "run",
      "--quiet",
      "--no-prompt",
      "--allow-net",
      "--allow-read",
      "--allow-env",
      "--allow-sys",
    ];
    const process = new Deno.Command("deno", { args: [...args, CHILD, fleet.url, ...ROUNDS] }).spawn();
    let ended = false;
    const status = process.status.finally(() => ended = true);
    while (!ended && await countDone() <= goal) await pause(Math.random() * 10);
    if (ended) throw new Error("The migration ended before it was killed.");
    process.kill("SIGKILL");
    await status;
    if (await countDone() < schemas.length) kills++;
  }
  await migrateFleet(fleet.db, { migrations });
  const marks = await readMarks(fleet, schemas);
  const unmarked = marks.filter((calls) => calls === 0).length;
  const notThere = schemas.length - Math.min(await countDone(), await countColumns(fleet));
  return { kills, lost: Math.max(unmarked, notThere), repeated: marks.filter((calls) => calls > 1).length };
}

/** How many schemas have the column and its index. */
async function countColumns({ adminUrl }: Fleet): Promise<number> {
  const [row] = await withAdmin(
    adminUrl,
    (admin) =>
      admin`select count(*)::int as count from pg_class made join pg_index on indexrelid = made.oid and indisvalid
      join pg_attribute on attrelid = indrelid and attname = ${MARKED_COLUMN} and attnum = any(indkey)
      where made.relname = ${`projects_${MARKED_COLUMN}`}`,
  );
  return row!.count;
}

/** How often the migration ran in each schema, according to its own count there. */
async function readMarks({ adminUrl }: Fleet, schemas: SchemaName[]): Promise<number[]> {
  return await withAdmin(adminUrl, async (admin) => {
    const marks: number[] = [];
    for (let start = 0; start < schemas.length; start += CHECKED_AT_ONCE) {
      const each = schemas.slice(start, start + CHECKED_AT_ONCE).map((schema) =>
        `select coalesce((select value from ${schema}.daily_metrics where day = '${MARKED_DAY}'), 0)::int as times`
      );
      marks.push(...(await admin.unsafe(each.join(" union all "))).map(({ times }) => times));
    }
    return marks;
  });
}

const CHILD = new URL("./migrating_process.ts", import.meta.url).pathname;
