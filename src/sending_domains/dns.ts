import { part } from "../ports.ts";
import { SECOND } from "../platform/clock.ts";

const ANSWER_TIMEOUT = 10 * SECOND;

/**
 * The records at a name, each as one text. None if the name or the type doesn't exist, or if its server fails (SERVFAIL, REFUSED): Deno
 * reports both as `NotFound`. Rejects if DNS doesn't answer.
 */
export type ResolveRecords = (name: string, type: "TXT" | "MX") => Promise<string[]>;

export type Resolver = { resolve: ResolveRecords };

/** How DNS is asked. Tests replace it. */
export const DNS = part("DNS", (): Resolver => ({ resolve: resolveByDns }));

async function resolveByDns(name: string, type: "TXT" | "MX"): Promise<string[]> {
  const signal = AbortSignal.timeout(ANSWER_TIMEOUT);
  const fullName = `${name}.`; // without the search domains of this machine
  try {
    if (type === "MX") {
      return (await Deno.resolveDns(fullName, type, { signal }))
        .map(({ preference, exchange }) => `${preference} ${exchange.replace(/\.$/, "")}`);
    }
    return (await Deno.resolveDns(fullName, type, { signal })).map((chunks) => chunks.join(""));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
