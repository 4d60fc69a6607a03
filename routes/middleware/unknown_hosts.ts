import { MINUTE } from "../../src/platform/clock.ts";
import { logOf } from "../../src/platform/log.ts";

const MAX_HOSTS_PER_MINUTE = 20;
const MAX_LENGTH = 100;

const log = logOf("hosts");

/**
 * Logs requests for hosts that are neither the apex nor a tenant's, to reveal a wrong `APP_URL` or proxy. Logs each host once
 * a minute, and at most 20 hosts, because anyone can invent more.
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
    if (this.#reported.has(host) || this.#reported.size >= MAX_HOSTS_PER_MINUTE) return;
    this.#reported.add(host);
    this.#write(host, expected);
  }
}

function writeLine(host: string, expected: string): void {
  log.warn("no workspace has the requested host; if the host is yours, check APP_URL and the proxy", {
    host,
    expected,
  });
}

/** The host that a client sent, safe to show. */
export function printable(host: string): string {
  return host.slice(0, MAX_LENGTH).replaceAll(/[^a-z0-9.:_[\]-]/gi, "?");
}
