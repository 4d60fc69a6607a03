import type { Dispatch } from "../runner/dispatching.ts";
import type { Engine, OnDispatch } from "./engine.ts";

/**
 * The queue of a Deno KV database, for a single process: Deno KV doesn't wake listeners in other processes. `path` is the
 * database's file, or ":memory:".
 *
 * Deno delays each message randomly by up to 100 ms. So a dispatch is delivered immediately, and its message is ignored later.
 * The message is for the next process, in case this one dies in between.
 */
export async function openKvEngine(path: string): Promise<Engine> {
  const kv = await Deno.openKv(path);
  /** The ids of dispatches that were delivered before their messages. */
  const delivered = new Set<string>();
  let deliver: OnDispatch = () => {};
  let stopped = true;
  let listening: Promise<void> | undefined;
  return {
    name: "kv",
    get isListening() {
      return !stopped;
    },
    listen(onDispatch) {
      deliver = onDispatch;
      stopped = false;
      listening = kv.listenQueue((dispatch: Dispatch) => {
        if (!delivered.delete(dispatch.id) && !stopped) deliver(dispatch);
      });
      listening.catch(() => {});
      return Promise.resolve();
    },
    async dispatch(dispatches) {
      const messages = dispatches.reduce((atomic, dispatch) => atomic.enqueue(dispatch), kv.atomic());
      const sent = messages.commit();
      for (const dispatch of dispatches) {
        if (stopped) break;
        delivered.add(dispatch.id);
        deliver(dispatch);
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
