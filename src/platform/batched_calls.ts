/**
 * Answers calls in batches: while one batch runs, it collects the calls for the next. So a single call doesn't wait, and hundreds
 * share a query and a commit. If a batch fails, each of its calls runs alone, so that one call can't fail the others.
 */
export class BatchedCalls<Item, Answer> {
  readonly #run: (items: Item[]) => Promise<Answer[]>;
  readonly #maxBatch: number;
  #waiting: Call<Item, Answer>[] = [];
  #isRunning = false;

  /** `run` returns an answer for each item, in the order of the items. */
  constructor(run: (items: Item[]) => Promise<Answer[]>, maxBatch = 200) {
    this.#run = run;
    this.#maxBatch = maxBatch;
  }

  call(item: Item): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#waiting.push({ item, resolve, reject });
    if (!this.#isRunning) this.#runAll();
    return promise;
  }

  async #runAll(): Promise<void> {
    this.#isRunning = true;
    await Promise.resolve(); // calls of the same tick go into one batch
    while (this.#waiting.length > 0) await this.#answer(this.#waiting.splice(0, this.#maxBatch));
    this.#isRunning = false;
  }

  async #answer(calls: Call<Item, Answer>[]): Promise<void> {
    try {
      const answers = await this.#run(calls.map(({ item }) => item));
      calls.forEach(({ resolve }, index) => resolve(answers[index]!));
    } catch (error) {
      if (calls.length === 1) return calls[0]!.reject(error);
      for (const call of calls) await this.#answer([call]);
    }
  }
}

type Call<Item, Answer> = {
  item: Item;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
};
