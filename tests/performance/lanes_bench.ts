import { sql } from "drizzle-orm";
import { type Database, laneOf } from "../../db/connection/connect.ts";
import { pause } from "../../db/connection/retry.ts";
import { withTenant } from "../../db/connection/with_tenant.ts";
import type { SchemaName } from "../../db/tenant/schema_name.ts";
import type { Fleet } from "./fleet.ts";
import {
  CONNECTIONS,
  fillProjects,
  LANES,
  readAtRandom,
  readProject,
  shuffled,
  withConnections,
} from "./load.ts";
import { alternate, atLeast, type Figure, median, percentile, under } from "./measure.ts";
import { benchMemoryUnderLoad } from "./memory_bench.ts";

const ROUNDS = 5;
const ROUND_MILLISECONDS = 3_000;
const ACTIVE = 1_000;
const FEW_ACTIVE = 10;

const NEIGHBORS = 8;
const ELSEWHERE = 8;
const NEIGHBORS_PAUSE_MILLISECONDS = 10;
const RUNAWAY_AT_ONCE = 50;
const RUNAWAY_ROUNDS = 7;

/** Many tenants on few connections: throughput, memory, and a runaway tenant. */
export async function benchLanes(fleet: Fleet, minutes: number): Promise<Figure[]> {
  const active = shuffled(fleet.schemas).slice(0, ACTIVE);
  await fillProjects(fleet, active);
  return await withConnections(fleet, { connections: CONNECTIONS, lanes: LANES }, async (db) => [
    await benchManyActive(fleet, db, active),
    ...await benchMemoryUnderLoad(fleet, db, active, minutes),
    ...await benchRunaway(db, active),
  ]);
}

async function benchManyActive(fleet: Fleet, db: Database, active: SchemaName[]): Promise<Figure> {
  const few = active.slice(0, FEW_ACTIVE);
  await readAtRandom(db, active, 4 * ROUND_MILLISECONDS); // warm up each connection with its tenants
  const rates = await alternate(ROUNDS, {
    few: () => readAtRandom(db, few, ROUND_MILLISECONDS),
    many: () => readAtRandom(db, active, ROUND_MILLISECONDS),
  });
  const among = fleet.schemas.length.toLocaleString("en");
  const name = `reads of ${active.length} active tenants of ${among}; of ${FEW_ACTIVE} active`;
  return atLeast(name, "tx/s", rates.many, rates.few, 0.8);
}

type Percentiles = { inItsLane: number; inAll: number };

/** The other tenants' reads, alone and beside a tenant that starts 50 slow transactions at once. */
async function benchRunaway(db: Database, schemas: SchemaName[]): Promise<Figure[]> {
  const [runaway, ...others] = schemas as [SchemaName, ...SchemaName[]];
  const isNear = (schema: SchemaName) => laneOf(schema, LANES) === laneOf(runaway, LANES);
  const near = others.filter(isNear).slice(0, NEIGHBORS);
  const far = others.filter((schema) => !isNear(schema)).slice(0, ELSEWHERE);
  const alone: Percentiles[] = [];
  const beside: Percentiles[] = [];
  await percentilesOfReads(db, near, far);
  for (let round = 0; round < RUNAWAY_ROUNDS; round++) {
    alone.push(await percentilesOfReads(db, near, far));
    const stop = startRunaway(db, runaway);
    beside.push(await percentilesOfReads(db, near, far));
    await stop();
  }
  const figure = (name: string, of: keyof Percentiles) =>
    under(name, "ms", median(beside.map((each) => each[of])), median(alone.map((each) => each[of])), 2);
  return [
    figure("p99 in the lane of a runaway tenant; without it", "inItsLane"),
    figure("p99 of all tenants but the runaway; without it", "inAll"),
  ];
}

function startRunaway(db: Database, schema: SchemaName): () => Promise<void> {
  let running = true;
  let done = 0;
  const workers = Array.from({ length: RUNAWAY_AT_ONCE }, async () => {
    while (running) {
      // Rejected after waiting two seconds: try again immediately.
      await withTenant(db, schema, async (tx) => await tx.execute(sql`select pg_sleep(0.2)`))
        .then(() => done++, () => {});
    }
  });
  return async () => {
    running = false;
    await Promise.all(workers);
    if (done === 0) throw new Error("The runaway tenant completed nothing.");
  };
}

async function percentilesOfReads(
  db: Database,
  near: SchemaName[],
  far: SchemaName[],
): Promise<Percentiles> {
  const [inItsLane, elsewhere]: [number[], number[]] = [[], []];
  await Promise.all([
    ...near.map((schema) => readForARound(db, schema, inItsLane)),
    ...far.map((schema) => readForARound(db, schema, elsewhere)),
  ]);
  return { inItsLane: percentile(inItsLane, 0.99), inAll: percentile([...inItsLane, ...elsewhere], 0.99) };
}

async function readForARound(db: Database, schema: SchemaName, times: number[]): Promise<void> {
  const ends = performance.now() + ROUND_MILLISECONDS;
  while (performance.now() < ends) {
    const asked = performance.now();
    await readProject(db, schema);
    times.push(performance.now() - asked);
    await pause(Math.random() * 2 * NEIGHBORS_PAUSE_MILLISECONDS);
  }
}
