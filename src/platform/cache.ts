/**
 * A least-recently-used cache in this process. Every entry expires after `ttl` milliseconds of monotonic time
 * (`performance.now`), so setting the clock back can't keep an entry alive. Everyone who waits for a value shares one load. What is
 * deleted while it is loaded isn't cached, and later callers load again, so nobody gets what was true before the deletion.
 */
export class MemoryCache<Value> {
  readonly #entries = new Map<string, { value: Value; expires: number }>();
  readonly #loads = new Map<string, Promise<Value>>();
  readonly #capacity: number;
  readonly #ttl: number;

  constructor({ capacity, ttl }: { capacity: number; ttl: number }) {
    this.#capacity = capacity;
    this.#ttl = ttl;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    if (entry.expires <= performance.now()) return undefined;
    this.#entries.set(key, entry);
    return entry.value;
  }

  set(key: string, value: Value): void {
    this.delete(key);
    if (this.#entries.size >= this.#capacity) this.#entries.delete(this.#entries.keys().next().value!);
    this.#entries.set(key, { value, expires: performance.now() + this.#ttl });
  }

  delete(key: string): void {
    this.#loads.delete(key);
    this.#entries.delete(key);
  }

  deleteWhere(matches: (value: Value) => boolean): void {
    this.#loads.clear(); // what they load may match
    for (const [key, { value }] of this.#entries) if (matches(value)) this.#entries.delete(key);
  }

  /**
   * The cached value of `key`, or else the result of `load`, which is then cached. Failures, null and undefined are not
   * cached.
   */
  async getOrLoad(key: string, load: () => Promise<Value>): Promise<Value> {
    const known = this.get(key);
    if (known !== undefined) return known;
    return await (this.#loads.get(key) ?? this.#load(key, load));
  }

  async #load(key: string, load: () => Promise<Value>): Promise<Value> {
    const loading = load();
    this.#loads.set(key, loading);
    try {
      const value = await loading;
      const isCurrent = this.#loads.get(key) === loading;
      if (isCurrent && value !== undefined && value !== null) this.set(key, value);
      return value;
    } finally {
      if (this.#loads.get(key) === loading) this.#loads.delete(key);
    }
  }
}
