import type { Config } from "../../src/config.ts";
import { logOf } from "../../src/platform/log.ts";
import { StartError } from "../../src/platform/start_error.ts";
import { Connections, plainAddress, serveConnection } from "./connections.ts";

type Listening = Pick<Deno.HttpServer, "finished" | "shutdown">;

export type HttpServer = Listening & {
  /** From now on, each answer tells the client to close the connection. */
  announceStop(): void;
};

export type ListenAddress = {
  /** If absent, listens on every IPv4 and IPv6 address. */
  host: string | undefined;
  port: number;
  /** The setting that an error tells the operator to change. */
  portSetting: "PORT" | "METRICS_PORT";
};

const FIRST_FREE_PORT = 1_024;

const log = logOf("server");

/**
 * Serves HTTP at an address. Throws `StartError` if it can't listen there. Deno Deploy chooses the address and manages
 * connections itself.
 */
export function serveHttp(
  address: ListenAddress,
  handler: Deno.ServeHandler,
  { sleepsBetweenRequests }: Pick<Config, "sleepsBetweenRequests">,
): HttpServer {
  let isStopping = false;
  const answer: Deno.ServeHandler = (request, info) =>
    isStopping ? answerLast(handler(request, info)) : handler(request, info);
  const server = serve(address, answer, sleepsBetweenRequests);
  return {
    finished: server.finished,
    shutdown: () => server.shutdown(),
    announceStop: () => isStopping = true,
  };
}

function serve(
  address: ListenAddress,
  handler: Deno.ServeHandler,
  sleepsBetweenRequests: boolean,
): Listening {
  if (sleepsBetweenRequests) return serveWithDeno(address, handler);
  if (serveConnection) {
    const listener = listen(address, (to) => Deno.listen({ ...to, transport: "tcp" }));
    return new Connections(listener, serveConnection, handler);
  }
  log.warn("this version of Deno doesn't let the server close idle connections; let the proxy close them");
  return serveWithDeno(address, handler);
}

/** The last answer on a connection. A WebSocket's answer can't say that. */
async function answerLast(answered: Response | Promise<Response>): Promise<Response> {
  const response = await answered;
  if (response.status !== 101) response.headers.set("Connection", "close");
  return response;
}

function serveWithDeno(address: ListenAddress, handler: Deno.ServeHandler): Listening {
  const answer: Deno.ServeHandler<Deno.NetAddr> = (request, { remoteAddr, completed }) =>
    handler(request, { remoteAddr: plainAddress(remoteAddr), completed });
  return listen(address, (to) => Deno.serve({ ...to, onListen: () => {} }, answer));
}

type BoundTo = { hostname: string; port: number };

function listen<T>(address: ListenAddress, bind: (to: BoundTo) => T): T {
  const { host, port } = address;
  try {
    return host === undefined ? listenEverywhere(port, bind) : bind({ hostname: host, port });
  } catch (error) {
    throw new StartError(describeListenError(address, error), { cause: error });
  }
}

/** Falls back to all IPv4 addresses on a machine without IPv6. */
function listenEverywhere<T>(port: number, bind: (to: BoundTo) => T): T {
  try {
    return bind({ hostname: "::", port });
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse || isForbidden(error)) throw error;
    return bind({ hostname: "0.0.0.0", port });
  }
}

function describeListenError({ host, port, portSetting }: ListenAddress, error: unknown): string {
  if (error instanceof Deno.errors.AddrInUse) {
    return `Port ${port} is in use. Stop the other program or set ${portSetting}.`;
  }
  if (isForbidden(error)) {
    return `This user may not listen on port ${port}. Set ${portSetting} to ${FIRST_FREE_PORT} or higher.`;
  }
  if (host !== undefined) {
    return `HOST is ${host}, which isn't an address of this machine. Set HOST to one of its addresses, or leave it unset to listen on all of them.`;
  }
  return `The server can't listen on port ${port}: ${error instanceof Error ? error.message : error}`;
}

function isForbidden(error: unknown): boolean {
  return error instanceof Deno.errors.PermissionDenied;
}
