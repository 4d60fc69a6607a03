import type { Hand } from "../runner/ledger.ts";
import type { Engine, TakeHand } from "./engine.ts";

/**
 * The queue of a Deno KV database, for a single process: a listener in another process isn't woken by a local one.
 * `path` is its file; ":memory:" for none.
 *
 * Deno lets each message wait for up to 100 ms, at random. So what is handed over is taken at once, and its message, which
 * finds it taken, is for the process that comes after one that died in between.
 */
export async function openKvEngine(path: string): Promise<Engine> {
  const kv = await Deno.openKv(path);
  /** Hands that were taken, and whose messages are still to come. */
  const taken = new Set<string>();
  let take: TakeHand = () => {};
  let stopped = true;
  let listening: Promise<void> | undefined;
  return {
    name: "kv",
    get isListening() {
      return !stopped;
    },
    listen(takeHand) {
      take = takeHand;
      stopped = false;
      // A message is done as soon as it has arrived: from there on the lease in the outbox counts.
      listening = kv.listenQueue((hand: Hand) => {
        if (!taken.delete(hand.id) && !stopped) take(hand);
      });
      listening.catch(() => {});
      return Promise.resolve();
    },
    async hand(hands) {
      const messages = hands.reduce((atomic, hand) => atomic.enqueue(hand), kv.atomic());
      const sent = messages.commit();
      for (const hand of hands) {
        if (stopped) break;
        taken.add(hand.id);
        take(hand);
      }
      await sent;
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
