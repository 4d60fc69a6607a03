import { and, asc, desc, eq, getTableColumns, gte, sql } from "drizzle-orm";
import { z } from "zod";
import type { TransactionDb } from "../../db/connection/transaction.ts";
import { apiRequestCounts, apiRequests } from "../../db/stream/schema/api_requests.ts";
import { authorize } from "../access/authorize.ts";
import type { TenantContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { MemoryCache } from "../platform/cache.ts";
import { after, DAY, MINUTE, SECOND } from "../platform/clock.ts";
import { isId, timeOfId } from "../platform/ids.ts";
import { list, type ListQuery, type Page } from "../platform/list.ts";
import { choiceFilter, equalFilter, momentFilter } from "../platform/list_filters.ts";
import { momentKey } from "../platform/list_keys.ts";
import { problem } from "../platform/problem.ts";
import { part } from "../ports.ts";
import { METHODS, UNKNOWN_ENDPOINT } from "./api_call.ts";
import { REQUEST_LOG_READ } from "./permissions.ts";

const REQUEST_NOT_FOUND = problem(
  "request_not_found",
  "This request was not found. The log keeps requests for {days} days.",
);
const METHOD_INVALID = problem("request_method_invalid", "Use a method such as GET.");
const ENDPOINT_INVALID = problem("request_endpoint_invalid", "Use a route such as /projects.");
const ACTOR_INVALID = problem("request_actor_invalid", "Use the ID of a member or an API key.");

/** How long a request stays in the log: see STREAM_TABLES. */
export const REQUEST_LOG_DAYS = 30;
const MAX_CHOICES = 200;
const CHOICES_TTL = 30 * SECOND;
const MAX_ENDPOINT_LENGTH = 200;

/** The classes of status codes (RFC 9110, section 15), and all errors. The index of errors covers those from 400. */
const STATUS_CLASSES = {
  "2xx": sql`${apiRequests.status} < 300`,
  "3xx": sql`(${apiRequests.status} >= 300 and ${apiRequests.status} < 400)`,
  "4xx": sql`(${apiRequests.status} >= 400 and ${apiRequests.status} < 500)`,
  "5xx": sql`${apiRequests.status} >= 500`,
  error: sql`${apiRequests.status} >= 400`,
};

export const REQUEST_LIST = list("request log", {
  select: selectRequests,
  id: apiRequests.id,
  sorts: { at: momentKey(apiRequests.at) },
  defaultSort: "-at",
  filters: {
    status: choiceFilter(STATUS_CLASSES),
    method: equalFilter(
      z.string().refine(isMethod, METHOD_INVALID.code).meta({ enum: METHODS }),
      apiRequests.method,
    ),
    endpoint: equalFilter(
      z.string().max(MAX_ENDPOINT_LENGTH).refine(isEndpoint, ENDPOINT_INVALID.code),
      apiRequests.endpoint,
    ),
    actor: equalFilter(z.uuid(ACTOR_INVALID.code), apiRequests.actorId),
    since: momentFilter(apiRequests.at, "since"),
    until: momentFilter(apiRequests.at, "until"),
  },
});

/** A logged API call. */
export type LoggedRequest = {
  id: string;
  at: Date;
  method: string;
  endpoint: string;
  status: number;
  durationMs: number;
  errorCode: string | null;
  ipAddress: string | null;
  actor: { type: string; id: string; name: string };
};

/** Who called the API, and which endpoints, in the days that the log keeps. */
export type RequestChoices = {
  actors: { type: string; id: string; name: string }[];
  operations: { method: string; endpoint: string }[];
};

/** A page of the tenant's request log. Throws `invalid` for a cursor of another order or filter. */
export async function listRequests(
  ctx: TenantContext,
  query: ListQuery<typeof REQUEST_LIST>,
): Promise<Page<LoggedRequest>> {
  authorize(ctx, REQUEST_LOG_READ);
  const [page] = await ctx.read((tx) => [REQUEST_LIST.page(tx, query)]);
  return { ...page, items: page.items.map(toRequest) };
}

/** The call with this request id. Throws `not_found`. */
export async function getRequest(ctx: TenantContext, id: string): Promise<LoggedRequest> {
  authorize(ctx, REQUEST_LOG_READ);
  const unknown = notFound(REQUEST_NOT_FOUND.with({ days: REQUEST_LOG_DAYS }));
  if (!isId(id) || timeOfId(id) > after(ctx.services.clock.now(), MINUTE)) throw unknown;
  const isRequest = and(eq(apiRequests.at, timeOfId(id)), eq(apiRequests.id, id));
  const [[row]] = await ctx.read((tx) => [selectRequests(tx).where(isRequest)]);
  if (!row) throw unknown;
  return toRequest(row);
}

/** The choices by tenant id. A busy tenant's take longer to read than a page of its log. */
export const REQUEST_CHOICES = part(
  "request choices",
  () => new MemoryCache<RequestChoices>({ capacity: 1_000, ttl: CHOICES_TTL }),
  { forgetTenant: (cache, id) => cache.delete(id) },
);

/** What the log can be filtered by, at most half a minute old. */
export async function getRequestChoices(ctx: TenantContext): Promise<RequestChoices> {
  authorize(ctx, REQUEST_LOG_READ);
  return await ctx.services.use(REQUEST_CHOICES).getOrLoad(ctx.tenant.id, () => readChoices(ctx));
}

async function readChoices(ctx: TenantContext): Promise<RequestChoices> {
  const firstDay = after(ctx.services.clock.now(), -REQUEST_LOG_DAYS * DAY).toISOString().slice(0, 10);
  const { actorId, actorKind, actorName, method, endpoint, day } = apiRequestCounts;
  const [actors, operations] = await ctx.read((tx) => [
    tx.selectDistinctOn([actorId], { type: actorKind, id: actorId, name: actorName }).from(apiRequestCounts)
      .where(gte(day, firstDay)).orderBy(actorId, desc(day)).limit(MAX_CHOICES),
    tx.selectDistinct({ method, endpoint }).from(apiRequestCounts).where(gte(day, firstDay))
      .orderBy(asc(endpoint), asc(method)).limit(MAX_CHOICES),
  ]);
  return { actors: actors.sort((one, other) => one.name.localeCompare(other.name)), operations };
}

function isMethod(text: string): boolean {
  return METHODS.some((method) => method === text);
}

function isEndpoint(text: string): boolean {
  return text.startsWith("/") || text === UNKNOWN_ENDPOINT;
}

type Row = Awaited<ReturnType<typeof selectRequests>>[number];

function selectRequests(db: TransactionDb) {
  const { tenantId: _, ...columns } = getTableColumns(apiRequests);
  return db.select(columns).from(apiRequests);
}

function toRequest({ actorId, actorKind, actorName, durationMicroseconds, ...request }: Row): LoggedRequest {
  return {
    ...request,
    durationMs: durationMicroseconds / 1_000,
    actor: { type: actorKind, id: actorId, name: actorName },
  };
}
