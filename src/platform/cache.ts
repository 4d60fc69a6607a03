/**
 * A least-recently-used cache in this process. Every entry expires after `ttl` milliseconds of monotonic time
 * (`performance.now`), so setting the clock back can't keep an entry alive.
 */
export class MemoryCache<Value> {
  readonly #entries = new Map<string, { value: Value; expires: number }>();
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
    this.#entries.delete(key);
    if (this.#entries.size >= this.#capacity) this.#entries.delete(this.#entries.keys().next().value!);
    this.#entries.set(key, { value, expires: performance.now() + this.#ttl });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  deleteWhere(matches: (value: Value) => boolean): void {
    for (const [key, { value }] of this.#entries) if (matches(value)) this.#entries.delete(key);
  }

  /**
   * The cached value of `key`, or else the result of `load`, which is then cached. Failures, null and undefined are not
   * cached.
   */
  async getOrLoad(key: string, load: () => Promise<Value>): Promise<Value> {
    const known = this.get(key);
    if (known !== undefined) return known;
    const value = await load();
    if (value !== undefined && value !== null) this.set(key, value);
    return value;
  }
}
