import { clearInterval, setInterval } from "node:timers";
import { setTimeout } from "node:timers/promises";
import { FEATURES } from "../../src/features.ts";
import type { Job } from "../../src/outbox/job.ts";
import { type QueueName, type QueuePolicies, QUEUES } from "../../src/outbox/queues.ts";
import { SECOND } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { withDeadline } from "../../src/platform/deadline.ts";
import { describeError, logOf } from "../../src/platform/log.ts";
import type { Services } from "../../src/ports.ts";
import { Batches } from "./batches.ts";
import { Dispatcher, placesUnderWay } from "./dispatcher.ts";
import type { Engine } from "../engines/engine.ts";
import { FairQueue } from "./fair_queue.ts";
import {
  begin,
  type BegunJob,
  end,
  giveBack,
  type Hand,
  isBusy,
  type JobEnd,
  type LostJob,
  removeWorker,
  renew,
  reportWorker,
} from "./ledger.ts";
import type { SizeOrder } from "./query_plans.ts";
import { type JobsByName, runJob } from "./run_job.ts";

/** Where processes that enqueue tell those that run jobs. */
export const NEW_JOBS = "denizen_new_jobs";

const IDLE_CHECK_EVERY = 5;
const LOOK_EVERY = SECOND;
const REPORT_EVERY = 5 * SECOND;
/** After such a pause (this process was stopped, or too busy) others may think it lost, and so would its own look. */
const STALLED_AFTER = 2 * REPORT_EVERY;
/** What stops after its time, as with a database that doesn't answer, is left alone soon after. */
const STOP_LONGER = SECOND / 2;
/** A claim that took longer is not acted on: its lease is nearly over, and another worker may take the jobs. */
const CLAIM_WITHIN = 10 * SECOND;
const PLATFORM_LINE = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** What the metrics call the ways in which an attempt ends. */
const OUTCOMES = { done: "done", failed: "failed", waiting: "retried", held: "held" } as const;

const JOBS: readonly Job[] = FEATURES.flatMap(({ jobs }) => jobs);

const log = logOf("jobs");

/** `jobs` of the same name replace those of the features. */
export type WorkerOptions = { jobs?: readonly Job[]; policies?: QueuePolicies };

/** A job that was brought to this process. */
type Brought = { id: string; line: string; handId: string; queue: QueueName };

/** Looks into the outbox, hands jobs over to the engine, and runs those that the engine brings. */
export class JobWorker {
  readonly id = newId();
  readonly #services: Services;
  readonly #engine: Engine;
  readonly #jobs: JobsByName;
  readonly #policies: QueuePolicies;
  readonly #dispatcher: Dispatcher;
  readonly #places: Map<QueueName, FairQueue<Brought>>;
  /** By id, all that were brought and have not ended. */
  readonly #brought = new Map<string, Brought>();
  readonly #starts: Batches<Brought>;
  readonly #ends: Batches<JobEnd>;
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  #workers = 1;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  /** The queues in which there may be jobs ready that there was no room for. */
  #more = new Set<QueueName>();
  #sizeOrder: SizeOrder = 0;
  #closing = false;
  #reportedAt = performance.now();

  private constructor(services: Services, engine: Engine, options: WorkerOptions) {
    this.#services = services;
    this.#engine = engine;
    this.#jobs = new Map([...JOBS, ...options.jobs ?? []].map((job) => [job.name, job]));
    this.#policies = options.policies ?? QUEUES;
    this.#dispatcher = new Dispatcher(services.db, services.clock, this.#policies);
    this.#places = new Map(
      Object.entries(this.#policies).map(([queue, { concurrency }]) => {
        const share = Math.ceil(concurrency / 2);
        return [
          queue as QueueName,
          new FairQueue(concurrency, (line) => line === PLATFORM_LINE ? concurrency : share),
        ];
      }),
    );
    this.#starts = new Batches((jobs) => this.#begin(jobs), (job) => this.#refuse(job));
    this.#ends = new Batches((ends) => this.#end(ends), ({ id }) => this.#brought.delete(id));
    services.metrics.expectJobs(Object.keys(this.#policies), Object.values(OUTCOMES));
  }

  /** A worker that has begun to work. */
  static async start(services: Services, engine: Engine, options: WorkerOptions = {}): Promise<JobWorker> {
    const worker = new JobWorker(services, engine, options);
    await engine.listen((hand) => worker.#take(hand));
    await worker.#report();
    worker.#timers.push(
      setInterval(() => worker.wake(), LOOK_EVERY),
      setInterval(() => worker.#report(), REPORT_EVERY),
    );
    services.jobs.listen(() => worker.wake());
    await services.db.listen(NEW_JOBS, () => worker.wake());
    worker.wake();
    return worker;
  }

  /** Looks into the outbox, soon. */
  wake(): void {
    if (this.#closing) return;
    if (this.#looking) this.#lookAgain = true;
    else this.#looking = this.#look().finally(() => this.#looked());
  }

  /** Until no job is ready or under way, in whatever process, or so many milliseconds are over. */
  async idle(longest = Infinity): Promise<void> {
    const { db, clock } = this.#services;
    const deadline = performance.now() + longest;
    do {
      this.wake();
      while (this.#looking && performance.now() < deadline) await this.#looking;
      await setTimeout(IDLE_CHECK_EVERY);
      if (performance.now() >= deadline) return;
    } while (await isBusy(db, this.#policies, clock.now()));
    await this.#ends.idle();
  }

  /**
   * Takes nothing more, waits for what is running, and gives the rest back. What takes longer than `drainTime` is left
   * alone: it is begun anew, elsewhere, when its lease is over.
   */
  async close(): Promise<void> {
    this.#closing = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.#services.jobs.stopListening();
    const { drainTime } = this.#services.config;
    try {
      await withDeadline(drainTime + STOP_LONGER, () => this.#stop(drainTime));
    } catch (error) {
      log.warn("the worker did not stop in time, and is left alone", describeError(error));
    }
  }

  async #stop(grace: number): Promise<void> {
    const { db } = this.#services;
    const deadline = performance.now() + grace;
    const engineStopped = this.#engine.stop();
    await this.#looking;
    await this.#starts.close();
    const waiting = [...this.#places.values()].flatMap((places) => places.clear());
    for (const { id } of waiting) this.#brought.delete(id);
    await this.#giveBack(waiting);
    while (this.#brought.size > 0 && performance.now() < deadline) {
      await setTimeout(IDLE_CHECK_EVERY);
    }
    if (this.#brought.size > 0) log.warn("some jobs were cut off", { jobs: [...this.#brought.keys()] });
    await this.#ends.close();
    await removeWorker(db, this.id).catch(() => {});
    await engineStopped;
    await this.#engine.close();
  }

  async #look(): Promise<void> {
    try {
      if (performance.now() - this.#reportedAt > STALLED_AFTER) await this.#report();
      const { hands, more, isBehind, lost, sizeOrder } = await this.#dispatcher.look(this.#workers);
      this.#more = more;
      this.#sizeOrder = sizeOrder;
      this.#lookAgain ||= isBehind;
      for (const job of lost) this.#tellLost(job);
      if (hands.length > 0) await this.#engine.hand(hands);
    } catch (error) {
      log.warn("the outbox could not be looked into", describeError(error));
    }
  }

  #tellLost({ id: job, queue, ...facts }: LostJob): void {
    log.error("a job failed for good: the process that ran it was lost", { job, ...facts });
    this.#services.metrics.jobEnded(queue, OUTCOMES.failed);
  }

  #looked(): void {
    this.#looking = undefined;
    if (!this.#lookAgain) return;
    this.#lookAgain = false;
    this.wake();
  }

  async #report(): Promise<void> {
    try {
      const { db } = this.#services;
      await renew(db, [...this.#brought.keys()]);
      this.#reportedAt = performance.now();
      // One that is brought nothing runs nothing: then it is as if it weren't there.
      if (!this.#engine.isListening) return;
      this.#workers = await reportWorker(db, { id: this.id, engine: this.#engine.name });
    } catch (error) {
      log.warn("this worker could not report", describeError(error));
    }
  }

  #take({ id: handId, queue, jobs }: Hand): void {
    const places = this.#places.get(queue);
    if (!places || this.#closing) return;
    const room = placesUnderWay(this.#policies[queue]) - places.size;
    const fresh: Brought[] = [];
    for (const [id, line] of jobs) {
      const known = this.#brought.get(id);
      if (known) known.handId = handId; // brought twice, as after a stall
      else fresh.push({ id, line, handId, queue });
    }
    for (const job of fresh.slice(0, room)) {
      this.#brought.set(job.id, job);
      places.add(job.line, job);
    }
    this.#startNext(queue);
    this.#giveBack(fresh.slice(room)); // another process has room for them
  }

  #startNext(queue: QueueName): void {
    if (this.#closing) return;
    const places = this.#places.get(queue)!;
    for (let job = places.next(); job; job = places.next()) this.#starts.add(job);
  }

  async #begin(jobs: Brought[]): Promise<void> {
    const { db, clock } = this.#services;
    const claimed = await withDeadline(CLAIM_WITHIN, () => begin(db, jobs, clock.now(), this.#sizeOrder));
    const begun = new Map(claimed.map((job) => [job.id, job]));
    for (const brought of jobs) {
      const job = begun.get(brought.id);
      if (job) this.#run(brought, job);
      else this.#refuse(brought);
    }
  }

  #refuse(job: Brought): void {
    this.#leave(job);
    this.#brought.delete(job.id);
  }

  async #run(brought: Brought, job: BegunJob): Promise<void> {
    const started = performance.now();
    const outcome = await runJob(this.#services, this.#jobs, this.#policies[job.queue], job);
    this.#services.metrics.jobEnded(
      job.queue,
      OUTCOMES[outcome.state],
      (performance.now() - started) / SECOND,
    );
    this.#leave(brought);
    this.#ends.add(outcome);
  }

  /** Its place is free for the next. */
  #leave({ queue, line }: Brought): void {
    this.#places.get(queue)!.release(line);
    this.#startNext(queue);
  }

  async #giveBack(jobs: Brought[]): Promise<void> {
    try {
      await giveBack(this.#services.db, jobs);
    } catch (error) {
      log.warn(
        "jobs could not be given back; they are taken up when their lease is over",
        describeError(error),
      );
    }
  }

  async #end(ends: JobEnd[]): Promise<void> {
    const { db, clock } = this.#services;
    await end(db, ends, clock.now(), this.#sizeOrder);
    for (const { id } of ends) this.#brought.delete(id);
    if ([...this.#more].some((queue) => this.#isRunningDry(queue))) this.wake();
  }

  /** A single tenant has half of what there may be; half of that is gone, so that a look is worth its while. */
  #isRunningDry(queue: QueueName): boolean {
    return this.#places.get(queue)!.size < placesUnderWay(this.#policies[queue]) / 4;
  }
}
