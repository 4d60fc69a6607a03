import type { Context, Env } from "hono";
import type { z } from "zod";
import type { StoredAnswer } from "../../src/api_access/idempotency.ts";
import { type Sendable, toWire } from "../wire.ts";
import { contentEtag, hasCurrent, versionEtag } from "./etags.ts";

/** A successful response. Without a schema, it has no body. */
export type Answer<Result extends z.ZodType> = {
  status?: 200 | 201 | 202 | 204;
  description: string;
  schema?: Result;
};

/** A compressed response would get a weak ETag, which `If-Match` never accepts. */
const KEEP_ETAG = "no-store, no-transform";

/** The answer with `row`. With 201, `Location` is the resource's URL, such as `/api-keys/<id>` for `/api-keys/{id}/rotate`. */
export function answerWith<Result extends z.ZodType>(
  path: string,
  { status = 200, schema }: Answer<Result>,
  row: Sendable<z.output<Result>>,
): StoredAnswer {
  if (status === 204 || !schema) return { status: 204, headers: {}, body: null };
  const json = toWire(schema, row) as Record<string, unknown>;
  const headers = {
    "Content-Type": "application/json",
    ...(status === 201 && { Location: `/api/v1${path.replace(/\/\{id\}.*/, "")}/${json.id}` }),
  };
  return { status, headers, body: JSON.stringify(json) };
}

/** The answer with an ETag for `If-Match`: the version, or else a hash of the content. */
export function withEtag(answer: StoredAnswer, version: number | undefined): StoredAnswer {
  if (answer.body === null) return answer;
  const etag = version === undefined ? contentEtag(answer.body) : versionEtag(version);
  return { ...answer, headers: { ...answer.headers, ETag: etag, "Cache-Control": KEEP_ETAG } };
}

export function send<E extends Env>(c: Context<E>, { status, headers, body }: StoredAnswer): Response {
  return body === null ? c.body(null, status as 204, headers) : c.body(body, status as 200, headers);
}

/** Sends the current content. A client that has it gets 304 without content (RFC 9110, section 13.1.2). */
export function sendCurrent<E extends Env>(c: Context<E>, answer: StoredAnswer): Response {
  const etag = answer.headers.ETag ?? contentEtag(answer.body ?? "");
  const headers = { ...answer.headers, ETag: etag };
  return send(c, hasCurrent(c, etag) ? { status: 304, headers, body: null } : { ...answer, headers });
}
