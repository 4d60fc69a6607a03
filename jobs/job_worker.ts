import { clearInterval, setInterval } from "node:timers";
import { setTimeout } from "node:timers/promises";
import { type QueueName, type QueuePolicies, QUEUES } from "../src/jobs/queues.ts";
import { SECOND } from "../src/platform/clock.ts";
import { newId } from "../src/platform/ids.ts";
import { describeError, logOf } from "../src/platform/log.ts";
import type { Services } from "../src/services.ts";
import { Batches } from "./batches.ts";
import { Dispatcher, placesUnderWay } from "./dispatcher.ts";
import type { Engine } from "./engines/engine.ts";
import { FairQueue } from "./fair_queue.ts";
import { HANDLERS } from "./handlers/handlers.ts";
import type { JobHandlers } from "./handlers/handler.ts";
import {
  begin,
  type BegunJob,
  end,
  giveBack,
  type Hand,
  isBusy,
  type JobEnd,
  removeWorker,
  renew,
  reportWorker,
} from "./ledger.ts";
import type { SizeOrder } from "./plans.ts";
import { runJob } from "./run_job.ts";

/** Where processes that enqueue tell those that run jobs. */
export const NEW_JOBS = "denizen_new_jobs";

const IDLE_CHECK_EVERY = 5;
const LOOK_EVERY = SECOND;
const REPORT_EVERY = 5 * SECOND;
const PLATFORM_LINE = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** What the metrics call the ways in which an attempt ends. */
const OUTCOMES = { done: "done", failed: "failed", waiting: "retried", held: "held" } as const;

const log = logOf("jobs");

export type WorkerOptions = { handlers?: JobHandlers; policies?: QueuePolicies };

/** A job that was brought to this process. */
type Brought = { id: string; line: string; handId: string; queue: QueueName; over: () => void };

/** Looks into the outbox, hands jobs over to the engine, and runs those that the engine brings. */
export class JobWorker {
  readonly id = newId();
  readonly #services: Services;
  readonly #engine: Engine;
  readonly #handlers: JobHandlers;
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

  private constructor(services: Services, engine: Engine, options: WorkerOptions) {
    this.#services = services;
    this.#engine = engine;
    this.#handlers = options.handlers ?? HANDLERS;
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
    this.#starts = new Batches((jobs) => this.#begin(jobs));
    this.#ends = new Batches((ends) => this.#end(ends));
  }

  /** A worker that has begun to work. */
  static async start(services: Services, engine: Engine, options: WorkerOptions = {}): Promise<JobWorker> {
    const worker = new JobWorker(services, engine, options);
    await worker.#report();
    await engine.listen((hand) => worker.#take(hand));
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

  /** Until no job is ready or under way, in whatever process. */
  async idle(): Promise<void> {
    const { db, clock } = this.#services;
    do {
      this.wake();
      while (this.#looking) await this.#looking;
      await setTimeout(IDLE_CHECK_EVERY);
    } while (await isBusy(db, clock.now()));
    await this.#ends.idle();
  }

  /** Works until nothing is due, or the time (in milliseconds) is over: where a process sleeps when nobody waits for it. */
  async drain(limit: number): Promise<void> {
    await Promise.race([this.idle(), setTimeout(limit, undefined, { ref: false })]);
  }

  /** Takes nothing more, waits for what is running, and gives the rest back. What takes longer than `stopGrace` is begun anew. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.#services.jobs.stopListening();
    const engineStopped = this.#engine.stop();
    await this.#looking;
    await this.#starts.close();
    const waiting = [...this.#places.values()].flatMap((places) => places.clear());
    await giveBack(this.#services.db, waiting.map(({ id }) => id)).catch((error) =>
      log.warn(
        "jobs could not be given back; they are taken up when their lease is over",
        describeError(error),
      )
    );
    for (const job of waiting) this.#forget(job);
    const deadline = performance.now() + this.#services.config.stopGrace;
    while (this.#brought.size > 0 && performance.now() < deadline) {
      await setTimeout(IDLE_CHECK_EVERY);
    }
    await this.#ends.close();
    await engineStopped;
    await this.#engine.close();
    await removeWorker(this.#services.db.control, this.id).catch(() => {});
  }

  async #look(): Promise<void> {
    try {
      const { hands, more, sizeOrder } = await this.#dispatcher.look(this.#workers);
      this.#more = more;
      this.#sizeOrder = sizeOrder;
      if (hands.length > 0) await this.#engine.hand(hands);
    } catch (error) {
      log.warn("the outbox could not be looked into", describeError(error));
    }
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
      this.#workers = await reportWorker(db.control, { id: this.id, engine: this.#engine.name });
      await renew(db, [...this.#brought.keys()]);
    } catch (error) {
      log.warn("this worker could not report", describeError(error));
    }
  }

  async #take({ id: handId, queue, jobs }: Hand): Promise<void> {
    const places = this.#places.get(queue);
    if (!places || this.#closing) return;
    await Promise.all(jobs.map(([id, line]) => {
      if (this.#brought.has(id)) return; // brought twice
      return new Promise<void>((over) => {
        const job = { id, line, handId, queue, over };
        this.#brought.set(id, job);
        places.add(line, job);
        this.#startNext(queue);
      });
    }));
  }

  #startNext(queue: QueueName): void {
    const places = this.#places.get(queue)!;
    for (let job = places.next(); job; job = places.next()) this.#starts.add(job);
  }

  async #begin(jobs: Brought[]): Promise<void> {
    const { db, clock } = this.#services;
    const begun = new Map(
      (await begin(db.control, jobs, clock.now(), this.#sizeOrder)).map((job) => [job.id, job]),
    );
    for (const brought of jobs) {
      const job = begun.get(brought.id);
      if (job) this.#run(brought, job);
      else this.#leave(brought), this.#forget(brought);
    }
  }

  async #run(brought: Brought, job: BegunJob): Promise<void> {
    const started = performance.now();
    const outcome = await runJob(this.#services, this.#handlers, this.#policies[job.queue], job);
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

  #forget({ id, over }: Brought): void {
    this.#brought.delete(id);
    over();
  }

  async #end(ends: JobEnd[]): Promise<void> {
    const { db, clock } = this.#services;
    await end(db.control, ends, clock.now(), this.#sizeOrder);
    for (const { id } of ends) this.#forget(this.#brought.get(id)!);
    if ([...this.#more].some((queue) => this.#isRunningDry(queue))) this.wake();
  }

  /** A single tenant has half of what there may be; half of that is gone, so that a look is worth its while. */
  #isRunningDry(queue: QueueName): boolean {
    return this.#places.get(queue)!.size < placesUnderWay(this.#policies[queue]) / 4;
  }
}
