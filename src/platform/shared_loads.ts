/** Loads each key once at a time: callers that come while it is being loaded wait for the same result. */
export class SharedLoads<Value> {
  readonly #running = new Map<string, Promise<Value>>();

  run(key: string, load: () => Promise<Value>): Promise<Value> {
    const known = this.#running.get(key);
    if (known) return known;
    const running = load().finally(() => this.#running.delete(key));
    this.#running.set(key, running);
    return running;
  }
}

/**
 * Like `SharedLoads`, but a load that has begun is too old for callers that come later: they share the next one. So nobody gets
 * what was true before they asked.
 */
export class FreshLoads<Value> {
  readonly #running = new Map<string, Promise<Value>>();
  readonly #next = new Map<string, Promise<Value>>();

  run(key: string, load: () => Promise<Value>): Promise<Value> {
    const running = this.#running.get(key);
    if (!running) return this.#start(key, load);
    const known = this.#next.get(key);
    if (known) return known;
    const next = this.#after(running, key, load);
    this.#next.set(key, next);
    return next;
  }

  async #after(running: Promise<Value>, key: string, load: () => Promise<Value>): Promise<Value> {
    await running.catch(() => {});
    this.#next.delete(key);
    return await this.#start(key, load);
  }

  #start(key: string, load: () => Promise<Value>): Promise<Value> {
    const started = load().finally(() => {
      if (this.#running.get(key) === started) this.#running.delete(key);
    });
    this.#running.set(key, started);
    return started;
  }
}
