export type RetryOptions = {
  /** How often a request is repeated at most. By default 3 times; 0 means never. */
  maxRetries?: number;
  /**
   * The longest wait before a repeat, in milliseconds. If the server asks for more, its answer is returned. By default 90 seconds,
   * in which a limit of requests a minute has room again.
   */
  maxWait?: number;
  /** Replaces `fetch`, for example in tests. */
  fetch?: (request: Request) => Promise<Response>;
  /** Replaces the wait before a repeat, for example in tests. */
  sleep?: (milliseconds: number) => Promise<void>;
};

const DEFAULT_RETRIES = 3;
const FIRST_WAIT = 250;
const LONGEST_BACKOFF = 30_000;
const DEFAULT_MAX_WAIT = 90_000;

const TOO_MANY_REQUESTS = 429;
const CONFLICT = 409;
/** The server or a proxy before it is in trouble, maybe after the change. */
const TROUBLE = new Set([502, 503, 504]);

/**
 * A `fetch` that repeats requests. Waits as long as `Retry-After` says, or longer each time, but never longer than `maxWait`. A
 * change whose fate is unknown is repeated only with an `Idempotency-Key`, which each POST gets.
 */
export function retryingFetch(
  {
    maxRetries = DEFAULT_RETRIES,
    maxWait = DEFAULT_MAX_WAIT,
    fetch = globalThis.fetch,
    sleep = wait,
  }: RetryOptions,
): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method === "POST" && !request.headers.has("Idempotency-Key")) {
      request.headers.set("Idempotency-Key", crypto.randomUUID());
    }
    for (let attempt = 0;; attempt++) {
      const outcome = await attemptTo(fetch, request.clone());
      const asked = waitAskedFor(outcome);
      if (attempt >= maxRetries || !mayRepeat(request, outcome) || (asked !== null && asked > maxWait)) {
        if (outcome instanceof Response) return outcome;
        throw outcome.error;
      }
      await sleep(asked ?? Math.min(backoff(attempt), maxWait));
    }
  };
}

type Outcome = Response | { error: unknown };

async function attemptTo(fetch: (request: Request) => Promise<Response>, request: Request): Promise<Outcome> {
  try {
    return await fetch(request);
  } catch (error) {
    return { error };
  }
}

function mayRepeat(request: Request, outcome: Outcome): boolean {
  if (request.signal.aborted) return false;
  if (!(outcome instanceof Response)) return isSafe(request);
  const { status, headers } = outcome;
  if (status === TOO_MANY_REQUESTS) return true; // nothing was done
  if (status === CONFLICT) return headers.has("Retry-After");
  return TROUBLE.has(status) && isSafe(request);
}

/** Whether the request changes nothing the second time. Below /auth, a key doesn't help: a refresh token works once. */
function isSafe({ method, url }: Request): boolean {
  if (method === "GET" || method === "HEAD") return true;
  return method === "POST" && !new URL(url).pathname.includes("/auth/");
}

/** The wait in `Retry-After`, which is in seconds or, from a proxy, a date (RFC 9110, section 10.2.3). */
function waitAskedFor(outcome: Outcome): number | null {
  const header = outcome instanceof Response ? outcome.headers.get("Retry-After") : null;
  if (header === null) return null;
  const milliseconds = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(milliseconds) ? null : Math.max(milliseconds, 0);
}

/** Longer after each attempt, and partly random, so that clients don't repeat all at once. */
function backoff(attempt: number): number {
  const longest = Math.min(FIRST_WAIT * 2 ** attempt, LONGEST_BACKOFF);
  return longest / 2 + Math.random() * longest / 2;
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
