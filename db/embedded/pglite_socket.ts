import type { PGlite } from "@electric-sql/pglite";
import { Buffer } from "node:buffer";
import { createServer, type Server, type Socket } from "node:net";

const LENGTH_BYTES = 4;
const TYPE_BYTES = 1;
const SSL_REQUEST = 80_877_103;
const CANCEL_REQUEST = 80_877_102;
const PARSE = "P".charCodeAt(0);
const TERMINATE = "X".charCodeAt(0);
const READY_FOR_QUERY = "Z".charCodeAt(0);
const READY_BYTES = 6;
const IDLE = "I".charCodeAt(0);

/** A connected client: its messages that the backend has not processed yet, and its prepared statements. */
type Client = {
  socket: Socket;
  unread: Buffer;
  messages: Buffer[];
  statements: Set<string>;
  queued: boolean;
  closed: boolean;
  wake: () => void;
};

/**
 * Serves one PGlite to many clients on a Unix socket, with the Postgres protocol (version 3.0).
 *
 * All clients share one backend, which has only one unnamed portal and one transaction. So a client that sends a message keeps the
 * backend until the transaction has ended and all of its messages are answered. Other clients wait for their turn.
 */
export class PgliteSocket {
  readonly #pglite: PGlite;
  readonly #reset: string;
  readonly #server: Server;
  readonly #clients = new Set<Client>();
  #turns: Promise<void> = Promise.resolve();

  /** `reset` is the SQL that resets all session settings that a client may have changed. */
  constructor(pglite: PGlite, reset: string) {
    this.#pglite = pglite;
    this.#reset = reset;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  async listen(path: string): Promise<void> {
    await removeStale(path);
    await new Promise<void>((done, fail) => this.#server.once("error", fail).listen(path, done));
    await Deno.chmod(path, 0o600);
  }

  /** Closes every client's connection, and waits until their transactions are rolled back. */
  async cutConnections(): Promise<void> {
    const closed = [...this.#clients].map(({ socket }) => new Promise((done) => socket.once("close", done)));
    for (const { socket } of this.#clients) socket.destroy();
    await Promise.all(closed);
    await this.#turns;
  }

  async close(): Promise<void> {
    const closed = new Promise((done) => this.#server.close(done));
    await this.cutConnections();
    await closed;
  }

  #accept(socket: Socket): void {
    const client: Client = {
      socket,
      unread: Buffer.alloc(0),
      messages: [],
      statements: new Set(),
      queued: false,
      closed: false,
      wake: () => {},
    };
    this.#clients.add(client);
    socket.on("data", (bytes) => this.#receive(client, bytes as Buffer));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#disconnect(client));
  }

  #receive(client: Client, bytes: Buffer): void {
    client.unread = client.unread.length === 0 ? bytes : Buffer.concat([client.unread, bytes]);
    for (let message = takeMessage(client); message; message = takeMessage(client)) {
      if (isRequest(message, SSL_REQUEST)) client.socket.write("N");
      else if (isRequest(message, CANCEL_REQUEST) || message[0] === TERMINATE) client.socket.end();
      else client.messages.push(message);
    }
    if (client.messages.length > 0) this.#enqueue(client);
  }

  #disconnect(client: Client): void {
    client.closed = true;
    client.wake();
    this.#clients.delete(client);
    this.#turns = this.#turns.then(() => this.#forget(client));
  }

  #enqueue(client: Client): void {
    client.wake();
    if (client.queued) return;
    client.queued = true;
    this.#turns = this.#turns.then(() => this.#serve(client));
  }

  async #serve(client: Client): Promise<void> {
    let idle = true;
    do {
      if (client.messages.length === 0) await new Promise<void>((wake) => client.wake = wake);
      if (client.closed) break;
      idle = await this.#answer(client);
    } while (!idle);
    if (!idle) await this.#send(Buffer.concat([message("S"), query("rollback")]));
    client.queued = false;
    if (client.messages.length > 0 && !client.closed) this.#enqueue(client);
  }

  /** Forwards the client's messages. Returns whether the backend is then ready and outside a transaction. */
  async #answer(client: Client): Promise<boolean> {
    const messages = client.messages.splice(0);
    for (const message of messages) rememberStatement(client, message);
    const answer = await this.#send(Buffer.concat(messages));
    if (client.socket.writable) client.socket.write(answer);
    return endsIdle(answer);
  }

  /** Removes the client's settings and prepared statements from the backend, which outlives the client. */
  async #forget(client: Client): Promise<void> {
    const statements = [...client.statements].map((name) => message("C", Buffer.from(`S${name}\0`)));
    await this.#send(Buffer.concat([query(this.#reset), ...statements, message("S")]));
  }

  async #send(messages: Buffer): Promise<Buffer> {
    return Buffer.from(await this.#pglite.execProtocolRaw(messages));
  }
}

async function removeStale(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** The client's next complete message, or undefined. The first messages of a connection have no type byte. */
function takeMessage(client: Client): Buffer | undefined {
  if (client.unread.length < 2 * LENGTH_BYTES) {
    const typed = client.unread.length >= TYPE_BYTES + LENGTH_BYTES && client.unread[0] !== 0;
    if (!typed) return undefined;
  }
  const untyped = client.unread[0] === 0;
  const length = untyped ? client.unread.readInt32BE(0) : TYPE_BYTES + client.unread.readInt32BE(TYPE_BYTES);
  if (client.unread.length < length) return undefined;
  const message = client.unread.subarray(0, length);
  client.unread = client.unread.subarray(length);
  return message;
}

function isRequest(message: Buffer, code: number): boolean {
  return message[0] === 0 && message.readInt32BE(LENGTH_BYTES) === code;
}

function rememberStatement(client: Client, message: Buffer): void {
  if (message[0] !== PARSE) return;
  const start = TYPE_BYTES + LENGTH_BYTES;
  const name = message.toString("utf8", start, message.indexOf(0, start));
  if (/^\w+$/.test(name)) client.statements.add(name);
}

/** An answer ends with ReadyForQuery and its state: `I` outside a transaction, `T` inside, `E` in a failed one. */
function endsIdle(answer: Buffer): boolean {
  return answer.length >= READY_BYTES && answer.at(-READY_BYTES) === READY_FOR_QUERY &&
    answer.at(-1) === IDLE;
}

function message(type: string, body = Buffer.alloc(0)): Buffer {
  const head = Buffer.from(type + "\0\0\0\0");
  head.writeInt32BE(LENGTH_BYTES + body.length, TYPE_BYTES);
  return Buffer.concat([head, body]);
}

function query(sql: string): Buffer {
  return message("Q", Buffer.from(sql + "\0"));
}
