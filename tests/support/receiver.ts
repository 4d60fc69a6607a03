import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { checkWebhook } from "./contract.ts";

/** A webhook that arrived: its headers, and its body as text. */
export type Received = { path: string; headers: Record<string, string>; body: string };

/** Answers a webhook. It may also never answer. */
export type Respond = (response: ServerResponse, received: Received) => void;

/** A webhook receiver on this machine. By default it answers 204. */
export class Receiver implements AsyncDisposable {
  readonly received: Received[] = [];
  respond: Respond = (response) => response.writeHead(204).end();
  /** Connections that have been opened. */
  connections = 0;
  readonly #server: Server;
  #problem: unknown;

  private constructor() {
    this.#server = createServer((request, response) => this.#read(request, response));
    this.#server.on("connection", () => this.connections++);
  }

  static async open(): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((done) => receiver.#server.listen(0, "127.0.0.1", done));
    return receiver;
  }

  /** Answers every webhook with this status. */
  answer(status: number, headers: Record<string, string> = {}, body = ""): void {
    this.respond = (response) => response.writeHead(status, headers).end(body);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  url(path = "/hooks"): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((done) => this.#server.close(done));
    this.#server.closeAllConnections();
    await closed;
    if (this.#problem) throw this.#problem;
  }

  /** Remembers the first webhook that the document doesn't describe. */
  #check({ headers, body }: Received): void {
    try {
      checkWebhook(headers, body);
    } catch (error) {
      this.#problem ??= error;
    }
  }

  async #read(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const received: Received = {
      path: request.url ?? "",
      headers: Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      ),
      body: new TextDecoder().decode(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer()),
    };
    this.received.push(received);
    this.#check(received);
    response.on("error", () => {});
    this.respond(response, received);
  }
}
