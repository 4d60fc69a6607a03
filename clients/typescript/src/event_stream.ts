import type { Client } from "openapi-fetch";
import { ApiError, unwrap } from "./answers.ts";
import type { paths } from "./schema.ts";

/** An event of the tenant, or a `reset` without data: some events are gone, so read what you need again. */
export type ReceivedEvent = {
  /** Keep it to continue after this event. */
  id: string;
  /** Such as `project.created`. `GET /webhook-event-types` describes the data of each type. */
  type: string;
  /** When it happened. */
  timestamp?: string;
  data?: Record<string, unknown>;
};

export type StreamOptions = {
  /** The id of the last event that your program has handled. Without it, only new events arrive. */
  lastEventId?: string;
  /** Ends the stream. */
  signal?: AbortSignal;
  /** Replaces the wait before the next connection, for example in tests. */
  sleep?: (milliseconds: number) => Promise<void>;
};

const FIRST_WAIT = 3_000;
const LONGEST_WAIT = 60_000;
const TOO_MANY_REQUESTS = 429;
const SERVER_ERROR = 500;

/**
 * Yields the tenant's events as they happen, each once and in order. Connects again whenever the connection ends, and continues after
 * the last event. Ends when `signal` is aborted. Throws an `ApiError` if the API refuses the stream.
 */
export async function* streamEvents(
  client: Client<paths>,
  { lastEventId, signal, sleep = wait }: StreamOptions = {},
): AsyncGenerator<ReceivedEvent> {
  const place: Place = { lastEventId, wait: FIRST_WAIT };
  for (let failures = 0; !signal?.aborted; failures++) {
    try {
      for await (const event of readConnection(client, place, signal)) {
        failures = 0;
        yield event;
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (error instanceof ApiError && isFinal(error)) throw error;
    }
    if (!signal?.aborted) await sleep(Math.min(place.wait * 2 ** Math.max(failures - 1, 0), LONGEST_WAIT));
  }
}

/** Where the next connection continues, and how many milliseconds to wait before it. */
type Place = { lastEventId: string | undefined; wait: number };

function isFinal({ status }: ApiError): boolean {
  return status < SERVER_ERROR && status !== TOO_MANY_REQUESTS;
}

/** Yields the events of one connection, and moves `place` on. */
async function* readConnection(
  client: Client<paths>,
  place: Place,
  signal: AbortSignal | undefined,
): AsyncGenerator<ReceivedEvent> {
  const header = place.lastEventId === undefined ? {} : { "Last-Event-ID": place.lastEventId };
  const call = client.GET("/events/stream", {
    params: { header },
    parseAs: "stream",
    ...(signal && { signal }),
  });
  const body = await unwrap<ReadableStream<Uint8Array> | null>(call as never);
  if (!body) return;
  for await (const block of blocksOf(body)) {
    const fields = fieldsOf(block);
    const retry = Number(fields.retry);
    if (retry > 0) place.wait = retry;
    if (fields.data !== undefined) {
      yield { id: fields.id ?? place.lastEventId ?? "", ...JSON.parse(fields.data) };
    }
    // Only now, because a program that stops inside its loop hasn't handled the event.
    if (fields.id) place.lastEventId = fields.id;
  }
}

/** The texts between empty lines. The stream is canceled when the caller stops reading. */
async function* blocksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const blocks = (text + decoder.decode(part.value, { stream: true })).split("\n\n");
      text = blocks.pop()!;
      yield* blocks;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function fieldsOf(block: string): { [name: string]: string | undefined } {
  return Object.fromEntries(
    block.split("\n").map((line) => {
      const [name, ...value] = line.split(":");
      return [name!, value.join(":").replace(/^ /, "")];
    }),
  );
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
