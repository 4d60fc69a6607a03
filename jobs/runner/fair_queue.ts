/**
 * Items of several lines that wait for a fixed number of places. Lines take turns, and one line has `share` of the
 * places at most, so that a single item finds a place soon, however many items others have waiting.
 */
export class FairQueue<Item> {
  readonly #places: number;
  readonly #shareOf: (line: string) => number;
  /** In the order of their turns. */
  readonly #waiting = new Map<string, Item[]>();
  readonly #taken = new Map<string, number>();
  #inUse = 0;
  #waits = 0;

  constructor(places: number, shareOf: (line: string) => number) {
    this.#places = places;
    this.#shareOf = shareOf;
  }

  /** How many items have a place, or wait for one. */
  get size(): number {
    return this.#inUse + this.#waits;
  }

  add(line: string, item: Item): void {
    this.#waits++;
    const items = this.#waiting.get(line);
    if (items) items.push(item);
    else this.#waiting.set(line, [item]);
  }

  /** The next item that a place is free for; it has the place until `release`. */
  next(): Item | undefined {
    if (this.#inUse >= this.#places) return undefined;
    for (const [line, items] of this.#waiting) {
      const taken = this.#taken.get(line) ?? 0;
      if (taken >= this.#shareOf(line)) continue;
      const item = items.shift()!;
      this.#waiting.delete(line);
      if (items.length > 0) this.#waiting.set(line, items); // at the end of the round
      this.#taken.set(line, taken + 1);
      this.#inUse++;
      this.#waits--;
      return item;
    }
    return undefined;
  }

  release(line: string): void {
    const taken = this.#taken.get(line)! - 1;
    if (taken > 0) this.#taken.set(line, taken);
    else this.#taken.delete(line);
    this.#inUse--;
  }

  /** Takes out everything that waits. */
  clear(): Item[] {
    const items = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    this.#waits = 0;
    return items;
  }
}
