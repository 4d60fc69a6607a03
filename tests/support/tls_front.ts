import type { Buffer } from "node:buffer";
import { type AddressInfo, connect as connectTo, createServer, type Server, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { CERTIFICATE, PRIVATE_KEY } from "./certificate.ts";

const SSL_REQUEST = 80_877_103;

/** A TLS server in front of PostgreSQL, with a certificate for localhost and 127.0.0.1. */
export class TlsFront implements AsyncDisposable {
  /** The numbers of plaintext and TLS connections. */
  plain = 0;
  secure = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(database: { host: string; port: number }) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.once("data", (bytes: Buffer) => this.#welcome(socket, bytes, database));
    });
  }

  static async open(url: string, host: string): Promise<TlsFront> {
    const { hostname, port } = new URL(url);
    const front = new TlsFront({ host: hostname, port: Number(port || 5432) });
    await new Promise<void>((done, fail) => front.#server.once("error", fail).listen(0, host, done));
    return front;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((done) => this.#server.close(done));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #welcome(socket: Socket, bytes: Buffer, database: { host: string; port: number }): void {
    if (bytes.readInt32BE(4) !== SSL_REQUEST) {
      this.plain++;
      return this.#forward(socket, database, bytes);
    }
    socket.write("S");
    const secured = new TLSSocket(socket, { isServer: true, cert: CERTIFICATE, key: PRIVATE_KEY });
    secured.on("error", () => socket.destroy());
    secured.once("secure", () => this.secure++);
    this.#forward(secured, database);
  }

  #forward(client: Socket, database: { host: string; port: number }, first?: Buffer): void {
    const server = connectTo(database);
    this.#sockets.add(server);
    server.on("error", () => client.destroy());
    if (first) server.write(first);
    client.pipe(server);
    server.pipe(client);
  }
}
