// What Deno has no public API for (docs/decisions/018 and 057). A newer Deno may lack it: then live feeds end immediately, and pages show
// notifications after a reload. Tests fail in that case.

type Core = { resources?(): Record<string, string>; tryClose?(id: number): void };

const internals = Deno as unknown as { internal: symbol } & Record<symbol, { core?: Core } | undefined>;
const core = internals[internals.internal]?.core;

/** Deno's name for the resource of an HTTP server. */
const HTTP = "http";

/** The id of the resource below a connection or a WebSocket. */
export function resourceIdOf(owner: object): number | undefined {
  for (const name of Object.getOwnPropertySymbols(owner)) {
    const value = (owner as Record<symbol, unknown>)[name];
    if (/rid/.test(name.description ?? "") && typeof value === "number") return value;
  }
  return undefined;
}

/**
 * Lets a WebSocket outlive the HTTP server of its connection. A connection's server ends when a WebSocket takes the connection over,
 * and Deno then closes the sockets that the server has opened, unless it can't find the server any more. That server is the
 * first one that was opened after its connection. Call this during the request, and the result once the socket is open: the response
 * of a request that has waited for anything would be lost before.
 */
export function releaseOf(tcpId: number | undefined): () => void {
  if (tcpId === undefined || !core?.resources) return () => {};
  const servers = Object.entries(core.resources()).filter(([, name]) => name === HTTP).map(([id]) =>
    Number(id)
  );
  const own = servers.filter((id) => id > tcpId).sort((one, other) => one - other)[0];
  return () => own !== undefined && core.tryClose?.(own);
}

/** Ends the connection below a socket whose client doesn't answer that it is closed. Deno would wait for that answer without an end. */
export function cutSocket(socket: WebSocket): void {
  const id = resourceIdOf(socket);
  if (id !== undefined) core?.tryClose?.(id);
}
