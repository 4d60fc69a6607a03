type Level = Map<unknown, unknown>;

/**
 * A value for each combination of keys. Looks up one key after the other, because the hashes of texts that are used again are known,
 * while the hash of a text that joins them isn't.
 */
export class Groups<Value> {
  readonly #values: Value[] = [];
  readonly #first: Level = new Map();

  /** All values, in the order in which they were made. */
  get values(): readonly Value[] {
    return this.#values;
  }

  /** The value of these keys, as many each time. At their first use, `make` gets the number of values before. */
  valueOf(keys: readonly unknown[], make: (before: number) => Value): Value {
    let level = this.#first;
    const last = keys.length - 1;
    for (let position = 0; position < last; position++) {
      let next = level.get(keys[position]) as Level | undefined;
      if (!next) level.set(keys[position], next = new Map());
      level = next;
    }
    const known = level.get(keys[last]) as Value | undefined;
    if (known !== undefined) return known;
    const value = make(this.#values.length);
    this.#values.push(value);
    level.set(keys[last], value);
    return value;
  }
}
