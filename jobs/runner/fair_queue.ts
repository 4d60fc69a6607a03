/**
 * Items of several partitions that wait for a fixed number of slots. Partitions take turns, and each gets at most its share
 * of the slots. So a partition with a single item soon gets a slot, however many items the others have waiting. If the share
 * is less than half of the slots, the other half is for partitions that have none: there, each gets one slot.
 */
export class FairQueue<Item> {
  readonly #slots: number;
  readonly #shareOf: (partition: string) => number;
  /** In the order of their turns. */
  readonly #waiting = new Map<string, Item[]>();
  readonly #usedBy = new Map<string, number>();
  #used = 0;
  #waitingItems = 0;

  constructor(slots: number, shareOf: (partition: string) => number) {
    this.#slots = slots;
    this.#shareOf = shareOf;
  }

  /** How many items have a slot or wait for one. */
  get size(): number {
    return this.#used + this.#waitingItems;
  }

  add(partition: string, item: Item): void {
    this.#waitingItems++;
    const items = this.#waiting.get(partition);
    if (items) items.push(item);
    else this.#waiting.set(partition, [item]);
  }

  /** Gives the next item a slot, until `release`. Returns undefined if no item can have one. */
  next(): Item | undefined {
    if (this.#used >= this.#slots) return undefined;
    for (const [partition, items] of this.#waiting) {
      const used = this.#usedBy.get(partition) ?? 0;
      if (used >= this.#shareNow(partition)) continue;
      const item = items.shift()!;
      this.#waiting.delete(partition);
      if (items.length > 0) this.#waiting.set(partition, items); // at the end of the round
      this.#usedBy.set(partition, used + 1);
      this.#used++;
      this.#waitingItems--;
      return item;
    }
    return undefined;
  }

  release(partition: string): void {
    const used = this.#usedBy.get(partition)! - 1;
    if (used > 0) this.#usedBy.set(partition, used);
    else this.#usedBy.delete(partition);
    this.#used--;
  }

  /** Removes and returns all waiting items. */
  clear(): Item[] {
    const items = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    this.#waitingItems = 0;
    return items;
  }

  #shareNow(partition: string): number {
    const share = this.#shareOf(partition);
    return share < this.#slots / 2 && this.#used >= this.#slots / 2 ? Math.min(share, 1) : share;
  }
}
