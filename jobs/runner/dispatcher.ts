import type { Database } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import {
  type QueueName,
  type QueuePolicies,
  type QueuePolicy,
  slotsPerPartition,
} from "../../src/outbox/queues.ts";
import type { Clock } from "../../src/platform/clock.ts";
import { countInProgress, findReadyQueues } from "./backlog.ts";
import {
  BEFORE_ALL_PARTITIONS,
  type Dispatch,
  dispatchReady,
  lockDispatching,
  promoteDue,
  type Room,
} from "./dispatching.ts";
import { type LostJob, reclaimLostJobs } from "./lost_jobs.ts";
import { type SizeClass, withCustomPlans } from "./query_plans.ts";

/** Enough that a worker doesn't run out of jobs before the next dispatch arrives. */
const JOBS_PER_SLOT = 6;

/** How many of a queue's jobs one worker may hold, running or waiting for a slot. */
export function jobsPerWorker({ concurrency }: QueuePolicy): number {
  return concurrency * JOBS_PER_SLOT;
}

/** What one poll of the outbox found. */
export type PollResult = {
  dispatches: Dispatch[];
  /** The queues that still have ready jobs. */
  backlog: Set<QueueName>;
  /** Whether more jobs may be due that aren't ready yet. */
  hasMoreDue: boolean;
  /** Jobs that failed permanently because their process was lost. */
  lost: LostJob[];
  sizeClass: SizeClass;
};

/** Chooses the next jobs: fairly among tenants, and no more than the workers can hold. */
export class Dispatcher {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #policies: QueuePolicies;
  /** The last partition that had its turn in each queue. */
  readonly #turns = new Map<QueueName, string>();

  constructor(db: Database, clock: Clock, policies: QueuePolicies) {
    this.#db = db;
    this.#clock = clock;
    this.#policies = policies;
  }

  /** Dispatches the next jobs of all queues, unless another process is dispatching. */
  async poll(workers: number): Promise<PollResult> {
    const now = this.#clock.now();
    return await withCustomPlans(this.#db, async (tx) => {
      // One round trip. Each statement sees what the previous ones did.
      const [hasMoreDue, lost, { isLocked, sizeClass }, ready, inProgress] = await Promise.all([
        promoteDue(tx, now, "first"),
        reclaimLostJobs(tx, this.#policies, now),
        lockDispatching(tx),
        findReadyQueues(tx, this.#policies),
        countInProgress(tx),
      ]);
      // A job that is due now doesn't wait for a backlog from the time when nothing ran.
      if (hasMoreDue) await promoteDue(tx, now, "last");
      if (!isLocked) return { dispatches: [], backlog: new Set(ready), hasMoreDue, lost, sizeClass };
      const dispatches: Dispatch[] = [];
      for (const queue of ready) {
        const policy = this.#policies[queue];
        const all = jobsPerWorker(policy) * workers;
        const free = all - (inProgress[queue] ?? 0);
        const share = slotsPerPartition(policy) * JOBS_PER_SLOT * workers;
        const shared = share < all / 2 ? free - Math.floor(all / 2) : free;
        const full = Math.ceil(policy.concurrency / slotsPerPartition(policy));
        const room = { free, shared, share, least: JOBS_PER_SLOT * workers, full, workers };
        if (free > 0) dispatches.push(...await this.#dispatchRound(tx, queue, room));
      }
      const backlog = new Set(dispatches.length > 0 ? await findReadyQueues(tx, this.#policies) : ready);
      return { dispatches, backlog, hasMoreDue, lost, sizeClass };
    });
  }

  /** Continues after the partition that had the last turn, and wraps around to the first. */
  async #dispatchRound(
    tx: ControlTx,
    queue: QueueName,
    { free, shared, ...room }: Omit<Room, "after">,
  ): Promise<Dispatch[]> {
    const after = this.#turns.get(queue) ?? BEFORE_ALL_PARTITIONS;
    const first = await dispatchReady(tx, queue, { free, shared, ...room, after });
    const jobs = first.flatMap(({ jobs }) => jobs);
    const left = free - jobs.length;
    const second = after !== BEFORE_ALL_PARTITIONS && left > 0
      ? await dispatchReady(tx, queue, {
        ...room,
        free: left,
        shared: shared - jobs.length,
        after: BEFORE_ALL_PARTITIONS,
      })
      : [];
    const last = left === 0 ? jobs.map(([, partition]) => partition).sort().at(-1) : undefined;
    this.#turns.set(queue, last ?? BEFORE_ALL_PARTITIONS);
    return [...first, ...second];
  }
}
