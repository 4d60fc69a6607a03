import { eq, sql } from "drizzle-orm";
import { connect, type ConnectOptions, type Database } from "../../db/connection/connect.ts";
import { readTenant } from "../../db/connection/with_tenant.ts";
import { projects } from "../../db/tenant/schema/projects.ts";
import type { SchemaName } from "../../db/tenant/schema_name.ts";
import type { Fleet } from "./fleet.ts";
import { withAdmin } from "./removal.ts";

const AT_ONCE = 16;
const PROJECTS = 20;
const FILLED_AT_ONCE = 100;
const MEGABYTE_IN_KILOBYTES = 1_024;

/** A process's connections: eight for tenants, two for statements on `control`, two for transactions there. */
export const CONNECTIONS = 12;
export const LANES = 4;

/** Separate connections, like those of a product process. */
export async function withConnections<T>(
  { url }: Fleet,
  options: ConnectOptions,
  work: (db: Database) => Promise<T>,
): Promise<T> {
  const db = connect({ url }, options);
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

/** Gives each tenant twenty projects. */
export async function fillProjects({ adminUrl }: Fleet, schemas: SchemaName[]): Promise<void> {
  await withAdmin(adminUrl, async (admin) => {
    for (let start = 0; start < schemas.length; start += FILLED_AT_ONCE) {
      const each = schemas.slice(start, start + FILLED_AT_ONCE).map((schema) =>
        `insert into ${schema}.projects (id, name, owner_id, created_at, updated_at)
           select ('${
          idOf(0).slice(0, -2)
        }' || to_char(n, 'fm00'))::uuid, 'Project ' || n, gen_random_uuid(), now(), now()
           from generate_series(0, ${PROJECTS - 1}) n`
      );
      await admin.unsafe(each.join(";"));
    }
  });
}

/** One project, by its index, as the tenant. */
export async function readProject(db: Database, schema: SchemaName): Promise<void> {
  const id = idOf(Math.floor(Math.random() * PROJECTS));
  const [rows] = await readTenant(
    db,
    schema,
    (tx) => [tx.select().from(projects).where(eq(projects.id, id))],
  );
  if (rows.length !== 1) throw new Error(`There is no project ${id} in ${schema}.`);
}

function idOf(number: number): string {
  return `00000000-0000-7000-8000-0000000000${String(number).padStart(2, "0")}`;
}

/** Reads projects of random tenants for the given milliseconds. Returns reads per second. */
export async function readAtRandom(
  db: Database,
  schemas: SchemaName[],
  milliseconds: number,
): Promise<number> {
  const started = performance.now();
  let reads = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (performance.now() - started < milliseconds) {
      await readProject(db, schemas[Math.floor(Math.random() * schemas.length)]!);
      reads++;
    }
  }));
  return reads / (performance.now() - started) * 1_000;
}

/** Reads from all of `tables` as each tenant, `rounds` times, in random order. */
export async function readAllTables(
  db: Database,
  schemas: SchemaName[],
  tables: string[],
  rounds: number,
): Promise<void> {
  const queue = Array.from({ length: rounds }, () => shuffled(schemas)).flat();
  const queries = tables.map((table) => sql`select 1 from ${sql.identifier(table)} limit 1`);
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let schema = queue.pop(); schema; schema = queue.pop()) {
      await readTenant(db, schema, (tx) => queries.map((query) => tx.execute(query)));
    }
  }));
}

/** Total private memory of the database's backends in megabytes, except the backend of this query. */
export async function backendMemory({ adminUrl }: Fleet): Promise<number> {
  return await withAdmin(adminUrl, async (admin) => {
    const rows = await admin<{ status: string | null }[]>`
      select pg_read_file('/proc/' || pid || '/status', 0, 100000, true) as status from pg_stat_activity
      where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`;
    const kilobytes = rows.map(({ status }) => Number(/RssAnon:\s+(\d+) kB/.exec(status ?? "")?.[1] ?? 0));
    return kilobytes.reduce((sum, each) => sum + each, 0) / MEGABYTE_IN_KILOBYTES;
  });
}

export function shuffled<T>(items: T[]): T[] {
  return items.map((item) => ({ item, place: Math.random() })).toSorted((one, other) =>
    one.place - other.place
  )
    .map(({ item }) => item);
}
