/** Every key without a slot that makes more than 1 in `MAX_CANDIDATES` of the calls is among the candidates. */
const MAX_CANDIDATES = 2_000;
/** A call's weight after a minute. It falls to half after 69 minutes. */
const WEIGHT_AFTER_A_MINUTE = 0.99;
const MIN_WEIGHT = 0.5;
/** A candidate needs this multiple of a key's weight to replace the key, so that keys of similar weight don't alternate. */
const MIN_LEAD = 2;

type Slot<Tally> = { tally: Tally; weight: number };

/**
 * Keeps one tally for each of the `limit` busiest keys and one tally for all other keys. Memory is bounded: there is a
 * slot for each of the busiest keys, and a weight for each of a fixed number of candidates. The candidates are counted
 * with the Misra-Gries algorithm, which always includes frequent keys and never overestimates a weight.
 *
 * A key gets a free slot immediately. If no slot is free, `rank` gives it the slot of a key that is at most half as busy.
 * The replaced key's tally is merged into `others`, and the new key's tally starts empty. So the sum of all tallies is
 * always the number of calls, and no tally decreases while its key has a slot.
 */
export class Busiest<Tally> {
  readonly #limit: number;
  readonly #newTally: () => Tally;
  readonly #merge: (into: Tally, from: Tally) => void;
  readonly #slots = new Map<string, Slot<Tally>>();
  readonly #candidates = new Map<string, number>();
  /** The tally of all keys that have no slot. */
  readonly others: Tally;

  constructor(limit: number, newTally: () => Tally, merge: (into: Tally, from: Tally) => void) {
    this.#limit = limit;
    this.#newTally = newTally;
    this.#merge = merge;
    this.others = newTally();
  }

  /** Returns the tally to which the caller adds a call of `key`. Each call of this method increases the key's weight. */
  tallyOf(key: string): Tally {
    const slot = this.#slots.get(key);
    if (slot) {
      slot.weight++;
      return slot.tally;
    }
    if (this.#slots.size < this.#limit) {
      const weight = (this.#candidates.get(key) ?? 0) + 1;
      this.#candidates.delete(key);
      return this.#addSlot(key, weight);
    }
    this.#countCandidate(key);
    return this.others;
  }

  /** The keys that have a slot, and their tallies. */
  *[Symbol.iterator](): Iterator<[string, Tally]> {
    for (const [key, { tally }] of this.#slots) yield [key, tally];
  }

  /** Gives the slots to the busiest keys. `minutes` is the time since the previous call. */
  rank(minutes: number): void {
    const quietestFirst = [...this.#slots].sort(([, one], [, other]) => one.weight - other.weight);
    const busiestFirst = [...this.#candidates].sort(([, one], [, other]) => other - one);
    for (const [rank, [key, weight]] of busiestFirst.entries()) {
      const quietest = quietestFirst[rank];
      if (!quietest || weight < MIN_LEAD * quietest[1].weight) break;
      this.#candidates.delete(key);
      this.#candidates.set(quietest[0], quietest[1].weight);
      this.#removeSlot(quietest[0]);
      this.#addSlot(key, weight);
    }
    this.#age(minutes);
  }

  /** Removes a key's slot. Its calls stay counted in `others`. */
  forget(key: string): void {
    this.#candidates.delete(key);
    this.#removeSlot(key);
  }

  #addSlot(key: string, weight: number): Tally {
    const tally = this.#newTally();
    this.#slots.set(key, { tally, weight });
    return tally;
  }

  #removeSlot(key: string): void {
    const slot = this.#slots.get(key);
    if (!slot) return;
    this.#slots.delete(key);
    this.#merge(this.others, slot.tally);
  }

  /**
   * If all candidates are taken, every weight falls by one. The amortized cost is constant, because earlier calls
   * raised the weights.
   */
  #countCandidate(key: string): void {
    const weight = this.#candidates.get(key);
    if (weight !== undefined) this.#candidates.set(key, weight + 1);
    else if (this.#candidates.size < MAX_CANDIDATES) this.#candidates.set(key, 1);
    else this.#reweigh((weight) => weight - 1);
  }

  #age(minutes: number): void {
    const factor = WEIGHT_AFTER_A_MINUTE ** minutes;
    for (const slot of this.#slots.values()) slot.weight *= factor;
    this.#reweigh((weight) => weight * factor);
  }

  #reweigh(change: (weight: number) => number): void {
    for (const [key, weight] of this.#candidates) {
      const changed = change(weight);
      if (changed < MIN_WEIGHT) this.#candidates.delete(key);
      else this.#candidates.set(key, changed);
    }
  }
}
