import assert from "node:assert/strict";
import { bucketOf, latencyOf } from "../../src/api_access/latency.ts";

/** Protects: percentiles from buckets are at most 5 % off, from a tenth of a millisecond to more than two minutes. */

Deno.test("a single duration is at most 5 % off", () => {
  const durations = Array.from({ length: 1_000 }, (_, step) => 0.1 * 1.0142 ** step).filter((each) =>
    each < 160_000
  );

  for (const duration of durations) {
    const { p50, p99 } = latencyOf([{ bucket: bucketOf(duration), calls: 1 }])!;
    assert.ok(Math.abs(p50 / duration - 1) <= 0.05, `${duration} became ${p50}`);
    assert.equal(p50, p99);
  }
});

Deno.test("percentiles are those of the sorted durations", () => {
  const durations = Array.from(
    { length: 10_000 },
    (_, number) => 1 + (number * 7_919 % 10_000) ** 2 / 50_000,
  );
  const counts = [...Map.groupBy(durations, bucketOf)].map(([bucket, { length }]) => ({
    bucket,
    calls: length,
  }));

  const latency = latencyOf(counts)!;

  const sorted = durations.toSorted((one, other) => one - other);
  for (const [name, rank] of [["p50", 5_000], ["p95", 9_500], ["p99", 9_900]] as const) {
    assert.ok(Math.abs(latency[name] / sorted[rank - 1]! - 1) <= 0.05, `${name}: ${latency[name]}`);
  }
});

Deno.test("the shortest and longest durations share the outer buckets, and nothing has no latency", () => {
  assert.deepEqual([0, 0.05, 0.1].map(bucketOf), [0, 0, 0]);
  assert.deepEqual([200_000, 10 ** 9].map(bucketOf), [150, 150]);
  assert.equal(latencyOf([]), null);
});
