import { logOf } from "../../src/platform/log.ts";

const MAX_LENGTH = 1_000;

const log = logOf("database");
let threshold = Infinity;

/** From now on, this process logs statements that take at least `milliseconds`. 0 logs none. */
export function logSlowStatements(milliseconds: number): void {
  threshold = milliseconds || Infinity;
}

/**
 * Logs a statement that was slow. Its values are sent separately and never logged. `holder` is the schema of a tenant, or the purpose
 * of a connection to `control`.
 */
export function reportIfSlow(milliseconds: number, text: string, holder = "control"): void {
  if (milliseconds < threshold) return;
  const statement = text.replaceAll(/\s+/g, " ").trim().slice(0, MAX_LENGTH);
  log.warn("slow statement", { durationMs: Math.round(milliseconds), holder, statement });
}
