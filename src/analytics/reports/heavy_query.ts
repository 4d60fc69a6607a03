import { and, eq, sql } from "drizzle-orm";
import type { TenantTx } from "../../../db/connection/with_tenant.ts";
import { runningReports } from "../../../db/control/schema/saved_reports.ts";
import type { TenantContext } from "../../context.ts";
import { invalid, rateLimited } from "../../errors.ts";
import { SECOND } from "../../platform/clock.ts";
import { isTimeout } from "../../platform/database_errors.ts";
import { newId } from "../../platform/ids.ts";
import { problem } from "../../platform/problem.ts";
import { readReport } from "../replica/read_report.ts";

const ANOTHER_REPORT_RUNS = problem(
  "another_report_runs",
  "Another report of this workspace is being prepared. Try again in a few seconds.",
);
const REPORT_TAKES_TOO_LONG = problem(
  "report_takes_too_long",
  "This report takes longer than {seconds} seconds. Choose a shorter period.",
);

const TIMEOUT_SECONDS = 10;
const RETRY_SECONDS = 3;
const ONE_AT_ONCE = { policy: "large_reports", quota: 1, window: null };
const GONE_SECONDS = 2 * TIMEOUT_SECONDS;

/**
 * Runs a query that may read millions of events: one of a tenant at a time, for 10 seconds at most. Throws `rate_limited` while
 * another one runs, and `invalid` if it takes too long.
 */
export async function runHeavyQuery<Result>(
  ctx: TenantContext,
  query: (tx: TenantTx) => PromiseLike<Result>,
): Promise<Result> {
  const run = newId();
  if (!await begin(ctx, run)) throw rateLimited(ANOTHER_REPORT_RUNS, RETRY_SECONDS, ONE_AT_ONCE);
  try {
    return await runLimitedQuery(ctx, query);
  } finally {
    await ctx.system.control.delete(runningReports)
      .where(and(eq(runningReports.tenantId, ctx.tenant.id), eq(runningReports.run, run)));
  }
}

/** Runs a query of rollups, for 10 seconds at most. Throws `invalid` if it takes too long. */
export async function runLimitedQuery<Result>(
  ctx: TenantContext,
  query: (tx: TenantTx) => PromiseLike<Result>,
): Promise<Result> {
  try {
    return await readReport(
      ctx,
      (reader) => reader.tx(query, { statementTimeout: TIMEOUT_SECONDS * SECOND }),
    );
  } catch (error) {
    if (!isTimeout(error)) throw error;
    throw invalid({ start: REPORT_TAKES_TOO_LONG.with({ seconds: TIMEOUT_SECONDS }) });
  }
}

/** Returns false while another run of the tenant goes on, in any process. Nothing runs longer than `GONE_SECONDS`. */
async function begin({ system, tenant }: TenantContext, run: string): Promise<boolean> {
  const begun = await system.control.execute(sql`
    insert into ${runningReports} as running (tenant_id, run, started_at) values (${tenant.id}, ${run}, now())
    on conflict (tenant_id) do update set run = excluded.run, started_at = excluded.started_at
    where running.started_at < now() - ${GONE_SECONDS} * interval '1 second'
    returning run`);
  return begun.length > 0;
}
