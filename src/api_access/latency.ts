import { millisecondsOf } from "../../db/stream/latency_buckets.ts";

/** How many calls were as fast as a bucket says: see latency_buckets.ts. */
export type BucketCount = { bucket: number; calls: number };

/** Durations in milliseconds that 50, 95 and 99 % of the calls didn't exceed, each at most 5 % off. */
export type Latency = { p50: number; p95: number; p99: number };

/** The latency of calls, or null without calls. */
export function latencyOf(counts: readonly BucketCount[]): Latency | null {
  const sorted = counts.toSorted((one, other) => one.bucket - other.bucket);
  const total = sorted.reduce((sum, { calls }) => sum + calls, 0);
  if (total === 0) return null;
  return {
    p50: percentile(sorted, total, 0.5),
    p95: percentile(sorted, total, 0.95),
    p99: percentile(sorted, total, 0.99),
  };
}

/** The nearest-rank percentile: the duration of the call at position `share × total`. */
function percentile(sorted: readonly BucketCount[], total: number, share: number): number {
  let left = Math.ceil(share * total);
  const found = sorted.find(({ calls }) => (left -= calls) <= 0) ?? sorted.at(-1)!;
  return millisecondsOf(found.bucket);
}
