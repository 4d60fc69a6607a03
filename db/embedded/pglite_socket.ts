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

/** One client: what it sent and the backend has not seen, and the statements it has prepared there. */
type Guest = {
  socket: Socket;
  unread: Buffer;
  messages: Buffer[];
  statements: Set<string>;
  attended: boolean;
  gone: boolean;
  wake: () => void;
};

/**
 * Offers one PGlite to many clients on a Unix socket, in Postgres' own protocol (version 3.0).
 *
 * There is one backend behind all clients, and the unnamed portal and the transaction belong to it. So a client
 * that begins to speak keeps the backend until it is outside a transaction and all that it sent is answered; the
 * others wait for their turn.
 */
export class PgliteSocket {
  readonly #pglite: PGlite;
  readonly #reset: string;
  readonly #server: Server;
  readonly #guests = new Set<Guest>();
  #turns: Promise<void> = Promise.resolve();

  /** `reset` is the SQL that takes back whatever a guest may have set for its session. */
  constructor(pglite: PGlite, reset: string) {
    this.#pglite = pglite;
    this.#reset = reset;
    this.#server = createServer((socket) => this.#welcome(socket));
  }

  async listen(path: string): Promise<void> {
    await removeStale(path);
    await new Promise<void>((done, fail) => this.#server.once("error", fail).listen(path, done));
    await Deno.chmod(path, 0o600);
  }

  /** Breaks every client's connection, and waits until what they had begun is rolled back. */
  async cutConnections(): Promise<void> {
    const closed = [...this.#guests].map(({ socket }) => new Promise((done) => socket.once("close", done)));
    for (const { socket } of this.#guests) socket.destroy();
    await Promise.all(closed);
    await this.#turns;
  }

  async close(): Promise<void> {
    const closed = new Promise((done) => this.#server.close(done));
    await this.cutConnections();
    await closed;
  }

  #welcome(socket: Socket): void {
    const guest: Guest = {
      socket,
      unread: Buffer.alloc(0),
      messages: [],
      statements: new Set(),
      attended: false,
      gone: false,
      wake: () => {},
    };
    this.#guests.add(guest);
    socket.on("data", (bytes) => this.#receive(guest, bytes as Buffer));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#leave(guest));
  }

  #receive(guest: Guest, bytes: Buffer): void {
    guest.unread = guest.unread.length === 0 ? bytes : Buffer.concat([guest.unread, bytes]);
    for (let message = takeMessage(guest); message; message = takeMessage(guest)) {
      if (isRequest(message, SSL_REQUEST)) guest.socket.write("N");
      else if (isRequest(message, CANCEL_REQUEST) || message[0] === TERMINATE) guest.socket.end();
      else guest.messages.push(message);
    }
    if (guest.messages.length > 0) this.#attend(guest);
  }

  #leave(guest: Guest): void {
    guest.gone = true;
    guest.wake();
    this.#guests.delete(guest);
    this.#turns = this.#turns.then(() => this.#forget(guest));
  }

  #attend(guest: Guest): void {
    guest.wake();
    if (guest.attended) return;
    guest.attended = true;
    this.#turns = this.#turns.then(() => this.#serve(guest));
  }

  async #serve(guest: Guest): Promise<void> {
    let idle = true;
    do {
      if (guest.messages.length === 0) await new Promise<void>((wake) => guest.wake = wake);
      if (guest.gone) break;
      idle = await this.#answer(guest);
    } while (!idle);
    if (!idle) await this.#send(Buffer.concat([message("S"), query("rollback")]));
    guest.attended = false;
    if (guest.messages.length > 0) this.#attend(guest);
  }

  /** Sends on what the guest said. Returns whether the backend is ready and outside a transaction after it. */
  async #answer(guest: Guest): Promise<boolean> {
    const messages = guest.messages.splice(0);
    for (const message of messages) rememberStatement(guest, message);
    const answer = await this.#send(Buffer.concat(messages));
    if (guest.socket.writable) guest.socket.write(answer);
    return endsIdle(answer);
  }

  /** The backend outlives the guest: without this, its settings and prepared statements would stay there. */
  async #forget(guest: Guest): Promise<void> {
    await this.#send(query(this.#reset));
    for (const name of guest.statements) await this.#send(query(`deallocate "${name}"`));
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

/** The guest's next whole message, or undefined. The first messages of a connection have no type byte. */
function takeMessage(guest: Guest): Buffer | undefined {
  if (guest.unread.length < 2 * LENGTH_BYTES) {
    const typed = guest.unread.length >= TYPE_BYTES + LENGTH_BYTES && guest.unread[0] !== 0;
    if (!typed) return undefined;
  }
  const untyped = guest.unread[0] === 0;
  const length = untyped ? guest.unread.readInt32BE(0) : TYPE_BYTES + guest.unread.readInt32BE(TYPE_BYTES);
  if (guest.unread.length < length) return undefined;
  const message = guest.unread.subarray(0, length);
  guest.unread = guest.unread.subarray(length);
  return message;
}

function isRequest(message: Buffer, code: number): boolean {
  return message[0] === 0 && message.readInt32BE(LENGTH_BYTES) === code;
}

function rememberStatement(guest: Guest, message: Buffer): void {
  if (message[0] !== PARSE) return;
  const start = TYPE_BYTES + LENGTH_BYTES;
  const name = message.toString("utf8", start, message.indexOf(0, start));
  if (/^\w+$/.test(name)) guest.statements.add(name);
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
