import type { Browser } from "./browser.ts";
import { PATIENCE } from "./patience.ts";
import type { World } from "./world.ts";

const [TEXT, CLOSE, PING, PONG] = [1, 8, 9, 10];
const BLANK_LINE = "\r\n\r\n";

type Options = {
  /** Where to connect, without the port. */
  subdomain?: string;
  browser?: Browser;
  /** Null: none. By default the page's own. */
  origin?: string | null;
  version?: number;
  headers?: Record<string, string>;
  /** Whether the client takes part in the protocol: it answers pings and the end. */
  answers?: boolean;
};

/** A world, or another process. */
type Server = Pick<World, "port" | "host">;

/** A WebSocket of `/ws/notifications`, byte by byte, so that it can also break the rules. */
export class LiveFeedClient implements AsyncDisposable {
  status = 0;
  readonly versions: number[] = [];
  /** Set once the server has said that it ends. */
  closeCode: number | undefined;
  /** Whether the connection is gone. */
  isGone = false;
  readonly #connection: Deno.TcpConn;
  readonly #answers: boolean;
  #reading: Promise<void> = Promise.resolve();
  #bytes = new Uint8Array();
  #changed = Promise.withResolvers<void>();

  private constructor(connection: Deno.TcpConn, answers: boolean) {
    this.#connection = connection;
    this.#answers = answers;
  }

  /** Connects and reads the status. Unless it is 101, nothing more comes. */
  static async open(server: Server, options: Options = {}): Promise<LiveFeedClient> {
    const { subdomain = "acme", browser, version = 0, headers = {}, answers = true } = options;
    const host = server.host(subdomain);
    const origin = options.origin === undefined ? `http://${host}` : options.origin;
    const cookie = browser?.cookieHeader(host);
    const lines = Object.entries({
      Host: host,
      Upgrade: "websocket",
      Connection: "Upgrade",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
      ...(origin === null ? {} : { Origin: origin }),
      ...(cookie ? { Cookie: cookie } : {}),
      ...headers,
    }).map(([name, value]) => `${name}: ${value}`);
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
    const head = [`GET /ws/notifications?version=${version} HTTP/1.1`, ...lines].join("\r\n") + BLANK_LINE;
    await connection.write(new TextEncoder().encode(head));
    const client = new LiveFeedClient(connection, answers);
    client.#reading = client.#readAll();
    await client.until(() => client.status !== 0);
    return client;
  }

  /** Waits until `isDone`. Fails after `PATIENCE`. */
  async until(isDone: () => boolean): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      const state = () => JSON.stringify({ ...this });
      timer = setTimeout(() => reject(new Error(`The live feed is ${state()}`)), PATIENCE);
    });
    try {
      while (!isDone()) {
        if (this.isGone && !isDone()) throw new Error(`Gone: ${JSON.stringify({ ...this })}`);
        await Promise.race([this.#changed.promise, tooLate]);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async gone(): Promise<void> {
    await this.until(() => this.isGone);
  }

  async send(text: string): Promise<void> {
    await this.#write(TEXT, new TextEncoder().encode(text));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.isGone) this.#connection.close();
    await this.#reading;
  }

  async #readAll(): Promise<void> {
    const buffer = new Uint8Array(16_384);
    try {
      for (;;) {
        const count = await this.#connection.read(buffer);
        if (count === null) break;
        this.#bytes = concat(this.#bytes, buffer.subarray(0, count));
        await this.#take();
        this.#notify();
      }
      this.#connection.close();
    } catch {
      // closed by either side
    }
    this.isGone = true;
    this.#notify();
  }

  async #take(): Promise<void> {
    if (this.status === 0) this.#takeHead();
    while (this.status === 101 && this.#bytes.length >= 2) {
      const [first, length] = [this.#bytes[0]!, this.#bytes[1]!]; // the server's frames are short and unmasked
      if (this.#bytes.length < 2 + length) return;
      const payload = this.#bytes.slice(2, 2 + length);
      this.#bytes = this.#bytes.slice(2 + length);
      await this.#frame(first & 15, payload);
    }
  }

  #takeHead(): void {
    const text = new TextDecoder("latin1").decode(this.#bytes);
    const end = text.indexOf(BLANK_LINE);
    if (end < 0) return;
    this.status = Number(text.split(" ")[1]);
    this.#bytes = this.#bytes.slice(end + BLANK_LINE.length);
  }

  async #frame(opcode: number, payload: Uint8Array): Promise<void> {
    if (opcode === TEXT) this.versions.push(JSON.parse(new TextDecoder().decode(payload)).version);
    if (opcode === CLOSE) this.closeCode = (payload[0]! << 8) | payload[1]!;
    if (!this.#answers) return;
    if (opcode === PING) await this.#write(PONG, payload);
    if (opcode === CLOSE) await this.#write(CLOSE, payload);
  }

  /** With the mask 0, which a client may choose. */
  async #write(opcode: number, payload: Uint8Array): Promise<void> {
    const head = new Uint8Array([128 | opcode, 128 | payload.length, 0, 0, 0, 0]);
    await this.#connection.write(concat(head, payload));
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

function concat(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(one.length + other.length);
  joined.set(one);
  joined.set(other, one.length);
  return joined;
}
