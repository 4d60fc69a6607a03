import type { Context } from "hono";
import { clearInterval, setInterval } from "node:timers";
import { permissionKeys } from "../../src/access/granting.ts";
import type { CallContext } from "../../src/context.ts";
import { type StartedStream, startEventStream } from "../../src/event_stream/event_stream.ts";
import type { Client } from "../../src/event_stream/open_streams.ts";
import type { StreamedEvent } from "../../src/event_stream/streamed_event.ts";
import { SECOND } from "../../src/platform/clock.ts";
import { withDeadline } from "../../src/platform/deadline.ts";
import { KILOBYTE } from "../middleware/body.ts";
import { readMemberAgain } from "./authentication.ts";
import type { CallerContext, TenantCallEnv } from "./env.ts";

/** Together, a stream ends within five seconds of losing access. If the check can't be made in its time, the stream ends as well. */
const CHECK_EVERY = 3 * SECOND;
const CHECK_TIME = 2 * SECOND;

/** Proxies close connections on which nothing happens, usually after 30 seconds or more. */
const HEARTBEAT_EVERY = 15 * SECOND;
/** For how many heartbeats a client may read nothing of what waits for it. */
const MAX_UNREAD_HEARTBEATS = 4;
const RECONNECT_AFTER = 3 * SECOND;
const MAX_BUFFERED_BYTES = 64 * KILOBYTE;

const HEADERS = {
  "Content-Type": "text/event-stream",
  "Cache-Control": "no-store",
  "X-Accel-Buffering": "no", // nginx would collect events
};

/** Answers with the tenant's events as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export async function streamEvents(ctx: CallContext, c: Context<TenantCallEnv>): Promise<Response> {
  if (c.req.method === "HEAD") return c.body(null, 200, HEADERS);
  const connection = new EventConnection(async () => {
    await withDeadline(CHECK_TIME, async () => await checkAccess(ctx, c));
  });
  connection.start(await startEventStream(ctx, c.req.header("Last-Event-ID"), connection));
  return c.body(connection.body, 200, HEADERS);
}

/** Throws if the caller may no longer use the API, or may do more or less than when the stream started. */
async function checkAccess({ services, actor }: CallContext, c: Context<TenantCallEnv>): Promise<void> {
  const now = await readMemberAgain(c as unknown as CallerContext);
  const [before, after] = [actor, now].map(({ permissions }) =>
    permissionKeys(services.permissions, permissions).join()
  );
  if (before !== after) throw new Error("The caller's permissions have changed.");
}

/** The body of one response, until the client leaves, or `check` throws. */
class EventConnection implements Client {
  readonly body: ReadableStream<Uint8Array>;
  readonly #check: () => Promise<void>;
  readonly #encoder = new TextEncoder();
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #stream: StartedStream | undefined;
  #timers: ReturnType<typeof setInterval>[] = [];
  #written = 0;
  #readBefore = 0;
  #unreadHeartbeats = 0;
  #isChecking = false;
  #isOver = false;

  constructor(check: () => Promise<void>) {
    this.#check = check;
    this.body = new ReadableStream<Uint8Array>({
      start: (controller) => void (this.#controller = controller),
      cancel: () => this.#release(),
    }, new ByteLengthQueuingStrategy({ highWaterMark: MAX_BUFFERED_BYTES }));
  }

  /** Tells the client where it is, so that it can continue from here even if nothing happens before it is disconnected. */
  start(stream: StartedStream): void {
    this.#stream = stream;
    if (this.#isOver) return stream.stop();
    this.#write(`retry: ${RECONNECT_AFTER}\nid: ${stream.position()}\n\n`);
    if (stream.isReset) this.#write(`event: reset\ndata: {"type":"reset"}\n\n`);
    this.#timers = [
      setInterval(() => this.#checkAgain(), CHECK_EVERY),
      setInterval(() => this.#beat(), HEARTBEAT_EVERY),
    ];
  }

  isReady(): boolean {
    return !this.#isOver && this.#waiting < MAX_BUFFERED_BYTES;
  }

  /** A JSON text has no line breaks, so it is one `data` field. */
  send({ id, type, body }: StreamedEvent): void {
    this.#write(`id: ${id}\nevent: ${type}\ndata: ${body}\n\n`);
  }

  end(): void {
    if (this.#isOver) return;
    this.#release();
    this.#controller.close();
  }

  /** The id moves the client past events that it may not read, so that it can still continue from there a day later. */
  #beat(): void {
    const waiting = this.#waiting;
    const read = this.#written - waiting;
    this.#unreadHeartbeats = waiting === 0 || read > this.#readBefore ? 0 : this.#unreadHeartbeats + 1;
    this.#readBefore = read;
    if (this.#unreadHeartbeats >= MAX_UNREAD_HEARTBEATS) return this.#abort();
    if (this.isReady()) this.#write(`: still here\nid: ${this.#stream!.position()}\n\n`);
  }

  /** How many bytes the client hasn't taken yet. */
  get #waiting(): number {
    return MAX_BUFFERED_BYTES - (this.#controller.desiredSize ?? 0);
  }

  async #checkAgain(): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    await this.#check().catch(() => this.#cutOff());
    this.#isChecking = false;
  }

  /** What waits for the client isn't sent any more. */
  #cutOff(): void {
    if (this.#waiting === 0) this.end();
    else this.#abort();
  }

  #abort(): void {
    if (this.#isOver) return;
    this.#release();
    this.#controller.error(new Error("The event stream was cut off."));
  }

  #release(): void {
    this.#isOver = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.#stream?.stop();
  }

  #write(text: string): void {
    if (this.#isOver) return;
    const bytes = this.#encoder.encode(text);
    this.#written += bytes.byteLength;
    this.#controller.enqueue(bytes);
  }
}
