import { createClient } from "redis";

/** A Redis server for tests, from `TEST_REDIS_URL`. Tests that need one are skipped without it. */
export const redisUrl = Deno.env.get("TEST_REDIS_URL");

export function connectToRedis() {
  return createClient({ url: redisUrl }).connect();
}

/** Upstash's REST API in front of a real Redis server: one command per request, as a JSON list. */
export class UpstashServer implements AsyncDisposable {
  readonly token = "a test token";
  readonly #client;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  private constructor(client: Pick<Awaited<ReturnType<typeof connectToRedis>>, "sendCommand" | "close">) {
    this.#client = client;
    this.#server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      (request) => this.#answer(request),
    );
  }

  static async start(): Promise<UpstashServer> {
    return new UpstashServer(await connectToRedis());
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${this.#server.addr.port}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    await this.#client.close();
  }

  async #answer(request: Request): Promise<Response> {
    if (request.headers.get("Authorization") !== `Bearer ${this.token}`) {
      return Response.json({ error: "WRONGPASS invalid or missing auth token" }, { status: 401 });
    }
    const command: unknown[] = await request.json();
    try {
      return Response.json({ result: await this.#client.sendCommand(command.map(String)) });
    } catch (error) {
      return Response.json({ error: (error as Error).message }, { status: 400 });
    }
  }
}

/** A server that takes connections and never answers. */
export class SilentServer implements Disposable {
  readonly #listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  readonly #connections: Deno.Conn[] = [];

  constructor() {
    this.#accept();
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#listener.addr.port}`;
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const connection of this.#connections) connection.close();
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) this.#connections.push(connection);
  }
}
