import { Redis } from "@upstash/redis/cloudflare";
import { SECOND } from "../platform/clock.ts";
import type { Count, Counter, Request } from "./counter.ts";
import { argumentsOf, readCount, SCRIPT } from "./script.ts";

/** Nobody waits for an answer that takes longer. */
const REQUEST_TIMEOUT = SECOND;

/** Counts in Upstash Redis over HTTP, for places where no connection outlives a request. */
export class UpstashCounter implements Counter {
  readonly #redis: Redis;
  readonly #script;

  constructor(url: URL, token: string) {
    this.#redis = new Redis({
      url: url.href.replace(/\/$/, ""),
      token,
      retry: { retries: 0 },
      automaticDeserialization: false,
      enableAutoPipelining: false,
      enableTelemetry: false,
      signal: () => AbortSignal.timeout(REQUEST_TIMEOUT),
    });
    this.#script = this.#redis.createScript<unknown>(SCRIPT);
  }

  async count(request: Request): Promise<Count> {
    return readCount(await this.#script.exec([request.key], argumentsOf(request)));
  }

  async check(): Promise<void> {
    await this.#redis.ping();
  }

  close(): void {}
}
