import type { Database } from "../../db/connection/connect.ts";
import type { SchemaName } from "../../db/tenant/schema_name.ts";
import { EXTRA_TABLES, withFifteenTables } from "./bench_migrations.ts";
import { type Fleet, openFleet } from "./fleet.ts";
import { backendMemory, CONNECTIONS, LANES, readAllTables, readAtRandom, withConnections } from "./load.ts";
import { type Figure, under, within } from "./measure.ts";

const SAMPLE_MILLISECONDS = 5_000;
const MAX_MEGABYTES = 2_500;
const MAX_GROWTH_PERCENT = 5;

const WIDE_TENANTS = 1_000;
/** Enough for each connection to touch nearly all of its tenants. */
const READS_OF_EACH = 24;
const PRODUCT_TABLES = ["projects", "audit_log", "daily_metrics"];

/** Memory of all backends, every five seconds while a thousand tenants read. */
export async function benchMemoryUnderLoad(
  fleet: Fleet,
  db: Database,
  active: SchemaName[],
  minutes: number,
): Promise<Figure[]> {
  const samples: number[] = [];
  for (const until = performance.now() + minutes * 60_000; performance.now() < until;) {
    await readAtRandom(db, active, SAMPLE_MILLISECONDS);
    samples.push(await backendMemory(fleet));
  }
  const half = samples.slice(Math.floor(samples.length / 2));
  const [start, end] = [half[0]!, half.at(-1)!];
  const bare = await withConnections(
    fleet,
    { connections: CONNECTIONS, lanes: LANES },
    memoryOfFresh(fleet, active),
  );
  const duration = minutes >= 2 ? `${minutes} minutes` : `${minutes * 60} s`;
  return [
    within(
      `memory of all backends in ${duration} of that, at most; fresh`,
      "MB",
      Math.max(...samples),
      bare,
      {
        below: MAX_MEGABYTES,
      },
    ),
    {
      name: `its growth in the second half: ${start.toFixed(1)} to ${end.toFixed(1)} MB`,
      value: `${((end / start - 1) * 100).toFixed(1)} %`,
      limit: `${start.toFixed(1)} MB`,
      ratio: (end / start).toFixed(2),
      target: `< ${MAX_GROWTH_PERCENT} %`,
      met: end / start < 1 + MAX_GROWTH_PERCENT / 100,
    },
  ];
}

/** Memory of the same number of connections that have touched only ten tenants. */
function memoryOfFresh(fleet: Fleet, active: SchemaName[]) {
  return async (db: Database): Promise<number> => {
    const before = await backendMemory(fleet);
    await readAtRandom(db, active.slice(0, 10), 1_000);
    return await backendMemory(fleet) - before;
  };
}

/** Growth of the backends when every tenant reads all its tables, with and without lanes. */
export async function benchMemoryByLanes(adminUrl: string): Promise<Figure> {
  const wide = await openFleet(WIDE_TENANTS, adminUrl, await withFifteenTables());
  try {
    const without = await growthWith(wide, 1);
    const withLanes = await growthWith(wide, LANES);
    const name = `what backends grow by with ${LANES} lanes, ${WIDE_TENANTS} tenants of 15 tables; without`;
    return under(name, "MB", withLanes, without, 1 / 3);
  } finally {
    await wide.close();
  }
}

async function growthWith(wide: Fleet, lanes: number): Promise<number> {
  const tables = [...PRODUCT_TABLES, ...EXTRA_TABLES];
  return await withConnections(wide, { connections: CONNECTIONS, lanes }, async (db) => {
    await readAllTables(db, wide.schemas.slice(0, 2 * LANES), PRODUCT_TABLES, READS_OF_EACH);
    const before = await backendMemory(wide);
    await readAllTables(db, wide.schemas, tables, READS_OF_EACH);
    return await backendMemory(wide) - before;
  });
}
