import { clearInterval, setInterval } from "node:timers";
import { setTimeout } from "node:timers/promises";
import { FEATURES } from "../../src/feature_list.ts";
import type { Job } from "../../src/outbox/job.ts";
import { type QueueName, type QueuePolicies, QUEUES, slotsPerPartition } from "../../src/outbox/queues.ts";
import { SECOND } from "../../src/platform/clock.ts";
import { withDeadline } from "../../src/platform/deadline.ts";
import { newId } from "../../src/platform/ids.ts";
import { describeError, logOf } from "../../src/platform/log.ts";
import type { Services } from "../../src/ports.ts";
import type { Engine } from "../engines/engine.ts";
import { isBusy } from "./backlog.ts";
import { Batches } from "./batches.ts";
import {
  claim,
  type ClaimedJob,
  type DispatchedJob,
  type JobResult,
  recordResults,
  release,
  renewLeases,
} from "./claims.ts";
import { Dispatcher, jobsPerWorker } from "./dispatcher.ts";
import { type Dispatch, PLATFORM_PARTITION } from "./dispatching.ts";
import { FairQueue } from "./fair_queue.ts";
import type { LostJob } from "./lost_jobs.ts";
import type { SizeClass } from "./query_plans.ts";
import { type JobsByName, runJob } from "./run_job.ts";
import { removeWorker, reportWorker } from "./workers.ts";

/** The channel on which processes that enqueue jobs notify those that run them. */
export const NEW_JOBS = "denizen_new_jobs";

const IDLE_CHECK_INTERVAL = 5;
const POLL_INTERVAL = SECOND;
const REPORT_INTERVAL = 5 * SECOND;
/**
 * After a longer pause (the process was suspended or too busy), leases may have expired, so the worker renews them
 * before it polls.
 */
const STALLED_AFTER = 2 * REPORT_INTERVAL;
/** Extra time to stop, for example if the database doesn't answer. */
const STOP_MARGIN = SECOND / 2;
/** Ignores the result of a slower claim, because the lease is about to expire and another worker may get the jobs. */
const CLAIM_TIMEOUT = 10 * SECOND;

/** The metrics' names for the states in which attempts end. */
const OUTCOMES = { done: "done", failed: "failed", waiting: "retried", held: "held" } as const;

const JOBS: readonly Job[] = FEATURES.flatMap(({ jobs }) => jobs);

const log = logOf("jobs");

/** `jobs` replace the features' jobs of the same names. */
export type WorkerOptions = { jobs?: readonly Job[]; policies?: QueuePolicies };

/** A job that this process has accepted from the engine. */
type AcceptedJob = DispatchedJob & { partition: string; queue: QueueName };

/** Polls the outbox, dispatches jobs through the engine, and runs the jobs that the engine delivers. */
export class JobWorker {
  readonly id = newId();
  readonly #services: Services;
  readonly #engine: Engine;
  readonly #jobs: JobsByName;
  readonly #policies: QueuePolicies;
  readonly #dispatcher: Dispatcher;
  readonly #slots: Map<QueueName, FairQueue<AcceptedJob>>;
  /** Jobs that have not ended, by id. */
  readonly #accepted = new Map<string, AcceptedJob>();
  readonly #claims: Batches<AcceptedJob>;
  readonly #results: Batches<JobResult>;
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  #workers = 1;
  #polling: Promise<void> | undefined;
  #pollAgain = false;
  /** The queues that had more ready jobs than the workers could hold. */
  #backlog = new Set<QueueName>();
  #sizeClass: SizeClass = 0;
  #closing = false;
  #reportedAt = performance.now();

  private constructor(services: Services, engine: Engine, options: WorkerOptions) {
    this.#services = services;
    this.#engine = engine;
    this.#jobs = new Map([...JOBS, ...options.jobs ?? []].map((job) => [job.name, job]));
    this.#policies = options.policies ?? QUEUES;
    this.#dispatcher = new Dispatcher(services.db, services.clock, this.#policies);
    this.#slots = new Map(
      Object.entries(this.#policies).map(([queue, policy]) => {
        const { concurrency } = policy;
        const share = slotsPerPartition(policy);
        return [
          queue as QueueName,
          new FairQueue(concurrency, (partition) => partition === PLATFORM_PARTITION ? concurrency : share),
        ];
      }),
    );
    this.#claims = new Batches((jobs) => this.#claim(jobs), (job) => this.#drop(job));
    this.#results = new Batches((results) => this.#record(results), ({ id }) => this.#accepted.delete(id));
    services.metrics.expectJobs(Object.keys(this.#policies), Object.values(OUTCOMES));
  }

  /** Starts a worker. */
  static async start(services: Services, engine: Engine, options: WorkerOptions = {}): Promise<JobWorker> {
    const worker = new JobWorker(services, engine, options);
    await engine.listen((dispatch) => worker.#accept(dispatch));
    await worker.#report();
    worker.#timers.push(
      setInterval(() => worker.wake(), POLL_INTERVAL),
      setInterval(() => worker.#report(), REPORT_INTERVAL),
    );
    services.jobs.listen(() => worker.wake());
    await services.db.listen(NEW_JOBS, () => worker.wake());
    worker.wake();
    return worker;
  }

  /** Polls the outbox now, or again after the current poll. */
  wake(): void {
    if (this.#closing) return;
    if (this.#polling) this.#pollAgain = true;
    else this.#polling = this.#poll().finally(() => this.#polled());
  }

  /** Waits until no job is due or in progress in any process, at most `longest` milliseconds. */
  async idle(longest = Infinity): Promise<void> {
    const { db, clock } = this.#services;
    const deadline = performance.now() + longest;
    do {
      this.wake();
      while (this.#polling && performance.now() < deadline) await this.#polling;
      await setTimeout(IDLE_CHECK_INTERVAL);
      if (performance.now() >= deadline) return;
    } while (await isBusy(db, this.#policies, clock.now()));
    await this.#results.idle();
  }

  /**
   * Accepts no more jobs, releases those that haven't started, and waits for running jobs. A job that takes longer than
   * `drainTime` is cut off, and restarts elsewhere when its lease is over.
   */
  async close(): Promise<void> {
    this.#closing = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.#services.jobs.stopListening();
    const { drainTime } = this.#services.config;
    try {
      await withDeadline(drainTime + STOP_MARGIN, () => this.#stop(drainTime));
    } catch (error) {
      log.warn("the worker did not stop in time", describeError(error));
    }
  }

  async #stop(drainTime: number): Promise<void> {
    const { db } = this.#services;
    const deadline = performance.now() + drainTime;
    const engineStopped = this.#engine.stop();
    await this.#polling;
    await this.#claims.close();
    const waiting = [...this.#slots.values()].flatMap((slots) => slots.clear());
    for (const { id } of waiting) this.#accepted.delete(id);
    await this.#release(waiting);
    while (this.#accepted.size > 0 && performance.now() < deadline) {
      await setTimeout(IDLE_CHECK_INTERVAL);
    }
    if (this.#accepted.size > 0) log.warn("some jobs were cut off", { jobs: [...this.#accepted.keys()] });
    await this.#results.close();
    await removeWorker(db, this.id).catch(() => {});
    await engineStopped;
    await this.#engine.close();
  }

  async #poll(): Promise<void> {
    try {
      if (performance.now() - this.#reportedAt > STALLED_AFTER) await this.#report();
      const { dispatches, backlog, hasMoreDue, lost, sizeClass } = await this.#dispatcher.poll(this.#workers);
      this.#backlog = backlog;
      this.#sizeClass = sizeClass;
      this.#pollAgain ||= hasMoreDue;
      for (const job of lost) this.#reportLost(job);
      if (dispatches.length > 0) await this.#engine.dispatch(dispatches);
    } catch (error) {
      log.warn("the outbox could not be polled", describeError(error));
    }
  }

  #reportLost({ id: job, queue, ...facts }: LostJob): void {
    log.error("a job failed permanently: the process that ran it was lost", { job, ...facts });
    this.#services.metrics.jobEnded(queue, OUTCOMES.failed);
  }

  #polled(): void {
    this.#polling = undefined;
    if (!this.#pollAgain) return;
    this.#pollAgain = false;
    this.wake();
  }

  async #report(): Promise<void> {
    try {
      const { db } = this.#services;
      await renewLeases(db, [...this.#accepted.keys()]);
      this.#reportedAt = performance.now();
      // A worker that the engine delivers nothing to doesn't count.
      if (!this.#engine.isListening) return;
      this.#workers = await reportWorker(db, { id: this.id, engine: this.#engine.name });
    } catch (error) {
      log.warn("the worker could not report in", describeError(error));
    }
  }

  #accept({ id: dispatchId, queue, jobs }: Dispatch): void {
    const slots = this.#slots.get(queue);
    if (!slots || this.#closing) return;
    const room = jobsPerWorker(this.#policies[queue]) - slots.size;
    const fresh: AcceptedJob[] = [];
    for (const [id, partition] of jobs) {
      const known = this.#accepted.get(id);
      if (known) known.dispatchId = dispatchId; // dispatched again, for example after a stall
      else fresh.push({ id, partition, dispatchId, queue });
    }
    for (const job of fresh.slice(0, room)) {
      this.#accepted.set(job.id, job);
      slots.add(job.partition, job);
    }
    this.#startNext(queue);
    this.#release(fresh.slice(room)); // another process has room for them
  }

  #startNext(queue: QueueName): void {
    if (this.#closing) return;
    const slots = this.#slots.get(queue)!;
    for (let job = slots.next(); job; job = slots.next()) this.#claims.add(job);
  }

  async #claim(jobs: AcceptedJob[]): Promise<void> {
    const { db, clock } = this.#services;
    const claimed = await withDeadline(CLAIM_TIMEOUT, () => claim(db, jobs, clock.now(), this.#sizeClass));
    const byId = new Map(claimed.map((job) => [job.id, job]));
    for (const accepted of jobs) {
      const job = byId.get(accepted.id);
      if (job) this.#run(accepted, job);
      else this.#drop(accepted);
    }
  }

  #drop(job: AcceptedJob): void {
    this.#freeSlot(job);
    this.#accepted.delete(job.id);
  }

  async #run(accepted: AcceptedJob, job: ClaimedJob): Promise<void> {
    const started = performance.now();
    const result = await runJob(this.#services, this.#jobs, this.#policies[job.queue], job);
    this.#services.metrics.jobEnded(
      job.queue,
      OUTCOMES[result.state],
      (performance.now() - started) / SECOND,
    );
    this.#freeSlot(accepted);
    this.#results.add(result);
  }

  #freeSlot({ queue, partition }: AcceptedJob): void {
    this.#slots.get(queue)!.release(partition);
    this.#startNext(queue);
  }

  async #release(jobs: AcceptedJob[]): Promise<void> {
    try {
      await release(this.#services.db, jobs);
    } catch (error) {
      log.warn(
        "jobs could not be released; they become ready when their leases are over",
        describeError(error),
      );
    }
  }

  async #record(results: JobResult[]): Promise<void> {
    const { db, clock } = this.#services;
    await recordResults(db, results, clock.now(), this.#sizeClass);
    for (const { id } of results) this.#accepted.delete(id);
    if ([...this.#backlog].some((queue) => this.#isRunningLow(queue))) this.wake();
  }

  /** A single tenant can fill half of the capacity. At a quarter, another poll is worth it. */
  #isRunningLow(queue: QueueName): boolean {
    return this.#slots.get(queue)!.size < jobsPerWorker(this.#policies[queue]) / 4;
  }
}
