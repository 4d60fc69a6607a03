import type { Database } from "../db/connect.ts";
import type { ControlTx } from "../db/with_tenant.ts";
import { QUEUE_NAMES, type QueueName, type QueuePolicies, type QueuePolicy } from "../src/jobs/queues.ts";
import type { Clock } from "../src/platform/clock.ts";
import { newId } from "../src/platform/ids.ts";
import {
  countUnderWay,
  findReadyQueues,
  FIRST_LINE,
  type Hand,
  hand,
  lockDispatch,
  promote,
  takeBackLost,
} from "./ledger.ts";
import { type SizeOrder, withLedger } from "./plans.ts";

/** So many jobs for each that can run at once are under way: what is handed over has some way to go. */
const UNDER_WAY_A_PLACE = 6;

/** How many of a queue's jobs a worker may have, waiting for a place of its own or running. */
export function placesUnderWay({ concurrency }: QueuePolicy): number {
  return concurrency * UNDER_WAY_A_PLACE;
}

/** What one look into the outbox found. `more`: the queues in which jobs are ready that there was no room for. */
export type Look = { hands: Hand[]; more: Set<QueueName>; sizeOrder: SizeOrder };

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
      const [{ isAlone, sizeOrder }, , , ready, underWay] = await Promise.all([
        lockDispatch(tx),
        promote(tx, now),
        takeBackLost(tx, this.#policies, now),
        findReadyQueues(tx),
        countUnderWay(tx),
      ]);
      if (!isAlone) return { hands: [], more: new Set(ready), sizeOrder };
      const hands: Hand[] = [];
      for (const queue of ready.filter((name) => QUEUE_NAMES.includes(name))) {
        const capacity = placesUnderWay(this.#policies[queue]) * workers;
        const free = capacity - (underWay[queue] ?? 0);
        if (free > 0) hands.push(...await this.#handRound(tx, queue, free, Math.ceil(capacity / 2)));
      }
      const more = new Set(hands.length > 0 ? await findReadyQueues(tx) : ready);
      return { hands, more, sizeOrder };
    });
  }

  /** From the line after the last turn to the last line, and then from the first one. */
  async #handRound(tx: ControlTx, queue: QueueName, free: number, share: number): Promise<Hand[]> {
    const after = this.#turns.get(queue) ?? FIRST_LINE;
    const first = await hand(tx, queue, { free, share, handId: newId(), after });
    const left = free - first.jobs.length;
    const second = after !== FIRST_LINE && left > 0
      ? await hand(tx, queue, { free: left, share, handId: newId(), after: FIRST_LINE })
      : null;
    const hands = [first, ...(second ? [second] : [])].filter(({ jobs }) => jobs.length > 0);
    const last = hands.at(-1)?.jobs.map(([, line]) => line).reduce((one, other) => one > other ? one : other);
    this.#turns.set(queue, last && left === 0 ? last : FIRST_LINE);
    return hands;
  }
}
