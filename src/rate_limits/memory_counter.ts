import type { Clock } from "../platform/clock.ts";
import { type Count, type Counter, PARTS, type Request } from "./counter.ts";

/** The most keys in memory. Beyond them, the key that was used least recently is forgotten. */
const MAX_KEYS = 100_000;

/** What was counted in a part of time, the oldest first. */
type Entry = { part: number; count: number };

/** Counts in this process. Like `SCRIPT`, which counts in Redis. */
export class MemoryCounter implements Counter {
  readonly #clock: Clock;
  readonly #maxKeys: number;
  readonly #keys = new Map<string, Entry[]>();

  constructor(clock: Clock, maxKeys = MAX_KEYS) {
    this.#clock = clock;
    this.#maxKeys = maxKeys;
  }

  count({ action, key, limit, window, cost, part }: Request): Count {
    const now = this.#clock.now().getTime();
    const length = window / PARTS;
    const current = Math.floor(now / length);
    const entries = (this.#keys.get(key) ?? []).filter((entry) => Math.abs(entry.part - current) <= PARTS);
    if (action === "give_back") giveBack(entries, part, cost);
    const hasRoom = sum(entries) + cost <= limit;
    const counted = action === "take" && hasRoom ? add(entries, current, cost) : current;
    this.#store(key, entries);
    const used = sum(entries);
    const endOf = (index: number) => (index + PARTS + 1) * length - now;
    return {
      hasRoom,
      used,
      part: counted,
      roomAfter: hasRoom ? 0 : endOf(partThatFrees(entries, used + cost - limit) ?? current),
      emptyAfter: used === 0 ? 0 : endOf(entries.at(-1)!.part),
    };
  }

  check(): void {}

  close(): void {}

  /** Moves the key to the end of the map, which makes it the last to be forgotten. */
  #store(key: string, entries: Entry[]): void {
    this.#keys.delete(key);
    if (entries.length === 0) return;
    if (this.#keys.size >= this.#maxKeys) this.#keys.delete(this.#keys.keys().next().value!);
    this.#keys.set(key, entries);
  }
}

/** Returns the part in which it counted. */
function add(entries: Entry[], part: number, count: number): number {
  const last = entries.at(-1);
  if (!last || last.part < part) {
    entries.push({ part, count });
    return part;
  }
  last.count += count; // if the clock was set back, this part is ahead of it: it counts longer, never shorter
  return last.part;
}

function giveBack(entries: Entry[], part: number | undefined, count: number): void {
  const index = entries.findIndex((entry) => entry.part === part);
  if (index === -1) return;
  entries[index]!.count -= count;
  if (entries[index]!.count <= 0) entries.splice(index, 1); // an empty part has no end to wait for
}

/** The part with whose end at least `missing` no longer counts, or the last one if that is more than all. */
function partThatFrees(entries: Entry[], missing: number): number | undefined {
  let freed = 0;
  for (const { part, count } of entries) {
    freed += count;
    if (freed >= missing) return part;
  }
  return entries.at(-1)?.part;
}

function sum(entries: Entry[]): number {
  let total = 0;
  for (const { count } of entries) total += count;
  return total;
}
