import { type OpenAPIHono, z } from "@hono/zod-openapi";
import { MAX_KEY_LENGTH } from "../../src/api_access/idempotency.ts";
import { MAX_SUBDOMAIN_LENGTH } from "../../src/tenancy/subdomains.ts";
import type { HttpEnv } from "../http.ts";
import type { Documented } from "../operation_document.ts";
import type { Verb } from "../resource.ts";

type Header = { description: string; schema: { type: "string" | "integer"; format?: string } };
type Headers = Record<string, Header | { $ref: string }>;

const HEADERS = {
  "X-Request-Id": text("Identifies the request in the log. Problems contain it, too.", "uuid"),
  "RateLimit": text(
    'What is left of each limit, such as `"plan";r=599;t=60` (draft-ietf-httpapi-ratelimit-headers). Absent if the request concerns ' +
      "no tenant and is over no limit.",
  ),
  "RateLimit-Policy": text(
    'The limits of the tenant and of the key, and one that is reached, such as `"plan";q=600;w=60`',
  ),
  "Retry-After": seconds("Seconds until a retry makes sense"),
  "ETag": text("The version of the resource, for `If-None-Match` and, where it is accepted, `If-Match`"),
  "Location": text("The URL of the new resource, or with 307 the new URL of the request", "uri-reference"),
  "Link": text(
    'Related URLs (RFC 8288): the next page with `rel="next"`, or a guide with `rel="deprecation"`',
  ),
  "Idempotent-Replayed": text("`true` if this is the stored answer to an earlier request with the same key"),
  "WWW-Authenticate": text("The scheme of the credentials (RFC 9110, section 11.6.1)"),
  "Accept-Post": text("The format of bodies that the API reads"),
  "Accept-Patch": text("The format of bodies that the API reads (RFC 5789)"),
} satisfies Record<string, Header>;

const DEPRECATION = text("Since when the operation is deprecated (RFC 9745)");
const SUNSET = text("From when on the operation may be gone (RFC 8594)");

const LIMITS = ["RateLimit", "RateLimit-Policy"] as const;

/** Room for several ETags. */
const MAX_ETAG_LENGTH = 1_000;

type HeaderName = keyof typeof HEADERS;

const TENANT = z.string().max(MAX_SUBDOMAIN_LENGTH).optional().openapi({
  description: "The subdomain of the tenant, for account tokens on the apex host",
  example: "acme",
});
const IF_MATCH = z.string().max(MAX_ETAG_LENGTH).optional().openapi({
  description: "The ETag of the version to change. If the resource has changed since, nothing happens.",
  example: '"1"',
});
const IF_NONE_MATCH = z.string().max(MAX_ETAG_LENGTH).optional().openapi({
  description: "The ETag of the version that the client has",
  example: '"1"',
});
const LAST_EVENT_ID = z.uuid().optional().openapi({
  description: "The `id` of the last event that the client has. The stream continues after it.",
  example: "0198c0de-9e4c-7053-8d6f-718293041526",
});
const IDEMPOTENCY_KEY = z.string().min(1).max(MAX_KEY_LENGTH).optional().openapi({
  description:
    "A value that no other request has, such as a random UUID. A repeat with the same key and body gets the stored answer " +
    "for 24 hours.",
  example: "8e03978e-40d5-43e8-bc93-6894a57f9324",
});

/** Adds the headers of responses to the document. */
export function documentHeaders(api: OpenAPIHono<HttpEnv>): void {
  for (const [name, header] of Object.entries(HEADERS)) {
    api.openAPIRegistry.registerComponent("headers", name, header);
  }
}

/** The headers that an operation reads. */
export function requestHeaders(
  verb: Verb,
  { takesKey, checksMatch, sendsEtag, streams }: Documented,
  isOpen: boolean,
): z.ZodObject | undefined {
  const headers = {
    ...(isOpen ? {} : { "X-Tenant": TENANT }),
    ...(takesKey && { "Idempotency-Key": IDEMPOTENCY_KEY }),
    ...(verb !== "get" && checksMatch && { "If-Match": IF_MATCH }),
    ...(verb === "get" && sendsEtag && { "If-None-Match": IF_NONE_MATCH }),
    ...(streams !== undefined && { "Last-Event-ID": LAST_EVENT_ID }),
  };
  return Object.keys(headers).length > 0 ? z.object(headers) : undefined;
}

/** Operations with credentials are limited if the request concerns a tenant. */
export function headersOfSuccess(
  status: number,
  { takesKey, sendsEtag, isList, answer: { schema }, deprecated }: Documented,
  isOpen: boolean,
): Headers {
  return {
    ...headers(
      ...(isOpen ? [] : LIMITS),
      sendsEtag && schema !== undefined && "ETag",
      status === 201 && "Location",
      (isList || deprecated !== undefined) && "Link",
      takesKey && "Idempotent-Replayed",
    ),
    ...(deprecated && { Deprecation: DEPRECATION }),
    ...(deprecated?.sunset && { Sunset: SUNSET }),
  };
}

export function headersOfProblem(status: number): Headers {
  return headers(
    ...(status === 401 ? [] : LIMITS),
    [409, 429, 503].includes(status) && "Retry-After",
    status === 401 && "WWW-Authenticate",
    status === 415 && "Accept-Post",
    status === 415 && "Accept-Patch",
  );
}

export function headersOfRedirect(): Headers {
  return headers("Location");
}

export function headersOfNotModified(): Headers {
  return headers(...LIMITS, "ETag");
}

/** References to the named headers, and to the one that every response has. */
function headers(...names: (HeaderName | false | undefined)[]): Headers {
  const present = ["X-Request-Id", ...names.filter((name) => typeof name === "string")];
  return Object.fromEntries(present.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

function text(description: string, format?: string): Header {
  return { description, schema: { type: "string", ...(format && { format }) } };
}

function seconds(description: string): Header {
  return { description, schema: { type: "integer" } };
}
