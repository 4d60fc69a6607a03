/** Spans of OpenTelemetry, which Deno exports. Off until `startTracing` (docs/decisions/073-traces.md). */
import { describeError, logOf } from "./log.ts";

/** What a span tells: names from the code, route patterns, ids and numbers. Never text that a user entered, and never a URL. */
export type SpanFacts = Record<string, string | number | undefined>;

/** A request or a job, and the spans in it. */
export type Scope = {
  kind: "request" | "job";
  /** The span of another process that says it caused it. */
  cause?: SpanContext;
  /** For its span and those in it. Read when a span ends, because a request's tenant is found late. */
  facts(): SpanFacts;
  /** For its own span, once it has ended. */
  outcome(): { name: string; facts: SpanFacts; failed: boolean };
};

/** The part of OpenTelemetry's interface that this file uses. Deno's own types leave it open. */
type SpanContext = { traceId: string; spanId: string; traceFlags: number };
type Span = {
  spanContext(): SpanContext;
  setAttribute(name: string, value: string | number): void;
  setStatus(status: { code: number }): void;
  updateName(name: string): void;
  end(): void;
};
type Context = { getValue(key: symbol): unknown; setValue(key: symbol, value: unknown): Context };
type Contexts = { active(): Context; with<T>(context: Context, work: () => T): T };
type SpanOptions = { kind: number; root?: boolean; links?: { context: SpanContext }[] };
type Tracer = { startSpan(name: string, options: SpanOptions): Span };

/** As OpenTelemetry numbers them: server, consumer and client. */
const KINDS = { request: 1, job: 4, query: 2 } as const;
const FAILED = { code: 2 };
const SAMPLED = 1;
const SPAN = Symbol.for("OpenTelemetry Context Key SPAN");
const SCOPE = Symbol("scope");
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

const log = logOf("tracing");
const contexts: Contexts = Deno.telemetry.contextManager;
let tracer: Tracer | undefined;

/** Starts tracing, if it is configured and Deno exports something. */
export function startTracing({ openTelemetry }: { openTelemetry: boolean }): void {
  if (!openTelemetry) return;
  const denizen: Tracer = Deno.telemetry.tracerProvider.getTracer("denizen");
  try {
    denizen.startSpan("start", { kind: 0, root: true }); // throws if Deno exports nothing; is exported only if it ends
    tracer = denizen;
  } catch (error) {
    log.warn(
      "no traces are exported, because OTEL_SDK_DISABLED or OTEL_DENO_CONSOLE turns it off",
      describeError(error),
    );
  }
}

export function isTracing(): boolean {
  return tracer !== undefined;
}

/**
 * Runs `work` as the span of a request or a job. Passes the trace's id on if it is sampled. Each is a trace of its own, linked to its
 * cause: in the cause's trace, its flags would decide what is sampled.
 */
export async function traceScope<T>(
  scope: Scope,
  work: (traceId: string | undefined) => Promise<T>,
): Promise<T> {
  if (!tracer) return await work(undefined);
  const links = scope.cause ? [{ context: scope.cause }] : [];
  const span = tracer.startSpan(scope.kind, { kind: KINDS[scope.kind], root: true, links });
  const { traceId, traceFlags } = span.spanContext();
  const isSampled = (traceFlags & SAMPLED) !== 0;
  const within = contexts.active().setValue(SPAN, span).setValue(SCOPE, isSampled ? scope : undefined);
  const run = () => contexts.with(within, () => work(isSampled ? traceId : undefined));
  if (!isSampled) return await run();
  return await withSpan(span, run, () => {
    const { name, facts, failed } = scope.outcome();
    if (failed) span.setStatus(FAILED);
    span.updateName(name);
    return { ...scope.facts(), ...facts };
  });
}

/** Runs `work` as a span in the current request or job. There is no span outside of them, nor in one that isn't sampled. */
export async function traceQuery<T>(name: string, facts: SpanFacts, work: () => Promise<T>): Promise<T> {
  const scope = tracer && contexts.active().getValue(SCOPE) as Scope | undefined;
  if (!tracer || !scope) return await work();
  const span = tracer.startSpan(name, { kind: KINDS.query });
  return await withSpan(span, work, () => ({ ...facts, ...scope.facts() }));
}

/** The span that a `traceparent` header names (W3C Trace Context). Undefined if it is absent or malformed. */
export function readTraceParent(header: string | null): SpanContext | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(header ?? "") ?? [];
  if (!traceId || !spanId || !flags) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) };
}

/** Ends the span with `work`. Of an error, it tells the name: the message may contain what a user entered. */
async function withSpan<T>(span: Span, work: () => Promise<T>, factsAtEnd: () => SpanFacts): Promise<T> {
  try {
    return await work();
  } catch (error) {
    span.setStatus(FAILED);
    span.setAttribute("error.type", error instanceof Error ? error.name : "Error");
    throw error;
  } finally {
    for (const [name, value] of Object.entries(factsAtEnd())) {
      if (value !== undefined) span.setAttribute(name, value);
    }
    span.end();
  }
}
