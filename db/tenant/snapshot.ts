import type { Database } from "../connection/connect.ts";
import { runScript, runTransaction } from "../connection/transaction.ts";
import type { ControlTx, TenantTx } from "../connection/with_tenant.ts";
import { parseSchemaName, type SchemaName } from "./schema_name.ts";

/** One moment of the database. `enterTenant` takes the tenant's role, and from then on nothing else can be read. */
export type Snapshot = { control: ControlTx; enterTenant(): Promise<TenantTx> };

const PAGE_TIMEOUT_MILLISECONDS = 30_000;
const BEGIN = `begin isolation level repeatable read read only;
  set local statement_timeout = ${PAGE_TIMEOUT_MILLISECONDS}`;

/**
 * Runs `work` in one read-only transaction that sees the database as it is when it starts. It has a connection of its own, so it takes
 * none from requests. The embedded database has a single backend: while `work` runs, everything else waits.
 */
export async function withSnapshot<T>(
  db: Database,
  schema: SchemaName,
  work: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  const name = parseSchemaName(schema);
  const pool = db.openPool(1);
  try {
    return await runTransaction({ pool, holder: name }, BEGIN, (tx) =>
      work({
        control: tx as ControlTx,
        async enterTenant() {
          await runScript(tx, `set local role ${name}; set local search_path = ${name}`);
          return tx as TenantTx;
        },
      }));
  } finally {
    await pool.close();
  }
}
