import type { SystemContext } from "../src/context.ts";
import { getQueues } from "../src/operations/job_list.ts";
import { SECOND } from "../src/platform/clock.ts";
import { countTenantsByPlan } from "../src/tenancy/tenants_by_plan.ts";
import { askMetrics } from "./running_server.ts";

/** What the server on this machine has done since it started. Null if none answers. */
export type ServerCounts = {
  requests: number;
  /** Answers with a status from 500 on. */
  errors: number;
  /** The bounds of the latency histogram in seconds, and the requests that took at most so long. */
  buckets: Map<number, number>;
  pools: { pool: string; busy: number; idle: number; waiting: number }[];
};

export type Status = {
  at: string;
  /** `seconds` is the time that the figures are about; null since the server started. Milliseconds of half and of 95 % of the requests. */
  requests: {
    seconds: number | null;
    requests: number;
    per_second: number | null;
    errors: number;
    p50_ms: number | null;
    p95_ms: number | null;
  } | null;
  queues: {
    queue: string;
    ready: number;
    running: number;
    waiting: number;
    failed: number;
    done_last_hour: number;
  }[];
  workers: number;
  pools: ServerCounts["pools"];
  tenants: Record<string, number>;
};

/** The installation now. With `before`, the figures of requests are of the time since then. */
export async function readStatus(
  ctx: SystemContext,
  before?: { counts: ServerCounts | null; at: number },
): Promise<{ status: Status; counts: ServerCounts | null; at: number }> {
  const { services } = ctx;
  const [answer, { queues, workers }, tenants] = await Promise.all([
    askMetrics(services.config),
    getQueues(ctx),
    countTenantsByPlan(services.db),
  ]);
  const counts = "failure" in answer || answer.status !== 200 ? null : countsIn(answer.text);
  const now = services.clock.now();
  const seconds = before?.counts ? (now.getTime() - before.at) / SECOND : null;
  const status = {
    at: now.toISOString(),
    requests: counts && figuresOf(counts, before?.counts ?? null, seconds),
    queues: queues.map(({ queue, depth: { ready, running, waiting, failed }, lastHour }) => ({
      queue,
      ready,
      running,
      waiting,
      failed,
      done_last_hour: lastHour.done,
    })),
    workers,
    pools: counts?.pools ?? [],
    tenants,
  };
  return { status, counts, at: now.getTime() };
}

/** Reads Prometheus' text format. */
export function countsIn(text: string): ServerCounts {
  const counts: ServerCounts = { requests: 0, errors: 0, buckets: new Map(), pools: [] };
  const pools = new Map<string, Record<string, number>>();
  for (const [, name, labelText, number] of text.matchAll(/^(\w+)\{(.*)\} (\S+)$/gm)) {
    const labels = Object.fromEntries(
      [...labelText!.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, value]) => [label!, value!]),
    );
    const value = Number(number);
    if (name === "saas_tenant_requests_total") {
      counts.requests += value;
      if (labels.status!.startsWith("5")) counts.errors += value;
    } else if (name === "saas_api_duration_seconds_bucket") {
      const bound = labels.le === "+Inf" ? Infinity : Number(labels.le);
      counts.buckets.set(bound, (counts.buckets.get(bound) ?? 0) + value);
    } else if (name === "saas_db_pool_connections") {
      pools.set(labels.lane!, { ...pools.get(labels.lane!), [labels.state!]: value });
    }
  }
  counts.pools = [...pools].map(([pool, { busy = 0, idle = 0, waiting = 0 }]) => ({
    pool,
    busy,
    idle,
    waiting,
  }));
  return counts;
}

/** A server that started again in between counts from zero. */
export function figuresOf(
  now: ServerCounts,
  before: ServerCounts | null,
  seconds: number | null,
): NonNullable<Status["requests"]> {
  const from = before && before.requests <= now.requests ? before : null;
  const requests = now.requests - (from?.requests ?? 0);
  const buckets = [...now.buckets].sort(([one], [other]) => one - other)
    .map(([bound, count]) => [bound, count - (from?.buckets.get(bound) ?? 0)] as const);
  return {
    seconds,
    requests,
    per_second: seconds === null ? null : Math.round(requests / seconds * 10) / 10,
    errors: now.errors - (from?.errors ?? 0),
    p50_ms: quantile(buckets, 0.5),
    p95_ms: quantile(buckets, 0.95),
  };
}

/** The bound below which this share of the requests stayed, in milliseconds. Null without requests, or beyond the last bound. */
function quantile(buckets: (readonly [bound: number, count: number])[], share: number): number | null {
  const total = buckets.at(-1)?.[1] ?? 0;
  const [bound] = buckets.find(([, count]) => total > 0 && count >= share * total) ?? [Infinity];
  return Number.isFinite(bound) ? bound * SECOND : null;
}
