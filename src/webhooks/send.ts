import { Buffer } from "node:buffer";
import { type ClientRequest, type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { clearTimeout, setTimeout } from "node:timers";
import { SECOND } from "../platform/clock.ts";
import { withDeadline } from "../platform/deadline.ts";
import { VERSION } from "../platform/version.ts";
import { type BadTarget, resolveTarget, type Target, type TargetRules } from "./target.ts";

/** From the connection to the end of the response. */
export const ATTEMPT_TIME = 15 * SECOND;
export const MAX_RESPONSE_BYTES = 64 * 1_024;

/** Why an attempt got no response. */
export type SendFailure = BadTarget | "name_not_found" | "timed_out" | "connection_failed" | "tls_failed";

/** What came back. `body` is cut at 64 KB. */
export type Answer = { status: number; headers: Record<string, string>; body: string };

/** How an attempt ended. `milliseconds` is its duration. */
export type Sent = { answer: Answer | null; failure: SendFailure | null; milliseconds: number };

/** `contentType` and `userAgent` are those of webhooks unless given. */
export type Outgoing = {
  url: string;
  headers: Record<string, string>;
  body: string | Uint8Array;
  contentType?: string;
  userAgent?: string;
};

/**
 * Posts a body to a URL that a tenant or a person chose. Resolves the name once, checks every address, and connects to the checked one, with
 * TLS for the name. Doesn't follow redirects. Ends after `time` milliseconds, by default 15 seconds: a response whose head arrived
 * counts, however much of its body is missing. Never throws.
 */
export async function send(
  { url, ...content }: Outgoing,
  rules: TargetRules & { ca?: string },
  time = ATTEMPT_TIME,
): Promise<Sent> {
  const started = performance.now();
  const ended = (answer: Answer | null, failure: SendFailure | null): Sent => ({
    answer,
    failure,
    milliseconds: Math.round(performance.now() - started),
  });
  const resolution = await withDeadline(time, () => resolveTarget(url, rules))
    .catch(() => ({ refused: "timed_out" as const }));
  if ("refused" in resolution) return ended(null, resolution.refused);
  const left = Math.max(1, time - (performance.now() - started));
  try {
    return ended(await exchange(resolution.target, { ...content, ca: rules.ca }, left), null);
  } catch (error) {
    return ended(null, failureOf(error));
  }
}

type Exchange = Omit<Outgoing, "url"> & { ca: string | undefined };

/** Rejects if no response's head arrives in time. */
function exchange(
  target: Target,
  { headers, body, contentType = "application/json", userAgent = "Denizen-Webhooks", ca }: Exchange,
  time: number,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const bytes = Buffer.from(body);
    const outgoing = open(target, {
      ...headers,
      "content-type": contentType,
      "content-length": String(bytes.length),
      "user-agent": `${userAgent}/${VERSION}`,
    }, ca);
    let collected: (() => Answer) | undefined;
    const finish = (error?: Error) => {
      clearTimeout(timer);
      if (collected) resolve(collected());
      else reject(error ?? new Error("the connection was closed"));
      outgoing.destroy();
    };
    const timer = setTimeout(() => finish(new TimedOut()), time);
    outgoing.on("error", finish);
    outgoing.on("response", (incoming) => collected = collect(incoming, finish));
    outgoing.end(bytes);
  });
}

/** Connects to the checked address by itself, which resolves nothing and needs no permission (decision 022). */
function open(
  { url, address, isLiteral }: Target,
  headers: Record<string, string>,
  ca?: string,
): ClientRequest {
  const isSecure = url.protocol === "https:";
  const host = address;
  const port = Number(url.port) || (isSecure ? 443 : 80);
  const servername = isLiteral ? undefined : url.hostname;
  const createConnection = () =>
    isSecure ? connectTls({ host, port, servername, ...(ca ? { ca } : {}) }) : connect({ host, port });
  const request = isSecure ? httpsRequest : httpRequest;
  return request(url, { method: "POST", headers, createConnection });
}

/** Collects a response. Returns a function that returns what has arrived. */
function collect(incoming: IncomingMessage, finish: (error?: Error) => void): () => Answer {
  const chunks: Buffer[] = [];
  let size = 0;
  incoming.on("data", (chunk: Buffer) => {
    chunks.push(chunk.subarray(0, MAX_RESPONSE_BYTES - size));
    size += chunk.length;
    if (size >= MAX_RESPONSE_BYTES) finish();
  });
  incoming.on("end", () => finish());
  incoming.on("error", finish);
  incoming.on("close", () => finish());
  return () => ({
    status: incoming.statusCode ?? 0,
    headers: headersOf(incoming),
    body: Buffer.concat(chunks).toString("utf8"),
  });
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => value === undefined ? [] : [[name, String(value)]]),
  );
}

class TimedOut extends Error {}

function failureOf(error: unknown): SendFailure {
  if (error instanceof TimedOut) return "timed_out";
  const { code = "", message = "" } = error as { code?: string; message?: string };
  return /CERT|TLS|SSL|issuer|handshake/i.test(`${code} ${message}`) ? "tls_failed" : "connection_failed";
}
