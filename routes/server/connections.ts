import { MINUTE, SECOND } from "../../src/platform/clock.ts";
import { describeError, logOf } from "../../src/platform/log.ts";

export type ConnectionLimits = {
  /** Milliseconds in which a new connection must have sent the whole head of a request. */
  firstRequest: number;
  /** Milliseconds that a connection may stay open between two requests. */
  idle: number;
  /** How many connections may be open. */
  open: number;
};

export const CONNECTION_LIMITS: ConnectionLimits = {
  firstRequest: 10 * SECOND,
  idle: 75 * SECOND,
  open: 5_000,
};

/** Descriptors that the rest of the process needs, for the database and files. */
const RESERVED_DESCRIPTORS = 16;
const FEWEST_OPEN = 4;
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

/** Deno's HTTP for one connection. It has no public name, so a newer Deno may lack it (docs/decisions/018). */
export const serveConnection = internals[internals.internal]?.serveHttpOnConnection;

type Open = {
  server: Deno.HttpServer;
  cut: AbortController;
  remoteAddr: Deno.NetAddr;
  /** Requests that are being answered. */
  running: number;
  hasSentRequest: boolean;
  quietSince: number;
};

/**
 * Serves HTTP on the connections of a listener and ends those that keep silent. When there are too many, or the process has
 * no descriptors left, the quietest make room for new ones; when all are busy, new ones wait.
 */
export class Connections {
  readonly finished: Promise<void>;
  readonly #listener: Deno.TcpListener;
  readonly #serve: ServeConnection;
  readonly #handler: Deno.ServeHandler;
  readonly #limits: ConnectionLimits;
  readonly #open = new Set<Open>();
  readonly #sweeping: ReturnType<typeof setInterval>;
  /** Less than the limit after the process ran out of descriptors. */
  #mostOpen: number;
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
    this.#mostOpen = limits.open;
    this.#sweeping = setInterval(() => this.#sweep(), Math.min(SWEEP_EVERY, limits.firstRequest));
    this.finished = this.#acceptAll().finally(() => clearInterval(this.#sweeping));
  }

  get count(): number {
    return this.#open.size;
  }

  /** Takes no more connections, and lets the requests that run finish. */
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
      while (this.#open.size >= this.#mostOpen) {
        this.#cutQuietest();
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

  /** Ends as many quiet connections as the rest of the process needs descriptors, and accepts fewer from now on. */
  async #makeRoom(): Promise<undefined> {
    this.#mostOpen = Math.max(this.#open.size - RESERVED_DESCRIPTORS, FEWEST_OPEN);
    for (let cut = 0; cut < RESERVED_DESCRIPTORS; cut++) this.#cutQuietest();
    this.#warn();
    await new Promise((done) => setTimeout(done, PAUSE_WITHOUT_DESCRIPTORS));
  }

  #warn(): void {
    const now = performance.now();
    if (now < this.#nextWarning) return;
    this.#nextWarning = now + WARN_EVERY;
    log.warn("no descriptors left; raise the limit (ulimit -n)", { open: this.#open.size });
  }

  #start(connection: Deno.TcpConn): void {
    connection.setNoDelay(true);
    const remoteAddr = plainAddress(connection.remoteAddr);
    const cut = new AbortController();
    const handle: Deno.ServeHandler = (request, info) => this.#answer(open, request, info);
    const server = this.#serve(connection, cut.signal, handle, internalError, () => {});
    const open: Open = {
      server,
      cut,
      remoteAddr,
      running: 0,
      hasSentRequest: false,
      quietSince: performance.now(),
    };
    this.#open.add(open);
    const end = () => this.#end(open);
    server.finished.then(end, end);
  }

  #answer(open: Open, request: Request, { completed }: Deno.ServeHandlerInfo): Response | Promise<Response> {
    open.running++;
    open.hasSentRequest = true;
    const complete = () => {
      open.running--;
      open.quietSince = performance.now();
    };
    completed.then(complete, complete);
    return this.#handler(request, { remoteAddr: open.remoteAddr, completed });
  }

  #end(open: Open): void {
    this.#open.delete(open);
    this.#ended.resolve();
    this.#ended = Promise.withResolvers();
  }

  /** Ends what was silent for too long. After a want of descriptors, the limit rises again by one a second. */
  #sweep(): void {
    this.#mostOpen = Math.min(this.#mostOpen + 1, this.#limits.open);
    const now = performance.now();
    for (const open of this.#open) {
      const patience = open.hasSentRequest ? this.#limits.idle : this.#limits.firstRequest;
      if (open.running === 0 && now - open.quietSince > patience) open.cut.abort();
    }
  }

  /** Ends the connection that never sent a request or, if there is none, the one that is idle longest. */
  #cutQuietest(): void {
    let quietest: Open | undefined;
    for (const open of this.#open) {
      const isQuiet = open.running === 0 && !open.cut.signal.aborted;
      if (isQuiet && (!quietest || isQuieter(open, quietest))) quietest = open;
    }
    quietest?.cut.abort();
  }
}

function isQuieter(one: Open, other: Open): boolean {
  if (one.hasSentRequest !== other.hasSentRequest) return !one.hasSentRequest;
  return one.quietSince < other.quietSince;
}

/** An IPv4 client of a socket for both families, without the prefix that IPv6 writes before its address. */
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
