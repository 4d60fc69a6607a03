/** A proxy between the product and its database that breaks the path like a network. */
import type { Buffer } from "node:buffer";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { DatabaseAddress } from "../../db/connection/connect.ts";

type Link = { near: Socket; far: Socket; isDead: boolean };

const DEFAULT_PORT = 5432;

export class DatabaseProxy implements AsyncDisposable {
  readonly address: DatabaseAddress;
  readonly #server: Server;
  readonly #links: Set<Link>;
  readonly #state: { swallowsNew: boolean };

  private constructor(
    address: DatabaseAddress,
    server: Server,
    links: Set<Link>,
    state: { swallowsNew: boolean },
  ) {
    this.address = address;
    this.#server = server;
    this.#links = links;
    this.#state = state;
  }

  /** `listen` gets what each new connection sends. */
  static async open(target: DatabaseAddress, listen?: () => (sent: Buffer) => void): Promise<DatabaseProxy> {
    const links = new Set<Link>();
    const state = { swallowsNew: false };
    const server = createServer((near) => {
      const far = connectTo(target);
      const link = { near, far, isDead: state.swallowsNew };
      links.add(link);
      const hear = listen?.();
      near.on("data", (bytes) => {
        hear?.(bytes);
        if (!link.isDead) far.write(bytes);
      });
      far.on("data", (bytes) => link.isDead || near.write(bytes));
      near.on("error", () => near.destroy()).on("close", () => link.isDead || far.destroy());
      far.on("error", () => far.destroy()).on("close", () => link.isDead || near.destroy());
    });
    const path = "socketPath" in target ? `${target.socketPath}.proxy` : undefined;
    await new Promise<void>((done) => path ? server.listen(path, done) : server.listen(0, "127.0.0.1", done));
    const address = path ? { socketPath: path } : { url: urlBy(target, server) };
    return new DatabaseProxy(address, server, links, state);
  }

  /** Silences the open connections: data is acknowledged but never answered. New connections work. */
  silenceConnections(): void {
    for (const link of this.#links) link.isDead = true;
  }

  /** Also silences new connections. */
  silenceAll(): void {
    this.#state.swallowsNew = true;
    this.silenceConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { near, far } of this.#links) {
      near.destroy();
      far.destroy();
    }
    await new Promise((done) => this.#server.close(done));
  }
}

function connectTo(target: DatabaseAddress): Socket {
  if ("socketPath" in target) return connect({ path: target.socketPath });
  const { hostname, port } = new URL(target.url);
  return connect({ host: hostname, port: Number(port || DEFAULT_PORT) });
}

function urlBy(target: DatabaseAddress, server: Server): string {
  const url = new URL((target as { url: string }).url);
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as { port: number }).port);
  return url.href;
}
