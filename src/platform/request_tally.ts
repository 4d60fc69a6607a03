/** Upper bounds of the histogram's buckets, in seconds. */
export const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/** A request that has been answered. `endpoint` is its route's pattern, such as `/projects/:id`. */
export type EndedRequest = { endpoint: string; method: string; status: number; seconds: number };

/**
 * Each of `buckets` counts the requests that took at most its bound but longer than the previous bound. The last one counts the
 * longer requests.
 */
export type Durations = { endpoint: string; buckets: number[]; seconds: number };

export type RequestCount = { endpoint: string; method: string; status: string; requests: number };

/** Known methods. A client can send any word as a method, which must not create a label. */
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** `requests` is keyed by method and status, with a space between. */
type Tallied = Durations & { requests: Map<string, number> };

/** The method, or `OTHER` if it is unusual: clients can send any word. */
export function knownMethod(method: string): string {
  return METHODS.has(method) ? method : "OTHER";
}

/** Counts requests by endpoint, method, and status, and their durations by endpoint. */
export class RequestTally {
  readonly #endpoints = new Map<string, Tallied>();

  add({ endpoint, method, status, seconds }: EndedRequest): void {
    const tallied = this.#tallied(endpoint);
    const outcome = `${knownMethod(method)} ${status}`;
    tallied.requests.set(outcome, (tallied.requests.get(outcome) ?? 0) + 1);
    tallied.seconds += seconds;
    let bucket = 0;
    while (bucket < DURATION_BUCKETS.length && seconds > DURATION_BUCKETS[bucket]!) bucket++;
    tallied.buckets[bucket]!++;
  }

  addAll(other: RequestTally): void {
    for (const [endpoint, { requests, buckets, seconds }] of other.#endpoints) {
      const tallied = this.#tallied(endpoint);
      for (const [outcome, count] of requests) {
        tallied.requests.set(outcome, (tallied.requests.get(outcome) ?? 0) + count);
      }
      for (const [bucket, count] of buckets.entries()) tallied.buckets[bucket]! += count;
      tallied.seconds += seconds;
    }
  }

  *counts(): Iterable<RequestCount> {
    for (const [endpoint, tallied] of this.#endpoints) {
      for (const [outcome, requests] of tallied.requests) {
        const [method, status] = outcome.split(" ") as [string, string];
        yield { endpoint, method, status, requests };
      }
    }
  }

  durations(): Iterable<Durations> {
    return this.#endpoints.values();
  }

  #tallied(endpoint: string): Tallied {
    const known = this.#endpoints.get(endpoint);
    if (known) return known;
    const buckets = Array<number>(DURATION_BUCKETS.length + 1).fill(0);
    const tallied: Tallied = { endpoint, requests: new Map(), buckets, seconds: 0 };
    this.#endpoints.set(endpoint, tallied);
    return tallied;
  }
}
