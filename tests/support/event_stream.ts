import assert from "node:assert/strict";
import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import { PATIENCE } from "./patience.ts";
import type { World } from "./world.ts";

/** An event as it arrives. `data` is parsed. */
// deno-lint-ignore no-explicit-any -- tests read the fields they expect
export type ReceivedEvent = { id: string; event: string; data: any };

type Options = { token?: string; key?: string; lastEventId?: string; port?: number; host?: string };

/** A world, or another process. */
type Server = Pick<World, "port"> & { host(): string };

/** A client that reads an event stream as browsers do: `lastEventId` also follows ids without an event. */
export class EventReader implements AsyncDisposable {
  readonly events: ReceivedEvent[] = [];
  lastEventId = "";
  comments = 0;
  readonly #answer: IncomingMessage;
  readonly #closed: Promise<void>;
  #text = "";
  #changed = Promise.withResolvers<void>();
  #isClosed = false;

  private constructor(answer: IncomingMessage) {
    this.#answer = answer;
    answer.setEncoding("utf8");
    answer.on("data", (text: string) => this.#read(text));
    this.#closed = new Promise((resolve) => {
      answer.on("close", () => {
        this.#isClosed = true;
        this.#notify();
        resolve();
      });
    });
    answer.on("error", () => {});
  }

  /** Opens `/api/v1/events/stream` and reads the beginning. */
  static async open(server: Server, options: Options = {}): Promise<EventReader> {
    const answer = await connect(server, options);
    if (answer.statusCode !== 200) answer.resume();
    assert.equal(answer.statusCode, 200);
    const reader = new EventReader(answer);
    await reader.until(() => reader.lastEventId !== "");
    return reader;
  }

  get headers() {
    return this.#answer.headers;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Waits for this many events in all. */
  async receive(count: number): Promise<ReceivedEvent[]> {
    await this.until(() => this.events.length >= count);
    return this.events;
  }

  /** Waits until `isDone`. Fails after `PATIENCE`, or when the stream ends. */
  async until(isDone: () => boolean): Promise<void> {
    await this.#inTime(async (changed) => {
      while (!isDone()) {
        if (this.#isClosed) throw new Error(`Closed after ${JSON.stringify(this.events)}`);
        await changed();
      }
    });
  }

  /** Waits until the stream ends. Fails after `PATIENCE`. */
  async closed(): Promise<void> {
    await this.#inTime(async (changed) => {
      while (!this.#isClosed) await changed();
    });
  }

  async #inTime(work: (changed: () => Promise<void>) => Promise<void>): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`Only got ${JSON.stringify(this.events)}`)), PATIENCE);
    });
    try {
      await work(() => Promise.race([this.#changed.promise, tooLate]));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Disconnects. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#answer.destroy();
    await this.#closed;
  }

  #read(text: string): void {
    const blocks = (this.#text + text).split("\n\n");
    this.#text = blocks.pop()!;
    for (const block of blocks) this.#dispatch(block);
    this.#notify();
  }

  #dispatch(block: string): void {
    const fields = new Map<string, string>();
    for (const line of block.split("\n")) {
      const [, name = "", value = ""] = /^([^:]*): ?(.*)$/.exec(line) ?? [];
      if (name === "") this.comments++;
      else fields.set(name, value);
    }
    this.lastEventId = fields.get("id") ?? this.lastEventId;
    const data = fields.get("data");
    if (data === undefined) return;
    this.events.push({ id: this.lastEventId, event: fields.get("event")!, data: JSON.parse(data) });
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

/** The response to `GET /events/stream` as soon as its head has arrived. */
function connect(
  server: Server,
  { token, key, lastEventId, port = server.port, host = server.host() }: Options,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const call = request({
      host: "127.0.0.1",
      port,
      path: "/api/v1/events/stream",
      agent: false,
      headers: {
        Host: host,
        "Accept-Encoding": "gzip",
        ...(token && { Authorization: `Bearer ${token}` }),
        ...(key && { "X-API-Key": key }),
        ...(lastEventId !== undefined && { "Last-Event-ID": lastEventId }),
      },
    });
    call.on("response", resolve);
    call.on("error", reject);
    call.end();
  });
}
