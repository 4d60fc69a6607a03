import assert from "node:assert/strict";
import { type ConnectionLimits, Connections, serveConnection } from "../../routes/server/connections.ts";

/**
 * Protects: idle connections never lock others out, and a process without file descriptors keeps serving (S53). The server
 * uses a private function of Deno. These tests fail if an upgrade removes it.
 */

const LIMITS: ConnectionLimits = { firstRequest: 150, idle: 600, open: 50 };
const REQUEST = "GET / HTTP/1.1\r\nHost: denizen.example\r\n\r\n";

Deno.test("S53 a connection that sends no complete request head in time is closed", async () => {
  await using server = Server.start();

  const ends = await Promise.all([
    server.open().then((client) => client.end()),
    server.open("GET / HTTP/1.1\r\nHost: den").then((client) => client.end()),
  ]);

  for (const { text, after } of ends) {
    assert.equal(text, "");
    assert.ok(after >= LIMITS.firstRequest && after < LIMITS.idle, `${after} ms`);
  }
});

Deno.test("S53 a connection stays open after a request and is closed when it is idle", async () => {
  await using server = Server.start();
  const client = await server.open(REQUEST);

  await client.readUntil("hello");
  await client.send(REQUEST);
  const { text, after } = await client.end();

  assert.match(text, /^HTTP\/1\.1 200/);
  assert.ok(after >= LIMITS.idle, `${after} ms`);
});

Deno.test("S53 a request in progress is never cut off, however long it takes", async () => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  await using server = Server.start({ ...LIMITS, idle: 200 }, async () => {
    await answered;
    return new Response("late");
  });

  const client = await server.open(REQUEST);
  const silent = await server.open();
  await silent.end();
  answer();

  assert.match(await client.readUntil("late"), /^HTTP\/1\.1 200/);
});

Deno.test("S53 over the limit, idle connections are closed and active ones stay open", async () => {
  await using server = Server.start({ firstRequest: 60_000, idle: 60_000, open: 20 });
  const speaking = await server.open(REQUEST);
  await speaking.readUntil("hello");

  const silent = await Promise.all(Array.from({ length: 300 }, () => server.open()));
  const late = await server.open(REQUEST);

  assert.match(await late.readUntil("hello"), /^HTTP\/1\.1 200/);
  await speaking.send(REQUEST);
  assert.match(await speaking.readUntil("hello"), /^HTTP\/1\.1 200/);
  assert.ok(server.connections.count <= 20);
  for (const client of silent) client.close();
});

Deno.test("S53 the server keeps serving with 1,000 half-sent heads", async () => {
  await using server = Server.start({ firstRequest: 60_000, idle: 60_000, open: 100 });

  const half = await Promise.all(Array.from({ length: 1_000 }, () => server.open("GET / HTTP/1.1\r\nHos")));
  const client = await server.open(REQUEST);

  assert.match(await client.readUntil("hello"), /^HTTP\/1\.1 200/);
  for (const connection of half) connection.close();
});

Deno.test("S53 without file descriptors, the server closes idle connections, keeps serving and accepts new ones again", async () => {
  let accepted = 0;
  await using server = Server.start({ firstRequest: 60_000, idle: 60_000, open: 1_000 }, hello, () => {
    accepted++;
    if (accepted > 30 && accepted < 34) throw new Error("Too many open files (os error 24)");
  });
  const speaking = await server.open(REQUEST);
  await speaking.readUntil("hello");

  const silent = await Promise.all(Array.from({ length: 60 }, () => server.open()));
  await speaking.send(REQUEST);
  const late = await server.open(REQUEST);

  assert.match(await speaking.readUntil("hello"), /^HTTP\/1\.1 200/);
  assert.match(await late.readUntil("hello"), /^HTTP\/1\.1 200/);
  assert.ok(accepted > 33);
  for (const client of silent) client.close();
});

Deno.test("an IPv4 client of a dual-stack server has its plain IPv4 address", async () => {
  await using server = Server.start(
    LIMITS,
    (_, { remoteAddr }) => new Response((remoteAddr as Deno.NetAddr).hostname),
  );

  const client = await server.open(REQUEST);

  assert.match(await client.readUntil("127.0.0.1"), /\r\n\r\n127\.0\.0\.1$/);
});

Deno.test("a stopping server finishes the running request and closes idle connections", async () => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  await using server = Server.start({ ...LIMITS, firstRequest: 60_000 }, async () => {
    ask();
    await answered;
    return new Response("late");
  });
  const silent = await server.open();
  const client = await server.open(REQUEST);
  await asked;

  const stopped = server.connections.shutdown();
  await silent.end();
  answer();

  assert.match((await client.end()).text, /late$/);
  await stopped;
});

const hello: Deno.ServeHandler = () => new Response("hello");

class Server implements AsyncDisposable {
  private constructor(readonly connections: Connections, readonly port: number, readonly clients: Client[]) {}

  /** `beforeAccept` may throw the errors of the system. */
  static start(limits = LIMITS, handler: Deno.ServeHandler = hello, beforeAccept = () => {}): Server {
    const listener = Deno.listen({ hostname: "::", port: 0 });
    const accept = listener.accept.bind(listener);
    // deno-lint-ignore require-await -- an exception becomes a rejected promise, like a failed system call
    listener.accept = async () => {
      beforeAccept();
      return accept();
    };
    const { port } = listener.addr as Deno.NetAddr;
    return new Server(new Connections(listener, serveConnection!, handler, limits), port, []);
  }

  async open(text = ""): Promise<Client> {
    const client = new Client(await Deno.connect({ hostname: "127.0.0.1", port: this.port }));
    this.clients.push(client);
    if (text) await client.send(text);
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connections.shutdown().catch(() => {}); // a test may have stopped it
    for (const client of this.clients) client.close();
  }
}

class Client {
  readonly #connection: Deno.TcpConn;
  readonly #opened = performance.now();
  #text = "";

  constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  async send(text: string): Promise<void> {
    this.#text = "";
    await this.#connection.write(new TextEncoder().encode(text));
  }

  /** Waits until the text since the last request contains `part`, and returns the text. */
  async readUntil(part: string): Promise<string> {
    while (!this.#text.includes(part)) assert.ok(await this.#read(), `closed after: ${this.#text}`);
    return this.#text;
  }

  /** Waits until the server closes the connection. Returns the received text and the elapsed milliseconds. */
  async end(): Promise<{ text: string; after: number }> {
    while (await this.#read());
    return { text: this.#text, after: performance.now() - this.#opened };
  }

  close(): void {
    try {
      this.#connection.close();
    } catch { /* it is closed */ }
  }

  async #read(): Promise<boolean> {
    const buffer = new Uint8Array(4_096);
    const length = await this.#connection.read(buffer).catch(() => null);
    if (length !== null) this.#text += new TextDecoder().decode(buffer.subarray(0, length));
    return length !== null;
  }
}
