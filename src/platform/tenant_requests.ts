import { Busiest } from "./busiest.ts";
import { type Clock, MINUTE } from "./clock.ts";
import { DURATION_BUCKETS, type EndedRequest, RequestTally } from "./request_tally.ts";

const REQUESTS = "saas_tenant_requests_total";
const DURATIONS = "saas_api_duration_seconds";
/** The label of requests that belong to no tenant: those to the apex, and those without credentials. */
const NO_TENANT = "none";
/** The label that tenants past the busiest share. */
const OTHER_TENANTS = "other";

/**
 * The requests of the busiest tenants each, and of all others together.
 *
 * A counter of Prometheus must not go down while it is there, and may go away. A tenant that falls out of the busiest
 * takes its series along, and what they had counted is added to `other`: the sum over all tenants never goes down, and
 * is at any scrape the number of requests. The price: `rate()` of `other` sees those requests once more, in the window of
 * that one scrape. (Dropping them instead would keep `rate()` right and let the sum fall.) So places change hands
 * seldom: at a scrape, once a minute at most, and only to a tenant that is twice as busy. A tenant that comes back
 * begins at zero, which Prometheus takes for a restart.
 *
 * Plain maps and text instead of prom-client's counters: those make a label object and a key for each request, take ten
 * times as long for a scrape, and its histograms can't be merged.
 */
export class TenantRequests {
  readonly #clock: Clock;
  readonly #busiest: Busiest<RequestTally>;
  readonly #withoutTenant = new RequestTally();
  #rankedAt: number;

  /** `maxTenants`: how many tenants have a label of their own. */
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

  /** The tenants that have a label of their own. */
  tenantIds(): string[] {
    return [...this.#busiest].map(([tenantId]) => tenantId);
  }

  /** To be called before a scrape: gives the labels to those who are the busiest now, once a minute at most. */
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
    yield `# HELP ${REQUESTS} Requests that were answered.`;
    yield `# TYPE ${REQUESTS} counter`;
    for (const [tenantId, tally] of this.#tallies()) {
      for (const { endpoint, method, status, requests } of tally.counts()) {
        const labels = `${labelsOf(tenantId, endpoint)},method="${method}",status="${status}"`;
        yield `${REQUESTS}{${labels}} ${requests}`;
      }
    }
  }

  *#durationLines(): Iterable<string> {
    yield `# HELP ${DURATIONS} How long requests took, of pages and API alike.`;
    yield `# TYPE ${DURATIONS} histogram`;
    for (const [tenantId, tally] of this.#tallies()) {
      for (const { endpoint, buckets, seconds } of tally.durations()) {
        const labels = labelsOf(tenantId, endpoint);
        let requests = 0;
        for (const [place, count] of buckets.entries()) {
          requests += count;
          yield `${DURATIONS}_bucket{${labels},le="${DURATION_BUCKETS[place] ?? "+Inf"}"} ${requests}`;
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

/** A route's pattern may hold signs of a regular expression. */
function labelsOf(tenantId: string, endpoint: string): string {
  const escaped = endpoint.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  return `tenant_id="${tenantId}",endpoint="${escaped}"`;
}
