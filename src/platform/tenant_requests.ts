import { Busiest } from "./busiest.ts";
import { type Clock, MINUTE } from "./clock.ts";
import { DURATION_BUCKETS, type EndedRequest, RequestTally } from "./request_tally.ts";

const REQUESTS = "saas_tenant_requests_total";
const DURATIONS = "saas_api_duration_seconds";
/** The label of requests that belong to no tenant, such as requests to the apex or without credentials. */
const NO_TENANT = "none";
/** The shared label of all tenants that are not among the busiest. */
const OTHER_TENANTS = "other";

/**
 * Counts the requests of each of the busiest tenants separately, and those of all other tenants together.
 *
 * A Prometheus counter may disappear, but must not decrease. When a tenant drops out of the busiest, its series disappear and
 * their counts are added to `other`. So the sum over all tenants is always the total number of requests. The cost is that `rate()`
 * of `other` counts those requests a second time in the window of that scrape. (Dropping the counts would keep `rate()` correct,
 * but the sum would decrease.) For this reason tenants rarely change places: only at a scrape, at most once a minute, and only if
 * the new tenant is twice as busy. A returning tenant starts at zero, which Prometheus treats as a restart.
 *
 * This class uses plain maps and text. prom-client's counters allocate a label object and a key for each request, scrape ten times
 * as slowly, and can't merge histograms.
 */
export class TenantRequests {
  readonly #clock: Clock;
  readonly #busiest: Busiest<RequestTally>;
  readonly #withoutTenant = new RequestTally();
  #rankedAt: number;

  /** `maxTenants` is the number of tenants that get their own label. */
  constructor(maxTenants: number, clock: Clock) {
    this.#clock = clock;
    this.#rankedAt = clock.now().getTime();
    this.#busiest = new Busiest(maxTenants, () => new RequestTally(), (into, from) => into.addAll(from));
  }

  add(tenantId: string | undefined, request: EndedRequest): void {
    const tally = tenantId === undefined ? this.#withoutTenant : this.#busiest.tallyOf(tenantId);
    tally.add(request);
  }

  forget(tenantId: string): void {
    this.#busiest.forget(tenantId);
  }

  /** The tenants that have their own label. */
  tenantIds(): string[] {
    return [...this.#busiest].map(([tenantId]) => tenantId);
  }

  /** Gives the labels to the tenants that are busiest now, at most once a minute. Call this before a scrape. */
  rank(): void {
    const now = this.#clock.now().getTime();
    if (now < this.#rankedAt + MINUTE) return;
    this.#busiest.rank((now - this.#rankedAt) / MINUTE);
    this.#rankedAt = now;
  }

  /** Both metrics in Prometheus' text format, 0.0.4. */
  text(): string {
    return [...this.#countLines(), ...this.#durationLines()].join("\n") + "\n";
  }

  *#countLines(): Iterable<string> {
    yield `# HELP ${REQUESTS} Answered requests.`;
    yield `# TYPE ${REQUESTS} counter`;
    for (const [tenantId, tally] of this.#tallies()) {
      for (const { endpoint, method, status, requests } of tally.counts()) {
        const labels = `${labelsOf(tenantId, endpoint)},method="${method}",status="${status}"`;
        yield `${REQUESTS}{${labels}} ${requests}`;
      }
    }
  }

  *#durationLines(): Iterable<string> {
    yield `# HELP ${DURATIONS} Duration of requests to pages and the API.`;
    yield `# TYPE ${DURATIONS} histogram`;
    for (const [tenantId, tally] of this.#tallies()) {
      for (const { endpoint, buckets, seconds } of tally.durations()) {
        const labels = labelsOf(tenantId, endpoint);
        let requests = 0;
        for (const [index, count] of buckets.entries()) {
          requests += count;
          yield `${DURATIONS}_bucket{${labels},le="${DURATION_BUCKETS[index] ?? "+Inf"}"} ${requests}`;
        }
        yield `${DURATIONS}_sum{${labels}} ${seconds}`;
        yield `${DURATIONS}_count{${labels}} ${requests}`;
      }
    }
  }

  *#tallies(): Iterable<[string, RequestTally]> {
    yield [NO_TENANT, this.#withoutTenant];
    yield [OTHER_TENANTS, this.#busiest.others];
    yield* this.#busiest;
  }
}

/** Escapes the endpoint, because a route pattern can contain a regular expression. */
function labelsOf(tenantId: string, endpoint: string): string {
  const escaped = endpoint.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  return `tenant_id="${tenantId}",endpoint="${escaped}"`;
}
