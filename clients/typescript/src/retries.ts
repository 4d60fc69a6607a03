export type RetryOptions = {
  /** How often a request is repeated at most. By default 3 times; 0 means never. */
  maxRetries?: number;
  /** Replaces `fetch`, for example in tests. */
  fetch?: (request: Request) => Promise<Response>;
  /** Replaces the wait before a repeat, for example in tests. */
  sleep?: (milliseconds: number) => Promise<void>;
};

const DEFAULT_RETRIES = 3;
const FIRST_WAIT = 250;
const LONGEST_WAIT = 30_000;

const TOO_MANY_REQUESTS = 429;
const CONFLICT = 409;
/** The server or a proxy before it is in trouble, maybe after the change. */
const TROUBLE = new Set([502, 503, 504]);

/**
 * A `fetch` that repeats requests. Waits as long as `Retry-After` says, or longer each time. A change whose fate is unknown is
 * repeated only with an `Idempotency-Key`, which each POST gets.
 */
export function retryingFetch(
  { maxRetries = DEFAULT_RETRIES, fetch = globalThis.fetch, sleep = wait }: RetryOptions,
): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method === "POST" && !request.headers.has("Idempotency-Key")) {
      request.headers.set("Idempotency-Key", crypto.randomUUID());
    }
    for (let attempt = 0;; attempt++) {
      const outcome = await attemptTo(fetch, request.clone());
      if (attempt >= maxRetries || !mayRepeat(request, outcome)) {
        if (outcome instanceof Response) return outcome;
        throw outcome.error;
      }
      await sleep(waitBefore(attempt, outcome));
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

function waitBefore(attempt: number, outcome: Outcome): number {
  const header = outcome instanceof Response ? outcome.headers.get("Retry-After") : null;
  const seconds = header === null ? NaN : Number(header);
  if (seconds >= 0) return Math.min(seconds * 1_000, LONGEST_WAIT);
  const backoff = Math.min(FIRST_WAIT * 2 ** attempt, LONGEST_WAIT);
  return backoff / 2 + Math.random() * backoff / 2;
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
