import { MINUTE, SECOND } from "../../src/platform/clock.ts";
import { describeError, logOf } from "../../src/platform/log.ts";
import { releaseOf, resourceIdOf } from "./resources.ts";

export type ConnectionLimits = {
  /** Milliseconds within which a new connection must send the complete head of a request. */
  firstRequest: number;
  /** Milliseconds that a connection may stay open between two requests. */
  idle: number;
  /** The most connections that may be open. */
  open: number;
};

export const CONNECTION_LIMITS: ConnectionLimits = {
  firstRequest: 10 * SECOND,
  idle: 75 * SECOND,
  open: 5_000,
};

/** File descriptors that the rest of the process needs for the database and files. */
const RESERVED_DESCRIPTORS = 16;
const MIN_OPEN = 4;
const SWEEP_EVERY = SECOND;
const WARN_EVERY = MINUTE;
const PAUSE_WITHOUT_DESCRIPTORS = 100;

const log = logOf("server");

type ServeConnection = (
  connection: Deno.Conn,
  signal: AbortSignal,
  handler: Deno.ServeHandler,
  onError: (error: unknown) => Response,
  onListen: () => void,
) => Deno.HttpServer;

const internals = Deno as unknown as
  & { internal: symbol }
  & Record<
    symbol,
    { serveHttpOnConnection?: ServeConnection } | undefined
  >;

/** Deno's HTTP server for one connection. It is not a public API, so a newer Deno may lack it (docs/decisions/018). */
export const serveConnection = internals[internals.internal]?.serveHttpOnConnection;

/** What a handler gets about its connection. */
export type ConnectionInfo = Deno.ServeHandlerInfo & {
  /** Call it before a WebSocket takes the connection over, and the result once the socket is open. */
  prepareRelease?(): () => void;
};

type Open = {
  /** The resource of the connection below HTTP. Undefined if Deno doesn't tell. */
  tcpId: number | undefined;
  server: Deno.HttpServer;
  abort: AbortController;
  remoteAddr: Deno.NetAddr;
  /** Requests in progress. */
  runningRequests: number;
  hasSentRequest: boolean;
  idleSince: number;
};

/**
 * Serves HTTP on the connections of a listener, and closes idle connections. If there are too many connections, or the process
 * runs out of file descriptors, closes the connections that are idle longest. If all are busy, new connections wait.
 */
export class Connections {
  readonly finished: Promise<void>;
  readonly #listener: Deno.TcpListener;
  readonly #serve: ServeConnection;
  readonly #handler: Deno.ServeHandler;
  readonly #limits: ConnectionLimits;
  readonly #open = new Set<Open>();
  readonly #sweeping: ReturnType<typeof setInterval>;
  /** Below the limit after the process ran out of descriptors. */
  #maxOpen: number;
  #nextWarning = 0;
  #closing = false;
  #ended = Promise.withResolvers<void>();

  constructor(
    listener: Deno.TcpListener,
    serve: ServeConnection,
    handler: Deno.ServeHandler,
    limits = CONNECTION_LIMITS,
  ) {
    this.#listener = listener;
    this.#serve = serve;
    this.#handler = handler;
    this.#limits = limits;
    this.#maxOpen = limits.open;
    this.#sweeping = setInterval(() => this.#sweep(), Math.min(SWEEP_EVERY, limits.firstRequest));
    this.finished = this.#acceptAll().finally(() => clearInterval(this.#sweeping));
  }

  get count(): number {
    return this.#open.size;
  }

  /** Accepts no new connections, and waits for the running requests. */
  async shutdown(): Promise<void> {
    this.#closing = true;
    this.#listener.close();
    await Promise.all([...this.#open].map(({ server }) => server.shutdown()));
    await this.finished;
  }

  async #acceptAll(): Promise<void> {
    while (!this.#closing) {
      const connection = await this.#accept();
      if (!connection) continue;
      while (this.#open.size >= this.#maxOpen) {
        this.#closeLongestIdle();
        await this.#ended.promise;
      }
      this.#start(connection);
    }
  }

  async #accept(): Promise<Deno.TcpConn | undefined> {
    try {
      return await this.#listener.accept();
    } catch (error) {
      if (this.#closing) return;
      if (isOutOfDescriptors(error)) return this.#makeRoom();
      if (error instanceof Deno.errors.ConnectionAborted || error instanceof Deno.errors.ConnectionReset) {
        return;
      }
      throw error;
    }
  }

  /** Closes idle connections to free descriptors for the rest of the process, and lowers the limit for new ones. */
  async #makeRoom(): Promise<undefined> {
    this.#maxOpen = Math.max(this.#open.size - RESERVED_DESCRIPTORS, MIN_OPEN);
    for (let closed = 0; closed < RESERVED_DESCRIPTORS; closed++) this.#closeLongestIdle();
    this.#warn();
    await new Promise((done) => setTimeout(done, PAUSE_WITHOUT_DESCRIPTORS));
  }

  #warn(): void {
    const now = performance.now();
    if (now < this.#nextWarning) return;
    this.#nextWarning = now + WARN_EVERY;
    log.warn("no file descriptors left; raise the limit (ulimit -n)", { open: this.#open.size });
  }

  #start(connection: Deno.TcpConn): void {
    connection.setNoDelay(true);
    const remoteAddr = plainAddress(connection.remoteAddr);
    const abort = new AbortController();
    const tcpId = resourceIdOf(connection); // before HTTP takes the connection over
    const handle: Deno.ServeHandler = (request, info) => this.#answer(open, request, info);
    const server = this.#serve(connection, abort.signal, handle, internalError, () => {});
    const open: Open = {
      tcpId,
      server,
      abort,
      remoteAddr,
      runningRequests: 0,
      hasSentRequest: false,
      idleSince: performance.now(),
    };
    this.#open.add(open);
    const end = () => this.#end(open);
    server.finished.then(end, end);
  }

  #answer(open: Open, request: Request, { completed }: Deno.ServeHandlerInfo): Response | Promise<Response> {
    open.runningRequests++;
    open.hasSentRequest = true;
    const complete = () => {
      open.runningRequests--;
      open.idleSince = performance.now();
    };
    completed.then(complete, complete);
    const info: ConnectionInfo = {
      remoteAddr: open.remoteAddr,
      completed,
      prepareRelease: () => releaseOf(open.tcpId),
    };
    return this.#handler(request, info);
  }

  #end(open: Open): void {
    this.#open.delete(open);
    this.#ended.resolve();
    this.#ended = Promise.withResolvers();
  }

  /** Closes connections that were idle for too long. After a descriptor shortage, raises the limit by one each second. */
  #sweep(): void {
    this.#maxOpen = Math.min(this.#maxOpen + 1, this.#limits.open);
    const now = performance.now();
    for (const open of this.#open) {
      const timeout = open.hasSentRequest ? this.#limits.idle : this.#limits.firstRequest;
      if (open.runningRequests === 0 && now - open.idleSince > timeout) open.abort.abort();
    }
  }

  /** Closes a connection that never sent a request or, if there is none, the connection that is idle longest. */
  #closeLongestIdle(): void {
    let longestIdle: Open | undefined;
    for (const open of this.#open) {
      const isIdle = open.runningRequests === 0 && !open.abort.signal.aborted;
      if (isIdle && (!longestIdle || isIdleLonger(open, longestIdle))) longestIdle = open;
    }
    longestIdle?.abort.abort();
  }
}

function isIdleLonger(one: Open, other: Open): boolean {
  if (one.hasSentRequest !== other.hasSentRequest) return !one.hasSentRequest;
  return one.idleSince < other.idleSince;
}

/** Removes the IPv6 prefix from an IPv4 client's address on a dual-stack socket. */
export function plainAddress<Address extends Deno.Addr>(address: Address): Address {
  if (!("hostname" in address) || !address.hostname.startsWith("::ffff:")) return address;
  return { ...address, hostname: address.hostname.slice("::ffff:".length) };
}

function isOutOfDescriptors(error: unknown): boolean {
  return error instanceof Error && /\(os error (23|24)\)/.test(error.message); // ENFILE, EMFILE
}

function internalError(error: unknown): Response {
  log.error("request failed", describeError(error));
  return new Response("Internal Server Error\n", { status: 500 });
}
