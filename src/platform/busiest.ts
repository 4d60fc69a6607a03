/** How many of those without a place are watched: whoever makes more than one in so many of their calls is among them. */
const MAX_CANDIDATES = 2_000;
/** What a call still counts a minute later: half after 69 minutes. */
const WEIGHT_AFTER_A_MINUTE = 0.99;
const MIN_WEIGHT = 0.5;
/** So many times as busy a newcomer must be as whom it displaces, so that neighbours in the ranking don't take turns. */
const LEAD = 2;

type Place<Tally> = { tally: Tally; weight: number };

/**
 * Keeps a tally for each of the busiest `limit` keys, and one for all others together, in bounded memory: places for
 * the busiest, and the weights of a fixed number of candidates (Misra and Gries: those that call often enough are always
 * among them, and none is taken for busier than it is).
 *
 * A key gets a place at once while there is a free one, later when `rank` finds it at least twice as busy as the one that
 * loses its place. A loser's tally is merged into that of the others, and a newcomer's starts from nothing. So the sum of
 * all tallies is the number of calls at any time, and no tally ever goes down while it is there.
 */
export class Busiest<Tally> {
  readonly #limit: number;
  readonly #newTally: () => Tally;
  readonly #merge: (into: Tally, from: Tally) => void;
  readonly #places = new Map<string, Place<Tally>>();
  readonly #candidates = new Map<string, number>();
  /** The tally of all that have no place. */
  readonly others: Tally;

  constructor(limit: number, newTally: () => Tally, merge: (into: Tally, from: Tally) => void) {
    this.#limit = limit;
    this.#newTally = newTally;
    this.#merge = merge;
    this.others = newTally();
  }

  /** The tally that a call of `key` is to be added to. Asking for it is what makes a key busy. */
  tallyOf(key: string): Tally {
    const place = this.#places.get(key);
    if (place) {
      place.weight++;
      return place.tally;
    }
    if (this.#places.size < this.#limit) {
      const weight = (this.#candidates.get(key) ?? 0) + 1;
      this.#candidates.delete(key);
      return this.#settle(key, weight);
    }
    this.#watch(key);
    return this.others;
  }

  /** The keys that have a place, and their tallies. */
  *[Symbol.iterator](): Iterator<[string, Tally]> {
    for (const [key, { tally }] of this.#places) yield [key, tally];
  }

  /** Gives the places to the busiest, `minutes` after the last time. */
  rank(minutes: number): void {
    const quietestFirst = [...this.#places].sort(([, one], [, other]) => one.weight - other.weight);
    const busiestFirst = [...this.#candidates].sort(([, one], [, other]) => other - one);
    for (const [rank, [key, weight]] of busiestFirst.entries()) {
      const quietest = quietestFirst[rank];
      if (!quietest || weight < LEAD * quietest[1].weight) break;
      this.#candidates.delete(key);
      this.#candidates.set(quietest[0], quietest[1].weight);
      this.#vacate(quietest[0]);
      this.#settle(key, weight);
    }
    this.#age(minutes);
  }

  /** Takes a key's place away. What it has called stays counted, among the others. */
  forget(key: string): void {
    this.#candidates.delete(key);
    this.#vacate(key);
  }

  #settle(key: string, weight: number): Tally {
    const tally = this.#newTally();
    this.#places.set(key, { tally, weight });
    return tally;
  }

  #vacate(key: string): void {
    const place = this.#places.get(key);
    if (!place) return;
    this.#places.delete(key);
    this.#merge(this.others, place.tally);
  }

  /** Where there is no room, everybody's weight falls by one: that costs no more than the calls before it have paid for. */
  #watch(key: string): void {
    const weight = this.#candidates.get(key);
    if (weight !== undefined) this.#candidates.set(key, weight + 1);
    else if (this.#candidates.size < MAX_CANDIDATES) this.#candidates.set(key, 1);
    else this.#reweigh((weight) => weight - 1);
  }

  #age(minutes: number): void {
    const factor = WEIGHT_AFTER_A_MINUTE ** minutes;
    for (const place of this.#places.values()) place.weight *= factor;
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
