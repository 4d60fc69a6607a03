import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { type Clock, SECOND } from "./clock.ts";
import { withDeadline } from "./deadline.ts";
import { describeError, logOf } from "./log.ts";
import type { EndedRequest } from "./request_tally.ts";
import { TenantRequests } from "./tenant_requests.ts";

const COLLECT_TIMEOUT = 2 * SECOND;
/** Upper bounds of the buckets for jobs, in seconds. */
const JOB_BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300];

const log = logOf("metrics");

/** How many connections of a lane are used, are open and unused, and how many wait for one. */
export type LaneConnections = { lane: string; busy: number; idle: number; waiting: number };

export type Scrape = { contentType: string; text: string };

/**
 * What Prometheus may know of this process, a method for each fact. Labels are ids, names of our own, and patterns of
 * routes: nothing that a person typed.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #collectors: (() => void | Promise<void>)[] = [];
  readonly #requests: TenantRequests;
  readonly #subscriptions = this.#gauge("saas_active_subscriptions", "Tenants by plan.", ["plan"]);
  readonly #jobs = this.#counter("saas_jobs_total", "Attempts at jobs that have ended.", [
    "queue",
    "outcome",
  ]);
  readonly #jobSeconds = new Histogram({
    name: "saas_job_duration_seconds",
    help: "How long attempts at jobs took.",
    labelNames: ["queue"],
    buckets: JOB_BUCKETS,
    registers: [this.#registry],
  });
  readonly #queueDepth = this.#gauge("saas_queue_depth", "Jobs that are ready, and nobody has begun.", [
    "queue",
  ]);
  readonly #deliveries = this.#counter("saas_webhook_deliveries_total", "Webhooks sent.", ["outcome"]);
  readonly #connections = this.#gauge("saas_db_pool_connections", "Connections to the database.", [
    "lane",
    "state",
  ]);
  readonly #rateLimited = this.#counter("saas_rate_limited_total", "Requests over a rate limit.", ["plan"]);
  readonly #signUps = this.#counter("saas_signups_total", "Companies that signed up.", []);
  #scrape: Promise<Scrape> | undefined;

  /** `maxTenants`: how many tenants have a label of their own. */
  constructor({ maxTenants, clock }: { maxTenants: number; clock: Clock }) {
    this.#requests = new TenantRequests(maxTenants, clock);
  }

  /** A request was answered; `tenantId` is undefined where it belongs to no tenant. */
  requestEnded(tenantId: string | undefined, request: EndedRequest): void {
    this.#requests.add(tenantId, request);
  }

  /** How attempts at jobs may end here. They count from 0: an alert on a rise would not see a first one that starts at 1. */
  expectJobs(queues: string[], outcomes: string[]): void {
    for (const queue of queues) {
      for (const outcome of outcomes) this.#jobs.inc({ queue, outcome }, 0);
    }
  }

  /**
   * An attempt at a job has ended, after `seconds`, if anyone knows. `outcome` is one of few words, such as `done` or
   * `failed`.
   */
  jobEnded(queue: string, outcome: string, seconds?: number): void {
    this.#jobs.inc({ queue, outcome });
    if (seconds !== undefined) this.#jobSeconds.observe({ queue }, seconds);
  }

  /** How many jobs of a queue are ready now, and nobody has begun. To be called by a collector: see `onScrape`. */
  setQueueDepth(queue: string, depth: number): void {
    this.#queueDepth.set({ queue }, depth);
  }

  /** A webhook was sent. `outcome` is one of few words, such as `delivered` or `failed`. */
  webhookDelivered(outcome: string): void {
    this.#deliveries.inc({ outcome });
  }

  /** A request of a tenant on `plan` was refused by a rate limit. */
  rateLimited(plan: string): void {
    this.#rateLimited.inc({ plan });
  }

  /** A company has signed up. */
  signedUp(): void {
    this.#signUps.inc();
  }

  setActiveSubscriptions(byPlan: Record<string, number>): void {
    for (const [plan, tenants] of Object.entries(byPlan)) this.#subscriptions.set({ plan }, tenants);
  }

  setPoolConnections(lanes: LaneConnections[]): void {
    for (const { lane, ...states } of lanes) {
      for (const [state, count] of Object.entries(states)) this.#connections.set({ lane, state }, count);
    }
  }

  /** The tenants that have a label of their own. */
  labeledTenants(): string[] {
    return this.#requests.tenantIds();
  }

  /** Leaves no label of a tenant that is gone; its requests count among the others'. */
  forgetTenant(id: string): void {
    this.#requests.forget(id);
  }

  /**
   * Has `collect` set gauges before each scrape, within two seconds. One that fails is logged, and the scrape goes on: it
   * is wanted most when something else doesn't answer.
   */
  onScrape(collect: () => void | Promise<void>): void {
    this.#collectors.push(collect);
  }

  /** All metrics as Prometheus reads them. Whoever asks while one is being made gets the same. */
  scrape(): Promise<Scrape> {
    return this.#scrape ??= this.#collect().finally(() => this.#scrape = undefined);
  }

  async #collect(): Promise<Scrape> {
    this.#requests.rank();
    this.#subscriptions.reset(); // where they can't be counted now, they are missing rather than old
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
