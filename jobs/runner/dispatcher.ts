import type { Database } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import type { QueueName, QueuePolicies, QueuePolicy } from "../../src/outbox/queues.ts";
import type { Clock } from "../../src/platform/clock.ts";
import {
  countUnderWay,
  findReadyQueues,
  FIRST_LINE,
  type Hand,
  hand,
  lockDispatch,
  type LostJob,
  promote,
  takeBackLost,
} from "./ledger.ts";
import { type SizeOrder, withLedger } from "./query_plans.ts";

/** So many jobs for each that can run at once are under way: what is handed over has some way to go. */
const UNDER_WAY_A_PLACE = 6;

/** How many of a queue's jobs a worker may have, waiting for a place of its own or running. */
export function placesUnderWay({ concurrency }: QueuePolicy): number {
  return concurrency * UNDER_WAY_A_PLACE;
}

/**
 * What one look into the outbox found. `more`: the queues in which jobs are ready that there was no room for. `isBehind`:
 * there may be more that is due and not ready yet. `lost`: jobs that have failed with their process.
 */
export type Look = {
  hands: Hand[];
  more: Set<QueueName>;
  isBehind: boolean;
  lost: LostJob[];
  sizeOrder: SizeOrder;
};

/** Chooses which jobs go next, fairly among tenants, and no more than the workers can take. */
export class Dispatcher {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #policies: QueuePolicies;
  /** Of each queue, the line that had the last turn. */
  readonly #turns = new Map<QueueName, string>();

  constructor(db: Database, clock: Clock, policies: QueuePolicies) {
    this.#db = db;
    this.#clock = clock;
    this.#policies = policies;
  }

  /** Marks the next jobs of all queues as handed over, unless another process is doing so. */
  async look(workers: number): Promise<Look> {
    const now = this.#clock.now();
    return await withLedger(this.#db, async (tx) => {
      // One flight: each sees what the one before has done.
      const [isBehind, lost, { isAlone, sizeOrder }, ready, underWay] = await Promise.all([
        promote(tx, now, "first"),
        takeBackLost(tx, this.#policies, now),
        lockDispatch(tx),
        findReadyQueues(tx, this.#policies),
        countUnderWay(tx),
      ]);
      // What has just become due doesn't wait for all that did while nothing ran.
      if (isBehind) await promote(tx, now, "last");
      if (!isAlone) return { hands: [], more: new Set(ready), isBehind, lost, sizeOrder };
      const hands: Hand[] = [];
      for (const queue of ready) {
        const capacity = placesUnderWay(this.#policies[queue]) * workers;
        const free = capacity - (underWay[queue] ?? 0);
        if (free > 0) hands.push(...await this.#handRound(tx, queue, { free, capacity, workers }));
      }
      const more = new Set(hands.length > 0 ? await findReadyQueues(tx, this.#policies) : ready);
      return { hands, more, isBehind, lost, sizeOrder };
    });
  }

  /** From the line after the last turn to the last line, and then from the first one. */
  async #handRound(
    tx: ControlTx,
    queue: QueueName,
    { free, capacity, workers }: { free: number; capacity: number; workers: number },
  ): Promise<Hand[]> {
    const share = Math.ceil(capacity / 2);
    const after = this.#turns.get(queue) ?? FIRST_LINE;
    const first = await hand(tx, queue, { free, share, workers, after });
    const taken = first.flatMap(({ jobs }) => jobs);
    const left = free - taken.length;
    const second = after !== FIRST_LINE && left > 0
      ? await hand(tx, queue, { free: left, share, workers, after: FIRST_LINE })
      : [];
    const last = left === 0 ? taken.map(([, line]) => line).sort().at(-1) : undefined;
    this.#turns.set(queue, last ?? FIRST_LINE);
    return [...first, ...second];
  }
}
