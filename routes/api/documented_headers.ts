import { z } from "@hono/zod-openapi";
import type { Documented } from "../operation_document.ts";
import type { Verb } from "../resource.ts";

type Header = { description: string; schema: { type: "string" | "integer"; format?: string } };
type Headers = Record<string, Header>;

const REQUEST_ID = text("Identifies the request in the log. Problems contain it, too.", "uuid");
const RETRY_AFTER = seconds("Seconds until a retry makes sense");
const ETAG = text("The version of the resource, for `If-None-Match` and, where it is accepted, `If-Match`");
const LOCATION = text("The URL of the new resource", "uri-reference");
const NEXT_PAGE = text('The URL of the next page, with `rel="next"` (RFC 8288)');
const REPLAYED = text("`true` if this is the stored answer to an earlier request with the same key");
const CHALLENGE = text("The scheme of the credentials (RFC 9110, section 11.6.1)");
const ACCEPTED_TYPE = text("The format of bodies that the API reads");
const DEPRECATION = text("Since when the operation is deprecated (RFC 9745)");
const SUNSET = text("From when on the operation may be gone (RFC 8594)");

const TENANT = z.string().optional().openapi({
  description: "The subdomain of the tenant, for account tokens on the apex host",
  example: "acme",
});
const IF_MATCH = z.string().optional().openapi({
  description: "The ETag of the version to change. If the resource has changed since, nothing happens.",
  example: '"1"',
});
const IF_NONE_MATCH = z.string().optional().openapi({
  description: "The ETag of the version that the client has",
  example: '"1"',
});
const IDEMPOTENCY_KEY = z.string().max(512).optional().openapi({
  description:
    "A value that no other request has, such as a random UUID. A repeat with the same key and body gets the stored answer " +
    "for 24 hours.",
  example: "8e03978e-40d5-43e8-bc93-6894a57f9324",
});

/** The headers that an operation reads. */
export function requestHeaders(
  verb: Verb,
  { takesKey, checksMatch, sendsEtag }: Documented,
  isOpen: boolean,
): z.ZodObject | undefined {
  const headers = {
    ...(isOpen ? {} : { "X-Tenant": TENANT }),
    ...(takesKey && { "Idempotency-Key": IDEMPOTENCY_KEY }),
    ...(checksMatch && { "If-Match": IF_MATCH }),
    ...(verb === "get" && sendsEtag && { "If-None-Match": IF_NONE_MATCH }),
  };
  return Object.keys(headers).length > 0 ? z.object(headers) : undefined;
}

/** The headers of every response. */
export function headersOfAll(): Headers {
  return { "X-Request-Id": REQUEST_ID };
}

export function headersOfSuccess(
  status: number,
  { takesKey, sendsEtag, isList, answer: { schema }, deprecated }: Documented,
): Headers {
  return {
    ...headersOfAll(),
    ...(sendsEtag && schema && { ETag: ETAG }),
    ...(status === 201 && { Location: LOCATION }),
    ...((isList || deprecated) && { Link: NEXT_PAGE }),
    ...(takesKey && { "Idempotent-Replayed": REPLAYED }),
    ...(deprecated && { Deprecation: DEPRECATION, ...(deprecated.sunset && { Sunset: SUNSET }) }),
  };
}

export function headersOfProblem(status: number, { takesKey }: Documented): Headers {
  return {
    ...headersOfAll(),
    ...([429, 503].includes(status) || (status === 409 && takesKey) ? { "Retry-After": RETRY_AFTER } : {}),
    ...(status === 401 && { "WWW-Authenticate": CHALLENGE }),
    ...(status === 415 && { "Accept-Post": ACCEPTED_TYPE, "Accept-Patch": ACCEPTED_TYPE }),
  };
}

function text(description: string, format?: string): Header {
  return { description, schema: { type: "string", ...(format && { format }) } };
}

function seconds(description: string): Header {
  return { description, schema: { type: "integer" } };
}
