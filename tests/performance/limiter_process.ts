/** One of the processes of api_bench.ts: sends calls to one limit on Redis, and prints when those that passed were sent and answered. */
import { newId } from "../../src/platform/ids.ts";
import { RedisCounter } from "../../src/rate_limits/redis_counter.ts";

export type LimiterLoad = {
  limit: number;
  /** In milliseconds. */
  window: number;
  /** Of each process. */
  attemptsASecond: number;
  seconds: number;
};

if (import.meta.main) {
  const [url, key, load] = Deno.args as [string, string, string];
  const { limit, window, attemptsASecond, seconds }: LimiterLoad = JSON.parse(load);
  const counter = new RedisCounter(url);
  await counter.count({ action: "look", key: newId(), limit, window, cost: 1 }).catch(() => {});
  await counter.check();
  const passed: { from: number; to: number }[] = [];
  const now = () => performance.timeOrigin + performance.now();
  const attempt = async () => {
    const from = now();
    const { hasRoom } = await counter.count({ action: "take", key, limit, window, cost: 1 });
    if (hasRoom) passed.push({ from, to: now() });
  };
  const waiting: Promise<void>[] = [];
  for (let start = performance.now(), sent = 0; sent < attemptsASecond * seconds; sent++) {
    const early = start + sent * 1_000 / attemptsASecond - performance.now();
    if (early > 1) await new Promise((done) => setTimeout(done, early));
    waiting.push(attempt());
  }
  await Promise.all(waiting);
  counter.close();
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(passed)));
}
