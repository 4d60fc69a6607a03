import { createApiKey } from "../../src/api_access/api_keys.ts";
import { countCall, endCall, type LimitedKey, startCall } from "../../src/api_access/call_limits.ts";
import { authenticateKey } from "../../src/api_access/key_authentication.ts";
import { newApiKey } from "../../src/api_access/key_input.ts";
import { newId } from "../../src/platform/ids.ts";
import type { Services } from "../../src/ports.ts";
import { RATE_LIMITER } from "../../src/rate_limits/limiter.ts";
import type { TenantId } from "../../src/tenancy/tenant.ts";
import { SilentServer } from "../support/redis.ts";
import { World } from "../support/world.ts";
import type { LimiterLoad } from "./limiter_process.ts";
import { type Figure, median, percentile, timed, within } from "./measure.ts";

const REDIS = Deno.env.get("TEST_REDIS_URL") || "redis://127.0.0.1:6379";
const CALLS = 5_000;
const TENANTS = 50;
const MICROSECONDS = 1_000;
/** The targets of the limits' cost for one call. */
const IN_PROCESS_MICROSECONDS = 60;
const ON_REDIS_MILLISECONDS = 0.5;
const HUNG_MILLISECONDS = 100;
const PROCESSES = 4;
const OVERLOAD: LimiterLoad = { limit: 200, window: 2_000, attemptsASecond: 250, seconds: 10 };

/** What guards a call of the API costs. Each part of the API adds its function here. */
export async function benchApi(): Promise<Figure[]> {
  return [...await benchKeys(), ...await benchLimits(), ...await benchHungRedis(), ...await benchOverload()];
}

/** Authenticating a key: in the cache, and with a typo. */
async function benchKeys(): Promise<Figure[]> {
  await using world = await World.open();
  const { ctx } = await world.company("acme");
  const input = newApiKey.parse({ name: "Bench", permissions: ["projects:read"] });
  const secret = (await createApiKey(ctx, input))!.apiKey;
  const typo = secret.slice(0, -1) + (secret.endsWith("0") ? "1" : "0");
  const authenticate = (key: string) => authenticateKey(world.services, key, "127.0.0.1").catch(() => null);
  const [known, wrong] = [
    await medianOf(() => authenticate(secret)),
    await medianOf(() => authenticate(typo)),
  ];
  return [
    within("authenticating a cached API key", "µs", known * MICROSECONDS, wrong * MICROSECONDS, {
      below: 60,
    }),
  ];
}

/** The limits of a tenant and of a key, in process and on a local Redis. */
async function benchLimits(): Promise<Figure[]> {
  await using world = await World.open();
  const inProcess = await costOfLimits(world.services, () => world.clock.advance(5));
  const figures = [
    within(
      "limits of a call, in process",
      "µs",
      inProcess * MICROSECONDS,
      await costOfClock() * MICROSECONDS,
      { below: IN_PROCESS_MICROSECONDS },
    ),
  ];
  await using onRedis = await World.open({ REDIS_URL: REDIS });
  const { counter } = onRedis.services.use(RATE_LIMITER);
  await counter.check();
  const ping = await medianOf(async () => await counter.check());
  const cost = await costOfLimits(onRedis.services, () => {});
  return [
    ...figures,
    within("limits of a call, on a local Redis (PING beside)", "ms", cost, ping, {
      below: ON_REDIS_MILLISECONDS,
    }),
  ];
}

/** A Redis that takes connections and never answers. */
async function benchHungRedis(): Promise<Figure[]> {
  using silent = new SilentServer();
  await using world = await World.open({ REDIS_URL: silent.url });
  const tenant = { id: newId<TenantId>(), plan: "premium" as const };
  const key = { id: newId(), requestsPerMinute: 10 };
  const waits: number[] = [];
  for (let call = 0; call < 20; call++) {
    waits.push(await timed(() => countCall(world.services, tenant, key)));
  }
  return [
    within("a call while Redis hangs: the longest wait", "ms", Math.max(...waits), HUNG_MILLISECONDS, {
      below: HUNG_MILLISECONDS,
    }),
    within("a call while Redis hangs: the median wait, by the breaker", "ms", median(waits), 1, { below: 1 }),
  ];
}

/** Four processes that send ten times as much as their common limit on Redis. */
async function benchOverload(): Promise<Figure[]> {
  const key = `denizen:bench:${newId()}`;
  const runs = await Promise.all(Array.from({ length: PROCESSES }, () => overload(key)));
  const passed = runs.flat().sort((one, other) => one.from - other.from);
  // A call passed between the two times, so only calls that surely fell into a window count.
  const most = Math.max(
    ...passed.map(({ from }) =>
      passed.filter((other) => other.from >= from && other.to <= from + OVERLOAD.window).length
    ),
  );
  const fair = OVERLOAD.limit * OVERLOAD.seconds * 1_000 / OVERLOAD.window;
  return [
    within("4 processes at ten times the limit: most calls in any window", "calls", most, OVERLOAD.limit, {
      below: OVERLOAD.limit + 1,
    }),
    within("4 processes at ten times the limit: calls that passed", "calls", passed.length, fair, {
      atLeast: 0.9 * fair,
    }),
  ];
}

async function overload(key: string): Promise<{ from: number; to: number }[]> {
  const script = new URL("./limiter_process.ts", import.meta.url).pathname;
  const args = ["run", "--no-check", "-q", "-P=test", script, REDIS, key, JSON.stringify(OVERLOAD)];
  const { code, stdout } = await new Deno.Command("deno", { args, stderr: "inherit" }).output();
  if (code !== 0) throw new Error("A process of the overload failed.");
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** The median cost of what `runWithinLimits` does for a call with a limited key, in milliseconds. */
async function costOfLimits(services: Services, passTime: () => void): Promise<number> {
  const tenants = Array.from(
    { length: TENANTS },
    () => ({ id: newId<TenantId>(), plan: "enterprise" as const }),
  );
  const keys: LimitedKey[] = tenants.map(() => ({ id: newId(), requestsPerMinute: 1_000 }));
  let call = 0;
  return await medianOf(async () => {
    passTime();
    const tenant = tenants[call % TENANTS]!;
    startCall(services, tenant);
    await countCall(services, tenant, keys[call++ % TENANTS]!);
    endCall(services, tenant);
  });
}

/** What measuring itself costs. */
function costOfClock(): Promise<number> {
  return medianOf(() => Promise.resolve());
}

async function medianOf(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let call = 0; call < CALLS; call++) times.push(await timed(work));
  return percentile(times, 0.5);
}
