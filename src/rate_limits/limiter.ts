import { rateLimited, unavailable } from "../errors.ts";
import { SECOND } from "../platform/clock.ts";
import { sha256 } from "../platform/crypto.ts";
import { withDeadline } from "../platform/deadline.ts";
import { describeError, logOf } from "../platform/log.ts";
import { type Problem, problem } from "../platform/problem.ts";
import { part, type Services } from "../ports.ts";
import { Breaker } from "./breaker.ts";
import type { Action, Count, Counter, Request } from "./counter.ts";
import { MemoryCounter } from "./memory_counter.ts";
import type { RateLimit } from "./rate_limit.ts";

const TRY_AGAIN_IN_SECONDS = problem(
  "try_again_in_seconds",
  "Too many attempts. Try again in {seconds} seconds.",
);
const TRY_AGAIN_IN_MINUTES = problem(
  "try_again_in_minutes",
  "Too many attempts. Try again in {minutes} minutes.",
);
const LIMITER_DOWN = problem("limiter_down", "We can't accept this right now. Try again in a few seconds.");

/** No attempt waits longer for Redis, in milliseconds. */
const ANSWER_TIME = 50;
/** When to try again while Redis doesn't answer, in seconds. */
const DOWN_RETRY_SECONDS = 10;
/** After so many calls in a row without an answer, nobody waits for Redis any longer, except one call a second. */
const MAX_FAILURES = 5;
const TRY_AGAIN_AFTER = SECOND;
/** Messages state longer waits in minutes. */
const MAX_WAIT_IN_SECONDS = 90;

const log = logOf("rate-limits");

/** The rate limiter of this process. `take` and `enforce` use it. */
export const RATE_LIMITER = part("rate limiter", openLimiter, {
  close: async ({ counter }) => await counter.close(),
});

type Limiter = { counter: Counter; breaker: Breaker; isDown: boolean };
type Ctx = { readonly services: Services };

/** Whether it was counted, and how much is left. */
export type Taken = {
  /** The limit's name. */
  name: string;
  allowed: boolean;
  /** Whether the store of the counts didn't answer. Then `allowed` follows the limit's `whenDown`. */
  isDown: boolean;
  /** The most that passes in a window. */
  limit: number;
  /** In seconds. */
  window: number;
  remaining: number;
  /** Seconds until the next attempt can pass. 0 if this one was allowed. */
  retryAfter: number;
  /** Seconds until the whole limit is available again. */
  resetAfter: number;
  /** Uncounts this attempt. Does nothing if it wasn't allowed. */
  giveBack(): Promise<void>;
};

export type TakeOptions = {
  /** How much the attempt counts. */
  cost?: number;
  /** Replaces the declared limit, as for a limit that depends on the plan. */
  limit?: number;
};

/**
 * Counts an attempt toward the limit of `key`, unless it is over. Returns within 50 milliseconds, and never throws: a store that
 * doesn't answer counts nothing, and the limit says whether the attempt passes.
 */
export function take(ctx: Ctx, limit: RateLimit, key: string, options: TakeOptions = {}): Promise<Taken> {
  return ask(ctx, limit, key, { action: "take", ...options });
}

/** What `take` would return now. Counts nothing. */
export function look(ctx: Ctx, limit: RateLimit, key: string, options: TakeOptions = {}): Promise<Taken> {
  return ask(ctx, limit, key, { action: "look", ...options });
}

/**
 * Counts an attempt like `take`. Throws `rate_limited` with the time of the next attempt if it is over the limit, and
 * `unavailable` if the store of the counts doesn't answer and the limit closes then.
 */
export async function enforce(
  ctx: Ctx,
  limit: RateLimit,
  key: string,
  options: TakeOptions = {},
): Promise<Taken> {
  const taken = await take(ctx, limit, key, options);
  requireAllowed(ctx, taken);
  return taken;
}

/** Throws the errors of `enforce` unless the attempt is allowed. */
export function requireAllowed(
  { services, requestId }: Ctx & { readonly requestId?: string },
  { name, allowed, isDown, limit, window, retryAfter }: Taken,
): void {
  if (allowed) return;
  logOf("security").warn("rate limit reached", { limit: name, isDown, requestId });
  if (isDown) throw unavailable(LIMITER_DOWN, retryAfter);
  services.metrics.rateLimited("none");
  throw rateLimited(tryAgainIn(retryAfter), retryAfter, { policy: name, quota: limit, window });
}

async function openLimiter(services: Services): Promise<Limiter> {
  const breaker = new Breaker({ failures: MAX_FAILURES, openFor: TRY_AGAIN_AFTER });
  return { counter: await createCounter(services), breaker, isDown: false };
}

/** Nothing connects before the first attempt. Most installations don't load the clients. */
async function createCounter({ config, clock }: Services): Promise<Counter> {
  const { redisUrl, upstashUrl, upstashToken } = config;
  if (redisUrl) {
    const { RedisCounter } = await import("./redis_counter.ts");
    return new RedisCounter(redisUrl);
  }
  if (upstashUrl && upstashToken) {
    const { UpstashCounter } = await import("./upstash_counter.ts");
    return new UpstashCounter(upstashUrl, upstashToken);
  }
  return new MemoryCounter(clock);
}

async function ask(
  { services }: Ctx,
  limit: RateLimit,
  key: string,
  { action, cost = 1, limit: most = limit.limit }: TakeOptions & { action: Action },
): Promise<Taken> {
  const request = { key: keyIn(limit, key), limit: most, window: limit.window, cost };
  const count = await countIn(services, limit, { action, ...request });
  if (!count) return whileDown(limit, most);
  const { hasRoom, used, part: counted, roomAfter, emptyAfter } = count;
  return {
    name: limit.name,
    allowed: hasRoom,
    isDown: false,
    limit: most,
    window: limit.window / SECOND,
    remaining: Math.max(0, most - used),
    retryAfter: Math.ceil(roomAfter / SECOND),
    resetAfter: Math.ceil(emptyAfter / SECOND),
    giveBack: async () => {
      if (hasRoom && action === "take") {
        await countIn(services, limit, { action: "give_back", part: counted, ...request });
      }
    },
  };
}

/** Hashed, because keys contain email addresses, and Redis is no place for them. */
function keyIn({ name }: RateLimit, key: string): string {
  return `denizen:rate:${name}:${sha256(key)}`;
}

/** Null if the store of the counts fails or is too slow, or failed a moment ago. */
async function countIn(
  { use, metrics }: Services,
  { name }: RateLimit,
  request: Request,
): Promise<Count | null> {
  const limiter = use(RATE_LIMITER);
  if (!limiter.breaker.mayCall()) {
    metrics.rateLimiterFailed(name);
    return null;
  }
  try {
    const answer = limiter.counter.count(request);
    const count = answer instanceof Promise ? await withDeadline(ANSWER_TIME, () => answer) : answer;
    if (limiter.isDown) log.info("rate limits count again");
    limiter.isDown = false;
    limiter.breaker.succeeded();
    return count;
  } catch (error) {
    metrics.rateLimiterFailed(name);
    limiter.breaker.failed();
    if (!limiter.isDown) log.error("rate limits don't count: Redis doesn't answer", describeError(error));
    limiter.isDown = true;
    return null;
  }
}

function whileDown({ name, window, whenDown }: RateLimit, limit: number): Taken {
  const allowed = whenDown === "open";
  const retryAfter = allowed ? 0 : DOWN_RETRY_SECONDS;
  return {
    name,
    allowed,
    isDown: true,
    limit,
    window: window / SECOND,
    remaining: allowed ? limit : 0,
    retryAfter,
    resetAfter: retryAfter,
    giveBack: () => Promise.resolve(),
  };
}

/** Rounded up to five seconds or a minute, so that the number is never one. */
function tryAgainIn(seconds: number): Problem {
  if (seconds <= MAX_WAIT_IN_SECONDS) {
    return TRY_AGAIN_IN_SECONDS.with({ seconds: Math.ceil(seconds / 5) * 5 });
  }
  return TRY_AGAIN_IN_MINUTES.with({ minutes: Math.ceil(seconds / 60) });
}
