import type { PGlite } from "@electric-sql/pglite";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import { PgliteSocket } from "../../db/embedded/pglite_socket.ts";

/** Protects: one client of the embedded database can't hold up the others, whatever it does. */

const QUERY = Buffer.from([0x51, 0, 0, 0, 5, 0]);
const IN_TRANSACTION = Buffer.from([0x5a, 0, 0, 0, 5, 0x54]);
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

Deno.test("a client that leaves while its messages wait for their turn doesn't hold up the next one", async () => {
  const backend = { answer: IN_TRANSACTION };
  await using server = await serve(() => backend.answer);
  const [holder, waiting] = [await server.client(), await server.client()];
  await holder.ask();
  waiting.socket.write(QUERY);
  await server.received(waiting);
  waiting.socket.destroy();
  const later = await server.client();
  for (let round = 0; round < 3; round++) await server.received(later); // by then, the server knows

  backend.answer = READY;
  const [released, next] = [await holder.ask(), await later.ask()];

  assert.deepEqual([released, next], [READY, READY]);
});

type Client = { socket: Socket; ask(): Promise<Buffer> };

/** A socket in front of a backend that gives the same answer to everything. */
async function serve(answer: () => Buffer) {
  const path = await Deno.makeTempFile({ suffix: ".sock" });
  const pglite = { execProtocolRaw: () => Promise.resolve(answer()) } as unknown as PGlite;
  const server = new PgliteSocket(pglite, "reset all");
  await server.listen(path);
  return {
    async client(): Promise<Client> {
      const socket = connect(path);
      await new Promise((done) => socket.once("connect", done));
      const ask = () =>
        new Promise<Buffer>((done) => {
          socket.once("data", (bytes) => done(bytes as Buffer));
          socket.write(QUERY);
        });
      return { socket, ask };
    },
    /** Waits until the server has read everything that the client sent, which it shows by answering about TLS. */
    received: ({ socket }: Client) =>
      new Promise((done) => {
        socket.once("data", done);
        socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]));
      }),
    async [Symbol.asyncDispose]() {
      await server.close();
    },
  };
}
