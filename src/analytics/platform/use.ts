import { sql } from "drizzle-orm";
import { type BucketCount, type Latency, latencyOf } from "../../api_access/latency.ts";
import { PLANS } from "../../billing/plans.ts";
import type { PlanKey } from "../../billing/plans.ts";
import type { SystemContext } from "../../context.ts";
import { after, DAY } from "../../platform/clock.ts";
import type { Wording } from "../../platform/wording.ts";
import { dayOf } from "../days.ts";

/** The days of usage that are shown: those that are over. */
export const USE_DAYS = 30;
const LISTED = 20;

type Calls = { calls: number; errors: number; latency: Latency | null };

export type TenantUse = Calls & {
  tenantId: string;
  name: string;
  plan: PlanKey;
  changes: number;
  days: number;
};
export type EndpointUse = Calls & { method: string; endpoint: string; tenants: number };
export type DayOfUse = { day: string; tenants: number; calls: number; errors: number };

/** How many of each plan's `workspaces` use something. */
export type AdoptionByPlan = {
  workspaces: Record<PlanKey, number>;
  adopted: { name: string; label: Wording; byPlan: Record<PlanKey, number> }[];
};

/** Each of the last 30 days that are over: the tenants that were used, and the API's calls. */
export async function readDays(ctx: SystemContext): Promise<DayOfUse[]> {
  const rows = await ctx.control.execute<DayOfUse>(sql`
    select each::date::text as day, count(tenant_id)::int as tenants,
      coalesce(sum(calls), 0)::float8 as calls, coalesce(sum(errors), 0)::float8 as errors
    from generate_series(${firstDay(ctx)}::date, ${today(ctx)}::date - 1, interval '1 day') as each
    left join control.tenant_days on day = each::date
    group by each order by each`);
  return [...rows];
}

/** The tenants with the most calls in these days, then those with the most changes. */
export async function readTenants(ctx: SystemContext): Promise<TenantUse[]> {
  const rows = await ctx.control.execute<Omit<TenantUse, "latency"> & { buckets: BucketCount[] | null }>(sql`
    with busiest as (
      select tenant_id, sum(calls)::float8 as calls, sum(errors)::float8 as errors, sum(changes)::int as changes, count(*)::int as days
      from control.tenant_days where day >= ${firstDay(ctx)}::date
      group by tenant_id order by sum(calls) desc, sum(changes) desc, tenant_id limit ${LISTED}
    )
    select busiest.tenant_id as "tenantId", name, plan, busiest.calls, busiest.errors, busiest.changes, busiest.days, (
      select jsonb_agg(jsonb_build_object('bucket', bucket, 'calls', calls)) from (
        select (pair ->> 0)::int as bucket, sum((pair ->> 1)::bigint) as calls
        from control.tenant_days each, jsonb_array_elements(each.endpoints) as endpoint,
          jsonb_array_elements(endpoint -> 'latency') as pair
        where each.tenant_id = busiest.tenant_id and each.day >= ${
    firstDay(ctx)
  }::date group by 1) as summed) as buckets
    from busiest join control.tenants on tenants.id = busiest.tenant_id
    where status <> 'deleting'
    order by busiest.calls desc, busiest.changes desc, busiest.tenant_id`);
  return rows.map(withLatency);
}

/** The endpoints with the most calls in these days. */
export async function readEndpoints(ctx: SystemContext): Promise<EndpointUse[]> {
  const rows = await ctx.control.execute<Omit<EndpointUse, "latency"> & { buckets: BucketCount[] | null }>(
    sql`
    with called as materialized (
      select tenant_id, endpoint from control.tenant_days, jsonb_array_elements(endpoints) as endpoint
      where day >= ${firstDay(ctx)}::date
    ), busiest as (
      select endpoint ->> 'method' as method, endpoint ->> 'endpoint' as path, sum((endpoint ->> 'calls')::bigint) as calls,
        sum((endpoint ->> 'errors')::bigint) as errors, count(distinct tenant_id)::int as tenants
      from called group by 1, 2 order by 3 desc, 1, 2 limit ${LISTED}
    ), buckets as (
      select endpoint ->> 'method' as method, endpoint ->> 'endpoint' as path, (pair ->> 0)::int as bucket,
        sum((pair ->> 1)::bigint) as calls
      from called, jsonb_array_elements(endpoint -> 'latency') as pair group by 1, 2, 3
    )
    select busiest.method, busiest.path as endpoint, busiest.calls::float8 as calls, busiest.errors::float8 as errors, tenants,
      jsonb_agg(jsonb_build_object('bucket', bucket, 'calls', buckets.calls)) as buckets
    from busiest join buckets using (method, path)
    group by busiest.method, busiest.path, busiest.calls, busiest.errors, tenants
    order by busiest.calls desc, 1, 2`,
  );
  return rows.map(withLatency);
}

/** What the workspaces of each plan use. */
export async function readAdoption({ control, services }: SystemContext): Promise<AdoptionByPlan> {
  const used = services.adoptions.map(({ name, tenants }) =>
    sql`select ${name}::text as name, tenant_id from (${tenants}) as using_it group by tenant_id`
  );
  const rows = await control.execute<{ name: string | null; plan: PlanKey; tenants: number }>(sql`
    select null as name, plan, count(*)::int as tenants from control.tenants where status <> 'deleting' group by plan
    union all
    select used.name, plan, count(*)::int from (${sql.join(used, sql` union all `)}) as used
    join control.tenants on tenants.id = tenant_id where status <> 'deleting' group by used.name, plan`);
  const byPlan = (wanted: string | null) =>
    Object.fromEntries(PLANS.map((key) => [
      key,
      rows.find(({ name, plan }) => name === wanted && plan === key)?.tenants ?? 0,
    ])) as Record<PlanKey, number>;
  return {
    workspaces: byPlan(null),
    adopted: services.adoptions.map(({ name, label }) => ({ name, label, byPlan: byPlan(name) })),
  };
}

function withLatency<Row extends { buckets: BucketCount[] | null }>({ buckets, ...row }: Row) {
  return { ...row, latency: latencyOf(buckets ?? []) };
}

function today({ services }: SystemContext): string {
  return dayOf(services.clock.now());
}

function firstDay({ services }: SystemContext): string {
  return dayOf(after(services.clock.now(), -USE_DAYS * DAY));
}
