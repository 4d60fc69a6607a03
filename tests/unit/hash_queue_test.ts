import assert from "node:assert/strict";
import { DomainError } from "../../src/errors.ts";
import { HashQueue } from "../../src/identity/hash_queue.ts";

/** Protects: password hashes never exceed the cores, memory and waiting time available (S52). */

Deno.test("hashes use all slots of the queue, in order of arrival", async () => {
  const { queue, hashes } = queueOf({ atOnce: 2 });

  const results = ["a", "b", "c", "d"].map((name) => queue.run(hashes.named(name)));
  await hashes.end("b");
  await hashes.end("a");
  await hashes.end("c");
  await hashes.end("d");

  assert.deepEqual(await Promise.all(results), ["a", "b", "c", "d"]);
  assert.deepEqual(hashes.started, ["a", "b", "c", "d"]);
  assert.equal(hashes.mostAtOnce, 2);
});

Deno.test("a hash that would wait longer than 10 seconds is rejected with 503 and Retry-After", async () => {
  const { queue, hashes } = queueOf({ atOnce: 1, milliseconds: 2_000 });
  for (let done = 0; done < 30; done++) {
    const result = queue.run(hashes.named(`measured ${done}`));
    await hashes.end(`measured ${done}`);
    await result;
  }

  const running = queue.run(hashes.named("running"));
  const waiting = Array.from({ length: 5 }, (_, place) => queue.run(hashes.named(`waiting ${place}`)));
  const refused = queue.run(hashes.named("refused"));

  await assert.rejects(refused, (error) => error instanceof DomainError && error.kind === "unavailable");
  await refused.catch(({ retryAfter }) => assert.equal(retryAfter, 10));
  for (const name of ["running", ...waiting.map((_, place) => `waiting ${place}`)]) {
    await hashes.end(name);
  }
  await Promise.all([running, ...waiting]);
});

Deno.test("a hash whose client disconnected leaves the queue", async () => {
  const { queue, hashes } = queueOf({ atOnce: 1 });
  const client = new AbortController();

  const running = queue.run(hashes.named("running"));
  const left = queue.run(hashes.named("left"), client.signal);
  const stayed = queue.run(hashes.named("stayed"));
  client.abort();
  await assert.rejects(left, { kind: "unavailable" });
  await hashes.end("running");
  await hashes.end("stayed");

  assert.deepEqual(await Promise.all([running, stayed]), ["running", "stayed"]);
  assert.deepEqual(hashes.started, ["running", "stayed"]);
});

Deno.test("a failed hash frees its slot", async () => {
  const { queue, hashes } = queueOf({ atOnce: 1 });

  await assert.rejects(queue.run(() => Promise.reject(new Error("broken"))), /broken/);
  const next = queue.run(hashes.named("next"));
  await hashes.end("next");

  assert.equal(await next, "next");
});

/** A queue whose hashes finish when the test says so, after the given milliseconds on the queue's clock. */
function queueOf({ atOnce, milliseconds = 50 }: { atOnce: number; milliseconds?: number }) {
  let now = 0;
  const hashes = new Hashes(() => now += milliseconds);
  return { queue: new HashQueue({ atOnce, now: () => now }), hashes };
}

class Hashes {
  readonly started: string[] = [];
  mostAtOnce = 0;
  readonly #running = new Map<string, () => void>();
  readonly #pass: () => void;

  constructor(pass: () => void) {
    this.#pass = pass;
  }

  named(name: string): () => Promise<string> {
    return () => {
      this.started.push(name);
      return new Promise((resolve) => {
        this.#running.set(name, () => resolve(name));
        this.mostAtOnce = Math.max(this.mostAtOnce, this.#running.size);
      });
    };
  }

  async end(name: string): Promise<void> {
    while (!this.#running.has(name)) await Promise.resolve();
    this.#pass();
    this.#running.get(name)!();
    this.#running.delete(name);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }
}
