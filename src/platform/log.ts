import { setTimeout } from "node:timers";
import {
  configure,
  getJsonLinesFormatter,
  getLogger,
  type Logger,
  type LogLevel,
  type Sink,
} from "@logtape/logtape";
import { DEFAULT_REDACT_FIELDS, redactByField } from "@logtape/redaction";

export type { Logger };

/** Names of properties that never reach a log, whatever their value. */
const SECRET_FIELDS = [
  ...DEFAULT_REDACT_FIELDS,
  "cookie",
  "authorization",
  "code",
  "email",
  /hash$/i,
  /token/i,
];

/** Starts structured logging: one JSON object a line on stderr, secrets cut out. Once a process. */
export async function startLogging(level: LogLevel): Promise<void> {
  await configure({
    reset: true,
    sinks: {
      stderr,
      redacted: redactByField(stderr, { fieldPatterns: SECRET_FIELDS, action: () => "[redacted]" }),
    },
    loggers: [
      { category: "denizen", lowestLevel: level, sinks: ["redacted"] },
      // One line a request: ids and figures by fixed names, nothing that a client sends. Redaction would be half its price.
      { category: ["denizen", "access"], lowestLevel: level, sinks: ["stderr"], parentSinks: "override" },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["stderr"] },
    ],
  });
}

const format = getJsonLinesFormatter({ properties: "flatten" });
const FLUSH_AFTER_MILLISECONDS = 50;
let pending: string[] = [];

/** Lines are collected for a moment and written together: one system call for many requests. */
const stderr: Sink = (record) => {
  if (pending.push(format(record)) === 1) setTimeout(flushLog, FLUSH_AFTER_MILLISECONDS).unref();
};

/** Writes what is collected. To be called before the process ends. */
export function flushLog(): void {
  const bytes = new TextEncoder().encode(pending.join(""));
  pending = [];
  for (let sent = 0; sent < bytes.length;) sent += Deno.stderr.writeSync(bytes.subarray(sent));
}

/** The log of one part of the product. `security` is the category for what an attacker may have tried. */
export function logOf(part: string): Logger {
  return getLogger(["denizen", part]);
}

/**
 * What a log may say of an error: its name, message and stack. A failed query's values are left out; the driver and
 * Drizzle put them into their own messages.
 */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: String(error) };
  const told = reasonOf(error);
  return { error: told.name, message: told.message, stack: told.stack?.split("\n").slice(1, 8).join("\n") };
}

/** What an error is about: of a failed query, what the database said, without the query and its values. */
export function reasonOf(error: Error): Error {
  return error.cause instanceof Error && error.message.startsWith("Failed query") ? error.cause : error;
}
