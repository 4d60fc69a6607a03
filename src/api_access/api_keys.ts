import { and, count, desc, eq, gt, isNull, or } from "drizzle-orm";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { apiKeys, apiKeySecrets } from "../../db/control/schema/api_keys.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { users } from "../../db/control/schema/users.ts";
import type { UserId } from "../access/actor.ts";
import { authorize, authorizeReading } from "../access/authorize.ts";
import { requireConfirmedEmail } from "../access/confirmed_email.ts";
import type { MemberContext, TenantContext } from "../context.ts";
import { conflict, forbidden, notFound } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { requireRecentSignIn } from "../identity/recent_sign_in.ts";
import { SIGN_INS } from "../identity/sign_in_caches.ts";
import { sha256 } from "../platform/crypto.ts";
import { isId, newId } from "../platform/ids.ts";
import { list, type ListQuery, type Page, type PlacedPage, readingFrom } from "../platform/list.ts";
import { momentKey, nameKey } from "../platform/list_keys.ts";
import { problem } from "../platform/problem.ts";
import { API_KEY_CREATED, API_KEY_REVOKED } from "./events.ts";
import { announceKeyChange } from "./key_changes.ts";
import { type CheckedKey, checkKey, type NewApiKey } from "./key_input.ts";
import { newKeySecret, prefixOfSecret } from "./key_secret.ts";
import { API_KEYS_MANAGE } from "./permissions.ts";

export const KEY_NOT_FOUND = problem("api_key_not_found", "This API key was not found.");
const TOO_MANY_KEYS = problem(
  "too_many_api_keys",
  "A workspace can have {maximum} API keys. Revoke one that is no longer used.",
);
const CREATOR_GONE = problem("api_key_creator_gone", "You are no longer a member of this workspace.");

const MAX_KEYS = 200;

/** An API key as people see it. Its secret is shown once and not stored. */
export type ApiKey = {
  id: string;
  name: string;
  /** The start of the current secret. */
  prefix: string;
  permissions: string[];
  /** Empty: any address. */
  allowedIps: string[];
  requestsPerMinute: number | null;
  createdAt: Date;
  createdBy: { id: UserId; name: string };
  expiresAt: Date | null;
  lastUsedAt: Date | null;
};

/** A key with a secret that nobody can see again. */
export type KeyWithSecret = ApiKey & { apiKey: string };

const FIELDS = {
  id: apiKeys.id,
  name: apiKeys.name,
  prefix: apiKeys.prefix,
  permissions: apiKeys.permissions,
  allowedIps: apiKeys.allowedIps,
  requestsPerMinute: apiKeys.requestsPerMinute,
  createdAt: apiKeys.createdAt,
  createdBy: { id: users.id, name: users.name },
  expiresAt: apiKeys.expiresAt,
  lastUsedAt: apiKeys.lastUsedAt,
};

export const API_KEY_LIST = list("api_keys", {
  select: (db) => db.select(FIELDS).from(apiKeys).innerJoin(users, eq(users.id, apiKeys.createdBy)),
  id: apiKeys.id,
  sorts: { name: nameKey(apiKeys.name), createdAt: momentKey(apiKeys.createdAt) },
  defaultSort: "-createdAt",
  filters: {},
  scope: { tenantId: (id) => eq(apiKeys.tenantId, id) },
  count: (db, counts) => db.select(counts).from(apiKeys),
});

/** One page of the tenant's keys. Throws `invalid` for a cursor from another list or order. */
export async function listApiKeys(
  ctx: TenantContext,
  query: ListQuery<typeof API_KEY_LIST>,
): Promise<Page<ApiKey>> {
  authorize(ctx, API_KEYS_MANAGE);
  return await API_KEY_LIST.page(ctx.services.db.control, query, { tenantId: ctx.tenant.id });
}

/** Like `listApiKeys`, with the page's place in the list. */
export async function browseApiKeys(
  ctx: TenantContext,
  query: ListQuery<typeof API_KEY_LIST>,
): Promise<PlacedPage<ApiKey>> {
  authorize(ctx, API_KEYS_MANAGE);
  const scope = { tenantId: ctx.tenant.id };
  return await API_KEY_LIST.placedPage(readingFrom(ctx.services.db.control), query, scope);
}

/** The newest of the tenant's keys that work. Null if there is none. */
export async function findNewestKey(ctx: TenantContext): Promise<ApiKey | null> {
  authorizeReading(ctx, API_KEYS_MANAGE);
  const { db: { control }, clock } = ctx.services;
  const [key] = await control.select(FIELDS).from(apiKeys)
    .innerJoin(users, eq(users.id, apiKeys.createdBy))
    .innerJoin(
      memberships,
      and(eq(memberships.tenantId, apiKeys.tenantId), eq(memberships.userId, apiKeys.createdBy)),
    )
    .where(and(
      eq(apiKeys.tenantId, ctx.tenant.id),
      or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, clock.now())),
    ))
    .orderBy(desc(apiKeys.createdAt), desc(apiKeys.id)).limit(1);
  return key ?? null;
}

/** Throws `not_found`. */
export async function getApiKey(ctx: TenantContext, id: string): Promise<ApiKey> {
  authorize(ctx, API_KEYS_MANAGE);
  const key = isId(id) ? await findKey(ctx, ctx.services.db.control, id) : null;
  if (!key) throw notFound(KEY_NOT_FOUND);
  return key;
}

/**
 * Creates a key that acts in the actor's name. Returns null if a key with `id` exists: the request is a repeat, and the secret can't
 * be shown again. Throws `reauthentication_required`, `forbidden` for an API key, for an unconfirmed address and for permissions
 * that the actor lacks, `conflict` if there are too many keys, or `invalid`.
 */
export async function createApiKey(
  ctx: MemberContext,
  input: NewApiKey,
  id = newId(),
): Promise<KeyWithSecret | null> {
  authorize(ctx, API_KEYS_MANAGE);
  await requireRecentSignIn(ctx);
  await requireConfirmedEmail(ctx);
  const values = checkKey(ctx, input);
  const { actor, tenant, services } = ctx;
  const [secret, createdAt] = [newKeySecret(), services.clock.now()];
  return await ctx.system.tx(async (tx) => {
    await lockKeys(ctx, tx);
    await requireMembership(ctx, tx);
    if (await findKey(ctx, tx, id)) return null;
    await requireRoom(ctx, tx);
    const prefix = prefixOfSecret(secret);
    await tx.insert(apiKeys).values({
      ...values,
      id,
      prefix,
      tenantId: tenant.id,
      createdBy: actor.id,
      createdAt,
    });
    await tx.insert(apiKeySecrets).values({ hash: sha256(secret), keyId: id, createdAt });
    await publish(ctx.system, tx, API_KEY_CREATED, {
      after: { id, name: values.name },
      details: detailsOf(values),
      schema: tenant.schemaName,
    });
    return { ...(await findKey(ctx, tx, id))!, apiKey: secret };
  });
}

/**
 * Deletes a key, with all of its secrets. Programs that use it are refused immediately, and in other processes within five seconds.
 * Returns it. Throws `not_found`.
 */
export async function revokeApiKey(ctx: TenantContext, id: string): Promise<Pick<ApiKey, "id" | "name">> {
  authorize(ctx, API_KEYS_MANAGE);
  if (!isId(id)) throw notFound(KEY_NOT_FOUND);
  const revoked = await ctx.system.tx(async (tx) => {
    await lockKeys(ctx, tx);
    const isOwn = and(eq(apiKeys.id, id), eq(apiKeys.tenantId, ctx.tenant.id));
    const [key] = await tx.delete(apiKeys).where(isOwn).returning({ id: apiKeys.id, name: apiKeys.name });
    if (!key) throw notFound(KEY_NOT_FOUND);
    await publish(ctx.system, tx, API_KEY_REVOKED, { before: key, schema: ctx.tenant.schemaName });
    await announceKeyChange(tx, id);
    return key;
  });
  ctx.services.use(SIGN_INS).forgetKey(id);
  return revoked;
}

/** Whether the tenant has a key. Anyone in the tenant may know. */
export async function hasApiKeys({ tenant, services }: TenantContext): Promise<boolean> {
  const keys = await services.db.control.select({ id: apiKeys.id }).from(apiKeys)
    .where(eq(apiKeys.tenantId, tenant.id)).limit(1);
  return keys.length > 0;
}

/** A key of the tenant. */
export async function findKey(
  { tenant }: TenantContext,
  db: ControlDb | ControlTx,
  id: string,
): Promise<ApiKey | null> {
  const [key] = await db.select(FIELDS).from(apiKeys).innerJoin(users, eq(users.id, apiKeys.createdBy))
    .where(and(eq(apiKeys.id, id), eq(apiKeys.tenantId, tenant.id)));
  return key ?? null;
}

/**
 * Makes changes of the tenant's keys take turns until the transaction ends. Removing a member locks the same row first, so the two
 * never wait for each other.
 */
export async function lockKeys({ tenant }: TenantContext, tx: ControlTx): Promise<void> {
  await tx.select({ id: tenants.id }).from(tenants).where(eq(tenants.id, tenant.id)).for("no key update");
}

/** The membership stays until the transaction ends. Throws `forbidden` if it is gone. */
async function requireMembership({ tenant, actor }: MemberContext, tx: ControlTx): Promise<void> {
  const isOwn = and(eq(memberships.tenantId, tenant.id), eq(memberships.userId, actor.id));
  const [own] = await tx.select({ id: memberships.id }).from(memberships).where(isOwn).for("key share");
  if (!own) throw forbidden(CREATOR_GONE);
}

/** What the audit log keeps about a new key. */
function detailsOf({ permissions, allowedIps, requestsPerMinute, expiresAt }: CheckedKey) {
  return {
    permissions,
    ...(allowedIps.length > 0 ? { allowed_ips: allowedIps } : {}),
    ...(requestsPerMinute === null ? {} : { requests_per_minute: requestsPerMinute }),
    expires_at: expiresAt?.toISOString() ?? null,
  };
}

async function requireRoom({ tenant }: TenantContext, tx: ControlTx): Promise<void> {
  const [row] = await tx.select({ keys: count() }).from(apiKeys).where(eq(apiKeys.tenantId, tenant.id));
  if (row!.keys >= MAX_KEYS) throw conflict(TOO_MANY_KEYS.with({ maximum: MAX_KEYS }));
}
