import type { Hand } from "../ledger.ts";
import type { Engine } from "./engine.ts";

/**
 * The queue of a Deno KV database, for a single process: a listener in another process isn't woken by a local one.
 * `path` is its file; ":memory:" for none.
 */
export async function openKvEngine(path: string): Promise<Engine> {
  const kv = await Deno.openKv(path);
  let stopped = false;
  let listening: Promise<void> | undefined;
  return {
    name: "kv",
    listen(take) {
      // A message is done as soon as it has arrived: from there on the lease in the outbox counts.
      listening = kv.listenQueue((hand: Hand) => {
        if (!stopped) take(hand).catch(() => {});
      });
      listening.catch(() => {});
      return Promise.resolve();
    },
    async hand(hands) {
      await Promise.all(hands.map((hand) => kv.enqueue(hand)));
    },
    stop() {
      stopped = true;
      return Promise.resolve();
    },
    async close() {
      kv.close();
      await listening?.catch(() => {});
    },
  };
}
