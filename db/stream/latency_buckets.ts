/**
 * Durations are counted in buckets on a logarithmic scale. Bucket 0 has durations up to 0.1 ms. Each further bucket ends at 1.1 times
 * the end of the bucket before it. A percentile is the geometric middle of its bucket, so it is at most 5 % off (the square root
 * of 1.1 is 1.0488). The last bucket also counts everything longer than 162 seconds.
 */
const FIRST_END_MICROSECONDS = 100;
const GROWTH = 1.1;
const LAST_BUCKET = 150;

/** The SQL expression for the bucket of a duration in microseconds. `duration` is an SQL expression. */
export function bucketSql(duration: string): string {
  const steps = `ceil(ln(${duration} / ${FIRST_END_MICROSECONDS}::float8) / ln(${GROWTH}::float8))`;
  return `(case when ${duration} <= ${FIRST_END_MICROSECONDS} then 0 else least(${LAST_BUCKET}, ${steps}) end)::smallint`;
}

/** The duration that stands for a bucket, in milliseconds. */
export function millisecondsOf(bucket: number): number {
  const microseconds = FIRST_END_MICROSECONDS * (bucket === 0 ? 1 : GROWTH ** (bucket - 0.5));
  return microseconds / 1_000;
}
