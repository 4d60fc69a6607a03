import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
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

/** A proxy in front of a real Redis server. While it hangs, it takes connections and data, and forwards them later. */
export class RedisProxy implements AsyncDisposable {
  readonly #links = new Set<{ near: Socket; far: Socket }>();
  readonly #server: Server;
  #hangs = false;

  private constructor() {
    const { hostname, port } = new URL(redisUrl!);
    this.#server = createServer((near) => {
      const far = connect(Number(port || 6379), hostname);
      for (const end of [near, far]) {
        end.on("error", () => {}).on("close", () => {
          near.destroy();
          far.destroy();
        });
      }
      this.#links.add({ near, far });
      if (!this.#hangs) this.forward();
    });
  }

  static async start(): Promise<RedisProxy> {
    const proxy = new RedisProxy();
    await new Promise<void>((done) => proxy.#server.listen(0, "127.0.0.1", done));
    return proxy;
  }

  get url(): string {
    const url = new URL(redisUrl!);
    url.host = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return url.href;
  }

  hang(): void {
    this.#hangs = true;
    for (const { near, far } of this.#links) {
      near.unpipe();
      far.unpipe();
    }
  }

  /** Also forwards what came while it hung. */
  forward(): void {
    this.#hangs = false;
    for (const { near, far } of this.#links) near.unpipe().pipe(far).unpipe().pipe(near);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { near } of this.#links) near.destroy();
    await new Promise((done) => this.#server.close(done));
  }
}
