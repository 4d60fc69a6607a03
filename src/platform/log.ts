import {
  configure,
  getJsonLinesFormatter,
  getLogger,
  type Logger,
  type LogLevel,
  type Sink,
} from "@logtape/logtape";
import { DEFAULT_REDACT_FIELDS, redactByField } from "@logtape/redaction";
import { setTimeout } from "node:timers";

export type { Logger };

/** Properties with these names are redacted from the log. */
const SECRET_FIELDS = [
  ...DEFAULT_REDACT_FIELDS,
  "cookie",
  "authorization",
  "code",
  "email",
  /hash$/i,
  /token/i,
];

/** Starts structured logging: one JSON object per line on stderr, with secrets redacted. Call it once per process. */
export async function startLogging(level: LogLevel): Promise<void> {
  await configure({
    reset: true,
    sinks: {
      stderr,
      redacted: redactByField(stderr, { fieldPatterns: SECRET_FIELDS, action: () => "[redacted]" }),
    },
    loggers: [
      { category: "denizen", lowestLevel: level, sinks: ["redacted"] },
      // Access log lines contain ids and numbers, but no client input. Redaction would double their cost.
      { category: ["denizen", "access"], lowestLevel: level, sinks: ["stderr"], parentSinks: "override" },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["stderr"] },
    ],
  });
}

const format = getJsonLinesFormatter({ properties: "flatten" });
const FLUSH_AFTER_MILLISECONDS = 50;
let pending: string[] = [];

/** Buffers lines for a moment and writes them together, so that many requests share one system call. */
const stderr: Sink = (record) => {
  if (pending.push(format(record)) === 1) setTimeout(flushLog, FLUSH_AFTER_MILLISECONDS).unref();
};

/** Writes the buffered lines. Call this before the process ends. */
export function flushLog(): void {
  const bytes = new TextEncoder().encode(pending.join(""));
  pending = [];
  for (let sent = 0; sent < bytes.length;) sent += Deno.stderr.writeSync(bytes.subarray(sent));
}

/** The logger for one part of the product. `security` is the category for possible attacks. */
export function logOf(part: string): Logger {
  return getLogger(["denizen", part]);
}

/**
 * The properties to log for an error: its name, message, and stack. Omits the values of a failed query, which Drizzle
 * puts into its message.
 */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: String(error) };
  const reason = reasonOf(error);
  return {
    error: reason.name,
    message: reason.message,
    stack: reason.stack?.split("\n").slice(1, 8).join("\n"),
  };
}

/** The database's error if `error` is a failed query, which contains the query's values. Otherwise `error` itself. */
export function reasonOf(error: Error): Error {
  return error.cause instanceof Error && error.message.startsWith("Failed query") ? error.cause : error;
}
