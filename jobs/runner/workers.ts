import { sql } from "drizzle-orm";
import type { Database } from "../../db/connection/connect.ts";
import { jobWorkers } from "../../db/control/schema/outbox.ts";
import { LEASE_SECONDS } from "./lease.ts";
import { executeWithCachedPlan } from "./query_plans.ts";

/** Records that a worker is alive, and removes workers that no longer report. Returns how many are alive. */
export async function reportWorker(
  db: Database,
  worker: { id: string; engine: "kv" | "postgres" },
): Promise<number> {
  const [row] = await executeWithCachedPlan<{ workers: number }>(
    db,
    sql`
    with gone as (delete from ${jobWorkers} where seen_at < now() - ${LEASE_SECONDS} * interval '1 second' and id <> ${worker.id}),
    me as (insert into ${jobWorkers} (id, engine, seen_at) values (${worker.id}, ${worker.engine}, now())
      on conflict (id) do update set seen_at = now())
    select count(*)::int + 1 as workers from ${jobWorkers}
    where id <> ${worker.id} and seen_at >= now() - ${LEASE_SECONDS} * interval '1 second'`,
  );
  return row!.workers;
}

export async function removeWorker(db: Database, id: string): Promise<void> {
  await executeWithCachedPlan(db, sql`delete from ${jobWorkers} where id = ${id}`);
}
