import { eq } from "drizzle-orm";
import fc from "fast-check";
import assert from "node:assert/strict";
import { outbox } from "../../db/control/schema/outbox.ts";
import { RESET_PASSWORD } from "../../src/identity/emails.ts";
import { requestPasswordLink } from "../../src/identity/password_links.ts";
import { MINUTE, SECOND } from "../../src/platform/clock.ts";
import { newToken } from "../../src/platform/crypto.ts";
import type { Count, Counter, Request } from "../../src/rate_limits/counter.ts";
import { enforce, RATE_LIMITER, take, type Taken } from "../../src/rate_limits/limiter.ts";
import { MemoryCounter } from "../../src/rate_limits/memory_counter.ts";
import { rateLimit } from "../../src/rate_limits/rate_limit.ts";
import { RedisCounter } from "../../src/rate_limits/redis_counter.ts";
import { argumentsOf, readCount, SCRIPT } from "../../src/rate_limits/script.ts";
import { UpstashCounter } from "../../src/rate_limits/upstash_counter.ts";
import { ManualClock } from "../support/clock.ts";
import { startWorker, until } from "../support/jobs.ts";
import { connectToRedis, RedisProxy, redisUrl, SilentServer, UpstashServer } from "../support/redis.ts";
import { PASSWORD, World } from "../support/world.ts";

/**
 * Protects: processes that share Redis share their limits, by one clock. While Redis doesn't answer, nobody waits for it: sign-in
 * is closed, and the API open.
 */

const OPEN = rateLimit("test_open", { limit: 2, window: MINUTE, whenDown: "open" });
const ignore = !redisUrl;
const LONGEST_WAIT = 50;
/** How much longer than its deadline a timer takes on a busy machine. */
const TOLERANCE = 40;

Deno.test(
  { name: "S65 processes that share Redis let no more than the limit pass in any window", ignore },
  async () => {
    const counters = Array.from({ length: 4 }, () => new RedisCounter(redisUrl!));
    for (const counter of counters) await until(() => counter.check().then(() => true, () => false));
    const [limit, window, key] = [20, 300, newToken()];
    const passed: { from: number; to: number }[] = [];
    const client = async (counter: Counter) => {
      for (const start = performance.now(); performance.now() - start < 4 * window;) {
        const from = performance.now();
        const { hasRoom } = await counter.count({ action: "take", key, limit, window, cost: 1 });
        if (hasRoom) passed.push({ from, to: performance.now() });
      }
    };

    await Promise.all(counters.flatMap((counter) => [client(counter), client(counter), client(counter)]));

    for (const counter of counters) counter.close();
    for (const { from } of passed) {
      const surelyWithin = passed.filter((other) => other.from >= from && other.to <= from + window);
      assert.ok(surelyWithin.length <= limit, `${surelyWithin.length} passed in a window`);
    }
    assert.ok(passed.length >= 3 * limit, `only ${passed.length} passed in four windows`);
  },
);

Deno.test({ name: "Redis counts exactly like the memory of a process", ignore }, async () => {
  const client = await connectToRedis();
  // Only the time comes from the test.
  const script = SCRIPT.replace("redis.call('TIME')", "{ ARGV[6], ARGV[7] }");
  const steps = fc.array(
    fc.record({
      wait: fc.integer({ min: -20_000, max: 40_000 }),
      action: fc.constantFrom("take", "take", "take", "look", "give_back"),
      cost: fc.constantFrom(1, 2, 3, 9),
    }),
    { minLength: 10, maxLength: 60 },
  );

  await fc.assert(
    fc.asyncProperty(steps, async (steps) => {
      const clock = new ManualClock();
      const [memory, key] = [new MemoryCounter(clock), newToken()];
      let part = 0;
      for (const { wait, action, cost } of steps) {
        clock.advance(wait);
        const request = { action, key, limit: 8, window: MINUTE, cost, part } as const;
        const now = clock.now().getTime();
        const time = [String(Math.floor(now / 1_000)), String(now % 1_000 * 1_000)];
        const answer = await client.eval(script, {
          keys: [key],
          arguments: [...argumentsOf(request), ...time],
        });
        const count = memory.count(request);
        assert.deepEqual(readCount(answer), count);
        if (action === "take" && count.hasRoom) part = count.part;
      }
    }),
    { numRuns: 30 },
  );

  await client.close();
});

Deno.test("a limit tells what is left of it and when there is more, for each key and plan apart", async () => {
  await using world = await World.open();
  const first = await take(world.system, OPEN, "one", { limit: 3 });
  world.clock.advance(MINUTE / 2);

  const taken = await take(world.system, OPEN, "one", { limit: 3, cost: 2 });
  const refused = await take(world.system, OPEN, "one", { limit: 3 });
  const other = await take(world.system, OPEN, "other");

  assert.deepEqual([first, taken, refused, other].map(told), [
    { allowed: true, limit: 3, remaining: 2, retryAfter: 0, resetAfter: 61 },
    { allowed: true, limit: 3, remaining: 0, retryAfter: 0, resetAfter: 61 },
    { allowed: false, limit: 3, remaining: 0, retryAfter: 31, resetAfter: 61 },
    { allowed: true, limit: 2, remaining: 1, retryAfter: 0, resetAfter: 61 },
  ]);
});

Deno.test({ name: "Upstash counts over HTTP like Redis does over its own protocol", ignore }, async () => {
  await using server = await UpstashServer.start();
  const counter = new UpstashCounter(server.url, server.token);
  const request: Request = { action: "take", key: newToken(), limit: 2, window: MINUTE, cost: 1 };

  const counts: Count[] = [];
  for (let attempt = 0; attempt < 3; attempt++) counts.push(await counter.count(request));
  await counter.check();
  const wrongToken = await new UpstashCounter(server.url, "wrong").count(request).catch(String);

  assert.deepEqual(counts.map(({ hasRoom, used }) => [hasRoom, used]), [[true, 1], [true, 2], [false, 2]]);
  assert.ok(counts[2]!.roomAfter > MINUTE / 2 && counts[2]!.roomAfter <= MINUTE + MINUTE / 60);
  assert.match(String(wrongToken), /WRONGPASS/);
});

Deno.test({
  name: "replicas on Redis share a limit, store no email address there, and report its health",
  ignore,
}, async () => {
  await using world = await World.open({ REDIS_URL: redisUrl! });
  const replica = await world.replica();
  const key = `${newToken()}@acme.example`;

  const taken = [];
  for (const services of [world.services, replica, world.services, replica]) {
    await services.use(RATE_LIMITER).counter.check(); // as a server does when it starts
    taken.push(await take({ services }, OPEN, key));
  }
  await taken[0]!.giveBack();
  const afterwards = await take({ services: replica }, OPEN, key);

  const client = await connectToRedis();
  const keys = await Array.fromAsync(client.scanIterator({ MATCH: "denizen:rate:test_open:*" }));
  await client.close();
  await replica.close();
  assert.deepEqual(taken.map(({ allowed }) => allowed), [true, true, false, false]);
  assert.equal(afterwards.allowed, true);
  assert.ok(keys.length > 0);
  assert.doesNotMatch(JSON.stringify(keys), /acme/);
  const { status, checks } = await world.services.health.report();
  assert.equal(status, "healthy", JSON.stringify(checks));
});

Deno.test("while Redis hangs or refuses, sign-in closes and the API stays open, within 50 milliseconds", async (t) => {
  using silent = new SilentServer();
  for (const [state, url] of [["hangs", silent.url], ["refuses", "redis://127.0.0.1:1"]] as const) {
    await t.step(state, async () => {
      await using world = await World.open({ REDIS_URL: url });
      await using worker = await startWorker(world, "kv");
      const acme = await world.company("acme");
      const login = { email: acme.owner.email, password: PASSWORD };

      const waits: number[] = [];
      const opens: Taken[] = [];
      for (let attempt = 0; attempt < 5; attempt++) {
        const start = performance.now();
        opens.push(await take(world.system, OPEN, "a key"));
        waits.push(performance.now() - start);
      }
      const program = await world.api("POST", "/auth/login", { body: login });
      const page = await world.browser().post(`http://${world.host()}/login`, login);
      await requestPasswordLink(world.system, login, { ipAddress: "", userAgent: "" });
      await worker.idle();
      const [emailJob] = await world.system.control.select().from(outbox).where(
        eq(outbox.name, RESET_PASSWORD.job.name),
      );
      const { checks } = await world.services.health.report();
      const { text } = await world.services.metrics.scrape();

      for (const { allowed, isDown } of opens) assert.deepEqual([allowed, isDown], [true, true]);
      assert.ok(Math.min(...waits) < LONGEST_WAIT + TOLERANCE, `waited ${waits} ms`);
      assert.deepEqual([program.status, program.headers["retry-after"]], [503, "10"]);
      assert.match(program.headers["content-type"]!, /problem\+json/);
      assert.equal(page.status, 503);
      assert.deepEqual([emailJob!.state, emailJob!.attempts], ["waiting", 1], "the email is sent later");
      assert.equal(checks.find(({ name }) => name === "cache")?.status, "fail");
      assert.match(text, /saas_rate_limiter_failures_total\{limit="test_open"\} 5/);
      assert.match(text, /saas_rate_limiter_failures_total\{limit="sign_in_account"\} [1-9]/);
      await assert.rejects(enforce(world.system, { ...OPEN, whenDown: "closed" }, "a key"), {
        kind: "unavailable",
      });
    });
  }
});

Deno.test(
  {
    name: "soon after a Redis that hung answers again, attempts count, and those over the limit are refused",
    ignore,
  },
  async () => {
    await using proxy = await RedisProxy.start();
    await using world = await World.open({ REDIS_URL: proxy.url });
    await world.services.use(RATE_LIMITER).counter.check();
    const [key, other] = [newToken(), newToken()];
    const attempt = (key: string) => take(world.system, OPEN, key);

    const before = await attempt(key);
    proxy.hang();
    const during: Taken[] = [];
    for (let count = 0; count < 10; count++) during.push(await attempt(other));
    proxy.forward();
    const start = performance.now();
    await until(async () => !(await attempt(newToken())).isDown);
    const seconds = (performance.now() - start) / SECOND;
    const after = [await attempt(key), await attempt(key)];

    assert.deepEqual([before, ...during].map(({ isDown }) => isDown), [false, ...Array(10).fill(true)]);
    assert.deepEqual(after.map(({ isDown, allowed }) => [isDown, allowed]), [[false, true], [false, false]]);
    assert.ok(seconds < 10, `Redis counted again after ${seconds} s`);
  },
);

/** What a response can tell a program. */
function told({ allowed, limit, remaining, retryAfter, resetAfter }: Taken) {
  return { allowed, limit, remaining, retryAfter, resetAfter };
}
