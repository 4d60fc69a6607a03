import { count, eq } from "drizzle-orm";
import { z } from "zod";
import { webhookEndpoints } from "../../db/control/schema/webhooks.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { describeActor } from "../access/actor.ts";
import { authorize, authorizeReading } from "../access/authorize.ts";
import { requireConfirmedEmail } from "../access/confirmed_email.ts";
import { requireFeature } from "../billing/plan_features.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { conflict, type FieldProblems, invalid, notFound } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { QUEUES, slotsPerPartition } from "../outbox/queues.ts";
import { after, HOUR, SECOND } from "../platform/clock.ts";
import { withDeadline } from "../platform/deadline.ts";
import { isId, newId } from "../platform/ids.ts";
import { list, type ListQuery, type Page } from "../platform/list.ts";
import { momentKey } from "../platform/list_keys.ts";
import { problem } from "../platform/problem.ts";
import { multiLine } from "../platform/text.ts";
import { TENANTS_MANAGE } from "../tenancy/permissions.ts";
import type { TenantId } from "../tenancy/tenant.ts";
import { skipPending } from "./delivery_rows.ts";
import { NO_FAILURES } from "./endpoint_health.ts";
import {
  type Endpoint,
  ENDPOINT_NOT_FOUND,
  type EndpointRow,
  lockEndpoint,
  named,
  ownEndpoint,
  readEndpoint,
  sealHeaders,
  sealSecret,
  signingSecrets,
  toEndpoint,
} from "./endpoint_rows.ts";
import { filterProblem, normalizeFilter } from "./event_filter.ts";
import {
  WEBHOOK_CREATED,
  WEBHOOK_DELETED,
  WEBHOOK_DISABLED,
  WEBHOOK_ENABLED,
  WEBHOOK_SECRET_ROTATED,
  WEBHOOK_UPDATED,
} from "./events.ts";
import { WEBHOOKS, WEBHOOKS_MANAGE } from "./permissions.ts";
import { headerProblem, requestHeaders } from "./request_headers.ts";
import { newSecret } from "./signature.ts";
import { type BadTarget, MAX_URL_LENGTH, RESOLVER, resolveTarget } from "./target.ts";

const TOO_MANY_ENDPOINTS = problem("webhook_endpoints_too_many", "A workspace can have {maximum} webhooks.");
const RATE_INVALID = problem("webhook_rate_invalid", "Use a whole number from 1 to 100.");
const BAD_URLS: Record<BadTarget, ReturnType<typeof problem>> = {
  url_invalid: problem("webhook_url_invalid", "Enter a full address, such as https://example.com/webhooks."),
  https_required: problem("webhook_url_not_https", "Use an address that starts with https://."),
  credentials_in_url: problem(
    "webhook_url_credentials",
    "Remove the user name and password. Add a header instead.",
  ),
  address_not_public: problem(
    "webhook_url_not_public",
    "This address isn't on the public internet, so we can't send events to it.",
  ),
};

/** Together, a workspace's endpoints get at most half of the queue's slots, so that none holds up the others. */
export const MAX_ENDPOINTS = Math.floor(QUEUES.webhooks.concurrency / 2 / slotsPerPartition(QUEUES.webhooks));
/** How long the former secret still signs after a rotation. */
export const ROTATION_OVERLAP_HOURS = 24;
const MAX_DESCRIPTION_LENGTH = 200;
const MAX_FILTERS = 100;
const MAX_FILTER_LENGTH = 100;
const MAX_RATE = 100;
const LONGEST_RESOLUTION = 5 * SECOND;

const rateLimit = z.int(RATE_INVALID.code).min(1, RATE_INVALID.code).max(MAX_RATE, RATE_INVALID.code)
  .nullable();

export const newEndpoint = z.object({
  url: z.string().trim().max(MAX_URL_LENGTH, BAD_URLS.url_invalid.code),
  events: z.array(z.string().max(MAX_FILTER_LENGTH)).max(MAX_FILTERS),
  description: multiLine(MAX_DESCRIPTION_LENGTH).default(""),
  headers: requestHeaders.default({}),
  rateLimit: rateLimit.default(null),
});
export type NewEndpoint = z.output<typeof newEndpoint>;

export const endpointChanges = z.object({
  url: newEndpoint.shape.url,
  events: newEndpoint.shape.events,
  description: multiLine(MAX_DESCRIPTION_LENGTH),
  headers: requestHeaders,
  rateLimit,
  status: z.enum(["active", "disabled"]),
}).partial();
export type EndpointChanges = z.output<typeof endpointChanges>;

export const ENDPOINT_LIST = list("webhook endpoints", {
  select: (db) => db.select().from(webhookEndpoints),
  id: webhookEndpoints.id,
  sorts: { createdAt: momentKey(webhookEndpoints.createdAt) },
  defaultSort: "createdAt",
  filters: {},
  scope: { tenant: (id) => eq(webhookEndpoints.tenantId, id) },
});

/** An endpoint and its secret, which nobody can see again. */
export type WithSecret = Endpoint & { secret: string };

/** One page of the tenant's endpoints, the oldest first. Throws `invalid` for a cursor of another list. */
export async function listEndpoints(
  ctx: TenantContext,
  query: ListQuery<typeof ENDPOINT_LIST>,
): Promise<Page<Endpoint>> {
  authorizeReading(ctx, WEBHOOKS_MANAGE);
  const page = await ENDPOINT_LIST.page(ctx.system.control, query, { tenant: ctx.tenant.id });
  return { ...page, items: page.items.map((row) => toEndpoint(ctx.services, row)) };
}

/** Throws `not_found`. */
export async function getEndpoint(ctx: TenantContext, id: string): Promise<Endpoint> {
  authorizeReading(ctx, WEBHOOKS_MANAGE);
  return toEndpoint(ctx.services, await readEndpoint(ctx.system.control, ctx.tenant.id, id));
}

/** The tenant of an endpoint, for the CLI. Throws `not_found`. */
export async function getTenantOfEndpoint(ctx: SystemContext, id: string): Promise<TenantId> {
  authorize(ctx, TENANTS_MANAGE);
  const [row] = isId(id)
    ? await ctx.control.select({ tenantId: webhookEndpoints.tenantId }).from(webhookEndpoints)
      .where(eq(webhookEndpoints.id, id))
    : [];
  if (!row) throw notFound(ENDPOINT_NOT_FOUND);
  return row.tenantId;
}

/**
 * Creates an endpoint, and returns it with its secret. If one with `id` exists, the request is a repeat: it creates nothing, and
 * gets the same secret. Throws `feature_not_in_plan`, `forbidden` while the address is unconfirmed, `invalid`, or `conflict` if there are too many.
 */
export async function createEndpoint(
  ctx: TenantContext,
  input: NewEndpoint,
  id = newId(),
): Promise<WithSecret> {
  authorize(ctx, WEBHOOKS_MANAGE);
  requireFeature(ctx, WEBHOOKS);
  await requireConfirmedEmail(ctx);
  await checkEndpoint(ctx, input);
  const { services, tenant, system } = ctx;
  const now = services.clock.now();
  return await system.tx(async (tx) => {
    await tx.select({ id: tenants.id }).from(tenants).where(eq(tenants.id, tenant.id)).for("no key update");
    const [counted] = await tx.select({ count: count() }).from(webhookEndpoints)
      .where(eq(webhookEndpoints.tenantId, tenant.id));
    if (counted!.count >= MAX_ENDPOINTS) throw conflict(TOO_MANY_ENDPOINTS.with({ maximum: MAX_ENDPOINTS }));
    const [created] = await tx.insert(webhookEndpoints).values({
      id,
      tenantId: tenant.id,
      url: input.url,
      description: input.description,
      events: normalizeFilter(input.events),
      sealedHeaders: sealHeaders(services, input.headers),
      rateLimit: input.rateLimit,
      sealedSecret: sealSecret(services, newSecret()),
      status: "active",
      createdBy: describeActor(ctx.actor).id,
      createdAt: now,
      updatedAt: now,
    }).onConflictDoNothing({ target: webhookEndpoints.id }).returning();
    if (!created) return withSecret(ctx, await lockEndpoint(tx, tenant.id, id));
    const details = { events: created.events.join(", ") };
    const change = { after: named(services, created), details, schema: tenant.schemaName };
    await publish(system, tx, WEBHOOK_CREATED, change);
    return withSecret(ctx, created);
  });
}

/**
 * Changes an endpoint, or turns it off and on. Turning it on forgets its failures; what was skipped meanwhile stays skipped until
 * someone sends it again. Throws `not_found`, `feature_not_in_plan`, or `invalid`.
 */
export async function updateEndpoint(
  ctx: TenantContext,
  id: string,
  changes: EndpointChanges,
): Promise<Endpoint> {
  authorize(ctx, WEBHOOKS_MANAGE);
  requireFeature(ctx, WEBHOOKS);
  await checkEndpoint(ctx, changes);
  const { services, tenant: { id: tenantId, schemaName: schema }, system } = ctx;
  const row = await system.tx(async (tx) => {
    const before = await lockEndpoint(tx, tenantId, id);
    const { headers, events, status, ...others } = changes;
    const set = {
      ...others,
      ...(events ? { events: normalizeFilter(events) } : {}),
      // Slots that were booked at the former rate no longer count.
      ...(others.rateLimit === undefined ? {} : { nextSlotAt: null }),
      // What failed at the former address says nothing about this one.
      ...(others.url === undefined || others.url === before.url ? {} : NO_FAILURES),
      ...(headers ? { sealedHeaders: sealHeaders(services, headers) } : {}),
      ...(status && status !== before.status ? statusColumns(status, services.clock.now()) : {}),
      updatedAt: services.clock.now(),
    };
    const [after] = await tx.update(webhookEndpoints).set(set).where(eq(webhookEndpoints.id, id)).returning();
    const change = { before: named(services, before), after: named(services, after!), schema };
    await publish(system, tx, WEBHOOK_UPDATED, change);
    if (after!.status === before.status) return after!;
    if (status === "disabled") await skipPending(tx, id, services.clock.now());
    const event = status === "active" ? WEBHOOK_ENABLED : WEBHOOK_DISABLED;
    await publish(system, tx, event, { after: named(services, after!), details: {}, schema });
    return after!;
  });
  return toEndpoint(services, row);
}

/** Deletes an endpoint with all its deliveries. Returns it. Throws `not_found`. */
export async function deleteEndpoint(ctx: TenantContext, id: string): Promise<Endpoint> {
  authorize(ctx, WEBHOOKS_MANAGE);
  const { services, tenant: { id: tenantId, schemaName: schema }, system } = ctx;
  return await system.tx(async (tx) => {
    const row = await lockEndpoint(tx, tenantId, id);
    await tx.delete(webhookEndpoints).where(ownEndpoint(tenantId, id));
    const before = named(services, row);
    await publish(system, tx, WEBHOOK_DELETED, { before, schema });
    return toEndpoint(services, row);
  });
}

/**
 * Gives an endpoint a new secret. The former one signs as well for 24 hours; any earlier one stops immediately. If the last rotation had
 * `rotationId`, the request is a repeat, and gets the same secret. Throws `not_found` or `feature_not_in_plan`.
 */
export async function rotateSecret(
  ctx: TenantContext,
  id: string,
  rotationId = newId(),
): Promise<WithSecret> {
  authorize(ctx, WEBHOOKS_MANAGE);
  requireFeature(ctx, WEBHOOKS);
  const { services, tenant: { id: tenantId, schemaName: schema }, system } = ctx;
  const now = services.clock.now();
  return await system.tx(async (tx) => {
    const before = await lockEndpoint(tx, tenantId, id);
    if (before.rotationId === rotationId) return withSecret(ctx, before);
    const [rotated] = await tx.update(webhookEndpoints).set({
      sealedSecret: sealSecret(services, newSecret()),
      sealedPreviousSecret: before.sealedSecret,
      previousSecretUntil: after(now, ROTATION_OVERLAP_HOURS * HOUR),
      rotationId,
      updatedAt: now,
    }).where(eq(webhookEndpoints.id, id)).returning();
    await publish(system, tx, WEBHOOK_SECRET_ROTATED, {
      after: named(services, rotated!),
      details: {},
      schema,
    });
    return withSecret(ctx, rotated!);
  });
}

function withSecret({ services }: TenantContext, row: EndpointRow): WithSecret {
  const [secret] = signingSecrets(services, row, services.clock.now());
  return { ...toEndpoint(services, row), secret: secret! };
}

function statusColumns(status: EndpointRow["status"], now: Date) {
  if (status === "disabled") return { status, disabledReason: "manual" as const, disabledAt: now };
  return {
    status,
    disabledReason: null,
    disabledAt: null,
    ...NO_FAILURES,
    nextSlotAt: null,
  };
}

/** Throws `invalid` with everything that is wrong, except that a name that doesn't resolve yet is accepted. */
async function checkEndpoint(ctx: TenantContext, input: EndpointChanges): Promise<void> {
  const { url, events, headers, rateLimit } = input;
  const problems: FieldProblems = {};
  const badUrl = url === undefined ? null : await findBadUrl(ctx, url);
  const badEvents = events && filterProblem(ctx.services, events);
  const badHeaders = headers && headerProblem(headers);
  if (badUrl) problems.url = BAD_URLS[badUrl];
  if (badEvents) problems.events = badEvents;
  if (badHeaders) problems.headers = badHeaders;
  if (!newEndpoint.shape.rateLimit.safeParse(rateLimit).success) problems.rateLimit = RATE_INVALID;
  if (Object.keys(problems).length > 0) throw invalid(problems);
}

async function findBadUrl({ services }: TenantContext, url: string): Promise<BadTarget | null> {
  const rules = { allowLoopback: services.config.webhooksAllowPrivate, ...services.use(RESOLVER) };
  const resolution = await withDeadline(LONGEST_RESOLUTION, () => resolveTarget(url, rules))
    .catch(() => ({ refused: "name_not_found" as const }));
  return "refused" in resolution && resolution.refused !== "name_not_found" ? resolution.refused : null;
}
