import { connect } from "../../../db/connection/connect.ts";
import { parseDatabaseUrl } from "../../../db/connection/database_url.ts";
import { readTenant, withTenant } from "../../../db/connection/with_tenant.ts";
import type { TenantContext } from "../../context.ts";
import { part } from "../../ports.ts";
import { Replica } from "./replica.ts";

/** Reports are few and long, so all of them share one lane. */
const LANES = 1;

/** The ways to a tenant's data that a report has. */
export type ReportReader = Pick<TenantContext, "tx" | "read">;

/** The replica of `DATABASE_REPLICA_URL`, or null. */
export const REPLICA = part(
  "replica",
  ({ config, db, metrics }) => {
    const url = config.databaseReplicaUrl;
    if (!url) return null;
    const pooler = parseDatabaseUrl(url).isPooler ? "transaction" as const : "none" as const;
    const opened = connect({ url }, { connections: config.databaseConnections, lanes: LANES, pooler });
    const replica: Replica = new Replica(db, opened, metrics.watchReplica(() => replica.lag));
    metrics.onScrape(() => metrics.setPoolConnections(replica.connections()));
    return replica;
  },
  { close: async (replica) => await replica?.close() },
);

/**
 * Reads what a report needs: from the replica if there is one that keeps up, and otherwise from the database itself. `work` may run
 * twice, and must not change anything.
 */
export function readReport<Result>(
  ctx: TenantContext,
  work: (reader: ReportReader) => Promise<Result>,
): Promise<Result> {
  const { services, tenant } = ctx;
  const replica = services.use(REPLICA);
  if (!replica) return work(ctx);
  return replica.read(
    (db) =>
      work({
        tx: (queries, limits) => withTenant(db, tenant.schemaName, queries, limits),
        read: (build) => readTenant(db, tenant.schemaName, build),
      }),
    () => work(ctx),
  );
}
