import { MINUTE } from "../../src/platform/clock.ts";
import { logOf } from "../../src/platform/log.ts";

const MOST_A_MINUTE = 20;
const MAX_LENGTH = 100;

const log = logOf("hosts");

/**
 * Logs requests for hosts that are neither the apex nor a tenant's, so that a wrong `APP_URL` or proxy shows: each host once
 * a minute, 20 hosts at most, since anyone can invent more.
 */
export class UnknownHosts {
  readonly #write: (host: string, expected: string) => void;
  readonly #now: () => number;
  readonly #reported = new Set<string>();
  #minuteEnds = 0;

  constructor(write = writeLine, now = () => performance.now()) {
    this.#write = write;
    this.#now = now;
  }

  report(asked: string, expected: string): void {
    if (this.#now() >= this.#minuteEnds) {
      this.#reported.clear();
      this.#minuteEnds = this.#now() + MINUTE;
    }
    const host = printable(asked);
    if (this.#reported.has(host) || this.#reported.size >= MOST_A_MINUTE) return;
    this.#reported.add(host);
    this.#write(host, expected);
  }
}

function writeLine(host: string, expected: string): void {
  log.warn("no workspace has the host that was asked for; if it is yours, check APP_URL and the proxy", {
    host,
    expected,
  });
}

/** What a client sent as its host, safe to show. */
export function printable(host: string): string {
  return host.slice(0, MAX_LENGTH).replaceAll(/[^a-z0-9.:_[\]-]/gi, "?");
}
