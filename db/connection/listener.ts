import { clearTimeout, setTimeout } from "node:timers";
import { type Client, Connection } from "./connection.ts";

const REOPEN_AFTER_MILLISECONDS = 1_000;
/** A connection that only listens would never notice a dead network path, so the listener sends a query regularly. */
const ASK_EVERY_TICKS = 15;

type OnMessage = (payload: string) => void;

/** Opens the listening connection. */
export type OpenListening = (
  events: { onLost: () => void; onNotify: (channel: string, payload: string) => void },
) => Client;

/** One connection that receives notifications on any number of channels. A lost connection is replaced after a second. */
export class Listener {
  readonly #open: OpenListening;
  readonly #channels = new Map<string, OnMessage>();
  #connection: Connection | undefined;
  #reopening: ReturnType<typeof setTimeout> | undefined;
  #ticks = 0;
  #closed = false;

  constructor(open: OpenListening) {
    this.#open = open;
  }

  /** Throws if the server can't be reached. The listener itself retries later. */
  async listen(channel: string, onMessage: OnMessage): Promise<void> {
    this.#channels.set(channel, onMessage);
    this.#connection ??= this.#connect();
    await ask(this.#connection, `listen "${channel}"`);
  }

  dropSilent(): boolean {
    const connection = this.#connection;
    if (!connection) return false;
    if (++this.#ticks % ASK_EVERY_TICKS === 0) ask(connection, "select 1").catch(() => {});
    const isSilent = connection.tickIsSilent();
    if (isSilent) this.#lose(connection);
    return isSilent;
  }

  /** Replaces the connection. */
  renew(): void {
    if (this.#connection) this.#lose(this.#connection);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#reopening);
    await this.#connection?.close();
  }

  #connect(): Connection {
    const connection: Connection = new Connection(
      this.#open({
        onLost: () => this.#lose(connection),
        onNotify: (channel, payload) => this.#channels.get(channel)?.(payload),
      }),
      0,
    );
    return connection;
  }

  #lose(connection: Connection): void {
    if (this.#closed || connection !== this.#connection) return;
    connection.markLost();
    connection.close().catch(() => {});
    this.#connection = undefined;
    this.#reopening = setTimeout(() => this.#reopen(), REOPEN_AFTER_MILLISECONDS);
  }

  #reopen(): void {
    const connection = this.#connection ??= this.#connect();
    for (const channel of this.#channels.keys()) {
      ask(connection, `listen "${channel}"`).catch(() => this.#lose(connection));
    }
  }
}

async function ask(connection: Connection, statement: string): Promise<void> {
  await connection.run((send) => send(statement));
}
