import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { type Clock, SECOND } from "./clock.ts";
import { withDeadline } from "./deadline.ts";
import { describeError, logOf } from "./log.ts";
import type { EndedRequest } from "./request_tally.ts";
import { TenantRequests } from "./tenant_requests.ts";

/** Longer than a health check may take. */
const COLLECT_TIMEOUT = 3 * SECOND;
/** Upper bounds of the buckets for jobs, in seconds. */
const JOB_BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300];

const log = logOf("metrics");

/** The connections of a lane that are busy and idle, and the number of waiting transactions. */
export type LaneConnections = { lane: string; busy: number; idle: number; waiting: number };

export type Scrape = { contentType: string; text: string };

/**
 * The Prometheus metrics of this process. Labels are ids, names from the code, and route patterns, never text that a user
 * entered.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #collectors: (() => void | Promise<void>)[] = [];
  readonly #requests: TenantRequests;
  readonly #subscriptions = this.#gauge("saas_active_subscriptions", "Tenants by plan.", ["plan"]);
  readonly #jobs = this.#counter("saas_jobs_total", "Job attempts that have ended.", [
    "queue",
    "outcome",
  ]);
  readonly #jobSeconds = new Histogram({
    name: "saas_job_duration_seconds",
    help: "Duration of job attempts.",
    labelNames: ["queue"],
    buckets: JOB_BUCKETS,
    registers: [this.#registry],
  });
  readonly #queueDepth = this.#gauge("saas_queue_depth", "Ready jobs that haven't started.", [
    "queue",
  ]);
  readonly #queueAge = this.#gauge(
    "saas_queue_oldest_seconds",
    "How long the oldest job that hasn't started has been due.",
    ["queue"],
  );
  readonly #failedJobs = this.#gauge(
    "saas_jobs_failed",
    "Jobs that failed permanently and that nobody has retried or discarded.",
    ["queue"],
  );
  readonly #pastDue = this.#gauge("saas_past_due_accounts", "Workspaces whose payment failed.", []);
  readonly #health = this.#gauge("saas_health_check", "1 if a health check passes, 0 if it fails.", [
    "check",
  ]);
  readonly #deliveries = this.#counter("saas_webhook_deliveries_total", "Webhooks sent.", ["outcome"]);
  readonly #connections = this.#gauge("saas_db_pool_connections", "Connections to the database.", [
    "lane",
    "state",
  ]);
  readonly #rateLimited = this.#counter("saas_rate_limited_total", "Requests over a rate limit.", ["plan"]);
  readonly #rateLimiterFailures = this.#counter(
    "saas_rate_limiter_failures_total",
    "Attempts that no rate limit counted, because Redis didn't answer.",
    ["limit"],
  );
  readonly #signUps = this.#counter("saas_signups_total", "Companies that signed up.", []);
  readonly #eventStreams = this.#gauge("saas_event_streams", "Event streams that are open.", []);
  readonly #requestLogWaiting = this.#gauge(
    "saas_request_log_waiting",
    "API calls that are not yet in the request log.",
    [],
  );
  readonly #requestLogDropped = this.#counter(
    "saas_request_log_dropped_total",
    "API calls that the request log lacks, because they couldn't be written.",
    [],
  );
  #scrape: Promise<Scrape> | undefined;

  /** `maxTenants` is the number of tenants that get their own label. */
  constructor({ maxTenants, clock }: { maxTenants: number; clock: Clock }) {
    this.#requests = new TenantRequests(maxTenants, clock);
  }

  /** Counts an answered request. `tenantId` is undefined if the request belongs to no tenant. */
  requestEnded(tenantId: string | undefined, request: EndedRequest): void {
    this.#requests.add(tenantId, request);
  }

  /** Initializes the job counters to 0. Otherwise an alert on an increase would miss the first event. */
  expectJobs(queues: string[], outcomes: string[]): void {
    for (const queue of queues) {
      for (const outcome of outcomes) this.#jobs.inc({ queue, outcome }, 0);
    }
  }

  /**
   * Counts a job attempt that has ended. `seconds` is its duration, if known. `outcome` is one of a few words, such as `done` or
   * `failed`.
   */
  jobEnded(queue: string, outcome: string, seconds?: number): void {
    this.#jobs.inc({ queue, outcome });
    if (seconds !== undefined) this.#jobSeconds.observe({ queue }, seconds);
  }

  /** Sets the state of a queue. Call this from a collector (see `onScrape`). */
  setQueue(queue: string, state: { ready: number; oldestSeconds: number; failed: number }): void {
    this.#queueDepth.set({ queue }, state.ready);
    this.#queueAge.set({ queue }, state.oldestSeconds);
    this.#failedJobs.set({ queue }, state.failed);
  }

  /** Sets the number of workspaces whose payment failed. Call this from a collector (see `onScrape`). */
  setPastDueAccounts(accounts: number): void {
    this.#pastDue.set(accounts);
  }

  setHealthChecks(checks: { name: string; status: "ok" | "fail" }[]): void {
    for (const { name, status } of checks) this.#health.set({ check: name }, status === "ok" ? 1 : 0);
  }

  /** Adds the metric of stored backups, which exists only with a bucket. Returns a function that sets the time of the newest one. */
  watchBackups(): (newest: Date) => void {
    const gauge = this.#gauge(
      "saas_last_backup_timestamp_seconds",
      "When the newest backup in the bucket was made.",
      [],
    );
    return (newest) => gauge.set(newest.getTime() / SECOND);
  }

  /** Counts a sent webhook. `outcome` is one of a few words, such as `delivered` or `failed`. */
  webhookDelivered(outcome: string): void {
    this.#deliveries.inc({ outcome });
  }

  /** Counts a request that exceeded a rate limit, by the tenant's plan. */
  rateLimited(plan: string): void {
    this.#rateLimited.inc({ plan });
  }

  /** Initializes the counters of the limits to 0. Otherwise an alert on an increase would miss the first failure. */
  expectRateLimits(limits: string[]): void {
    for (const limit of limits) this.#rateLimiterFailures.inc({ limit }, 0);
  }

  /** Counts an attempt that a rate limit couldn't count. */
  rateLimiterFailed(limit: string): void {
    this.#rateLimiterFailures.inc({ limit });
  }

  /**
   * Adds the metrics of the replica, which exist only with a replica. `lag` is in milliseconds. Returns a function that counts a
   * read of a report, by the database that answered.
   */
  watchReplica(lag: () => number): (source: "replica" | "primary") => void {
    const gauge = this.#gauge("saas_replica_lag_seconds", "How late the replica for reports is.", []);
    this.onScrape(() => gauge.set(lag() / SECOND));
    const reads = this.#counter("saas_report_reads_total", "Reads of reports, by database.", ["source"]);
    for (const source of ["replica", "primary"]) reads.inc({ source }, 0);
    return (source) => reads.inc({ source });
  }

  /** Counts a company that signed up. */
  signedUp(): void {
    this.#signUps.inc();
  }

  /** Sets the number of open event streams. Call this from a collector (see `onScrape`). */
  setEventStreams(open: number): void {
    this.#eventStreams.set(open);
  }

  /** Sets the number of API calls that wait to be written to the request log. Call this from a collector (see `onScrape`). */
  setRequestLogWaiting(calls: number): void {
    this.#requestLogWaiting.set(calls);
  }

  /** Counts an API call that the request log drops. */
  requestLogDropped(): void {
    this.#requestLogDropped.inc();
  }

  setActiveSubscriptions(byPlan: Record<string, number>): void {
    for (const [plan, tenants] of Object.entries(byPlan)) this.#subscriptions.set({ plan }, tenants);
  }

  setPoolConnections(lanes: LaneConnections[]): void {
    for (const { lane, ...states } of lanes) {
      for (const [state, count] of Object.entries(states)) this.#connections.set({ lane, state }, count);
    }
  }

  /** The tenants that have their own label. */
  labeledTenants(): string[] {
    return this.#requests.tenantIds();
  }

  /** Removes the label of a deleted tenant, and adds its requests to those of the other tenants. */
  forgetTenant(id: string): void {
    this.#requests.forget(id);
  }

  /**
   * Calls `collect` before each scrape to set gauges, with a limit of three seconds. Logs a failure and continues, because metrics
   * matter most during an outage.
   */
  onScrape(collect: () => void | Promise<void>): void {
    this.#collectors.push(collect);
  }

  /** All metrics in Prometheus' text format. Concurrent calls share one scrape. */
  scrape(): Promise<Scrape> {
    return this.#scrape ??= this.#collect().finally(() => this.#scrape = undefined);
  }

  async #collect(): Promise<Scrape> {
    this.#requests.rank();
    // If counting fails, the scrape omits them instead of showing old values.
    for (
      const gauge of [this.#subscriptions, this.#queueDepth, this.#queueAge, this.#failedJobs, this.#health]
    ) {
      gauge.reset();
    }
    await Promise.all(this.#collectors.map(collectOrLog));
    const text = this.#requests.text() + await this.#registry.metrics();
    return { contentType: this.#registry.contentType, text };
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #gauge<Label extends string>(name: string, help: string, labelNames: Label[]): Gauge<Label> {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] });
  }
}

async function collectOrLog(collect: () => void | Promise<void>): Promise<void> {
  try {
    await withDeadline(COLLECT_TIMEOUT, collect);
  } catch (error) {
    log.warn("some metrics could not be collected", describeError(error));
  }
}
