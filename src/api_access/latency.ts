/**
 * Durations are counted in buckets on a logarithmic scale. Bucket 0 has durations up to 0.1 ms, and each further bucket ends at 1.1
 * times the end of the bucket before it. The geometric middle stands for a bucket, so it is at most 5 % off (the square root of
 * 1.1 is 1.0488). The last bucket also has everything longer than 162 seconds.
 */
const FIRST_END_MILLISECONDS = 0.1;
const GROWTH = 1.1;
const LAST_BUCKET = 150;

/** How many calls are in a bucket. */
export type BucketCount = { bucket: number; calls: number };

/** Durations in milliseconds that 50, 95 and 99 % of the calls didn't exceed, each at most 5 % off. */
export type Latency = { p50: number; p95: number; p99: number };

/** The bucket of a duration in milliseconds. */
export function bucketOf(milliseconds: number): number {
  if (milliseconds <= FIRST_END_MILLISECONDS) return 0;
  const steps = Math.log(milliseconds / FIRST_END_MILLISECONDS) / Math.log(GROWTH);
  return Math.min(Math.ceil(steps), LAST_BUCKET);
}

/** The latency of calls, or null without calls. */
export function latencyOf(counts: readonly BucketCount[]): Latency | null {
  const sorted = counts.toSorted((one, other) => one.bucket - other.bucket);
  const total = sorted.reduce((sum, { calls }) => sum + calls, 0);
  if (total === 0) return null;
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(sorted, total, share));
  return { p50: p50!, p95: p95!, p99: p99! };
}

/** The nearest-rank percentile: the duration of the call at position `share × total`. */
function percentile(sorted: readonly BucketCount[], total: number, share: number): number {
  let left = Math.ceil(share * total);
  const found = sorted.find(({ calls }) => (left -= calls) <= 0) ?? sorted.at(-1)!;
  return middleOf(found.bucket);
}

function middleOf(bucket: number): number {
  return FIRST_END_MILLISECONDS * (bucket === 0 ? 1 : GROWTH ** (bucket - 0.5));
}
