import { createClient, defineScript } from "redis";
import { SECOND } from "../platform/clock.ts";
import { withDeadline } from "../platform/deadline.ts";
import { logOf } from "../platform/log.ts";
import type { Count, Counter, Request } from "./counter.ts";
import { argumentsOf, readCount, SCRIPT } from "./script.ts";

const MAX_RECONNECT_WAIT = 2 * SECOND;
const CONNECT_TIMEOUT = 5 * SECOND;
/** How long an attempt waits for the first connection, in milliseconds. */
const FIRST_ANSWER_TIME = 50;
/** How long a check waits for the first connection. */
const CHECK_TIME = SECOND / 2;
/** A connection that no longer carries anything is found and replaced. */
const PING_INTERVAL = 3 * SECOND;
const SILENCE_TIMEOUT = 2 * PING_INTERVAL;
/** More commands don't wait for one connection. */
const MAX_WAITING = 1_000;

const log = logOf("redis");

const takeScript = defineScript({
  SCRIPT,
  NUMBER_OF_KEYS: 1,
  parseCommand(parser, key: string, parameters: string[]) {
    parser.pushKey(key);
    parser.push(...parameters);
  },
  transformReply: (reply: unknown) => reply,
});

/** Counts in a Redis server, or in anything that speaks its protocol and runs its scripts. Connects when it is first asked. */
export class RedisCounter implements Counter {
  readonly #client;
  #connecting: Promise<unknown> | undefined;

  constructor(url: string) {
    this.#client = createClient({
      url,
      scripts: { take: takeScript },
      disableOfflineQueue: true,
      commandsQueueMaxLength: MAX_WAITING,
      pingInterval: PING_INTERVAL,
      // Notices of maintenance exist in Redis Enterprise only, and their code needs a variable of its own.
      maintNotifications: "disabled",
      socket: {
        connectTimeout: CONNECT_TIMEOUT,
        socketTimeout: SILENCE_TIMEOUT,
        reconnectStrategy: (retries) => Math.min(50 * 2 ** Math.min(retries, 10), MAX_RECONNECT_WAIT),
      },
    });
    this.#client.on("error", ({ message }: Error) => log.warn("the connection to Redis failed", { message }));
  }

  async count(request: Request): Promise<Count> {
    await this.#connected(FIRST_ANSWER_TIME);
    return readCount(await this.#client.take(request.key, argumentsOf(request)));
  }

  async check(): Promise<void> {
    await this.#connected(CHECK_TIME);
    await this.#client.ping();
  }

  close(): void {
    this.#client.destroy();
  }

  /**
   * Connects once. Afterwards, the client reconnects by itself. Throws unless it is connected within `milliseconds`, so that
   * nothing is counted later than it was asked.
   */
  async #connected(milliseconds: number): Promise<void> {
    if (this.#client.isReady) return;
    this.#connecting ??= this.#client.connect();
    await withDeadline(milliseconds, () => this.#connecting);
  }
}
