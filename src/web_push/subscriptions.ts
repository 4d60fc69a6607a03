import { Buffer } from "node:buffer";
import { and, desc, eq, inArray, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { pushSubscriptions } from "../../db/control/schema/web_push.ts";
import type { UserId } from "../access/actor.ts";
import { authorizeSelf } from "../access/authorize.ts";
import type { SystemContext } from "../context.ts";
import { conflict, invalid, notFound } from "../errors.ts";
import { lockUser } from "../identity/users.ts";
import { HOUR, SECOND } from "../platform/clock.ts";
import { withDeadline } from "../platform/deadline.ts";
import { isId, newId } from "../platform/ids.ts";
import { isPublicKey } from "../platform/key_pair.ts";
import { problem } from "../platform/problem.ts";
import { enforce } from "../rate_limits/limiter.ts";
import { rateLimit } from "../rate_limits/rate_limit.ts";
import type { TenantId } from "../tenancy/tenant.ts";
import { RESOLVER, resolveTarget } from "../webhooks/target.ts";
import { publicKeyOf } from "./vapid.ts";

const ENDPOINT_INVALID = problem(
  "push_endpoint_invalid",
  "Use the https address of the browser's push service.",
);
const KEY_INVALID = problem("push_key_invalid", "Use the key of the browser's subscription.");
const SUBSCRIPTION_TAKEN = problem(
  "push_subscription_taken",
  "This browser's notifications belong to someone else. Turn them off and on again.",
);
const SUBSCRIPTION_NOT_FOUND = problem("push_subscription_not_found", "This subscription was not found.");

/** A new subscription replaces the person's oldest one beyond these. */
export const MAX_SUBSCRIPTIONS = 20;
const MAX_ENDPOINT_LENGTH = 1_000;
const MAX_KEY_LENGTH = 100;
const PUBLIC_KEY_BYTES = 65;
const AUTH_BYTES = 16;
const LONGEST_RESOLUTION = 5 * SECOND;

/** Subscriptions that one person adds. Each resolves a name that they chose. */
export const PUSH_SUBSCRIPTIONS_PERSON = rateLimit("push_subscriptions_person", {
  limit: 60,
  window: HOUR,
  whenDown: "open",
});

const endpoint = z.string().max(MAX_ENDPOINT_LENGTH, ENDPOINT_INVALID.code);

/** What `PushSubscription.toJSON()` returns in a browser. */
export const newSubscription = z.object({
  endpoint,
  keys: z.object({ p256dh: base64Key(PUBLIC_KEY_BYTES), auth: base64Key(AUTH_BYTES) }),
});
export type NewSubscription = z.output<typeof newSubscription>;

export const subscriptionAddress = z.object({ endpoint });

/** Who subscribes, in which sign-in, and the only workspace that may send. */
export type Subscriber = { userId: UserId; signInId: string; tenantId: TenantId | null };

/** A browser that gets a person's notifications. */
export type Subscription = Pick<typeof pushSubscriptions.$inferSelect, "id" | "endpoint" | "createdAt">;

/** A subscription after someone asked for it. `isNew` is false if nothing changed. */
export type AddedSubscription = Subscription & { isNew: boolean };

/**
 * Sends the person's notifications to a browser from now on. A browser belongs to who subscribed last: with the same keys, it moves
 * to them. Throws `invalid`, `rate_limited`, or `conflict` if someone else's browser has this
 * endpoint and other keys.
 */
export async function addSubscription(
  ctx: SystemContext,
  subscriber: Subscriber,
  input: NewSubscription,
): Promise<AddedSubscription> {
  const { userId } = subscriber;
  authorizeSelf(ctx, userId);
  await enforce(ctx, PUSH_SUBSCRIPTIONS_PERSON, userId);
  if (!isPublicKey(input.keys.p256dh)) throw invalid({ "keys.p256dh": KEY_INVALID });
  await requirePublicEndpoint(ctx, input.endpoint);
  const vapidKey = await publicKeyOf(ctx);
  return await ctx.tx(async (tx) => {
    await lockUser(tx, userId);
    const [known] = await tx.select().from(pushSubscriptions)
      .where(eq(pushSubscriptions.endpoint, input.endpoint)).for("update");
    const wanted = { ...subscriber, endpoint: input.endpoint, ...input.keys, vapidKey };
    if (known && isSame(known, wanted)) return { ...known, isNew: false };
    if (known && known.userId !== userId && !hasKeys(known, input)) throw conflict(SUBSCRIPTION_TAKEN);
    if (known) await tx.delete(pushSubscriptions).where(eq(pushSubscriptions.id, known.id));
    const [added] = await tx.insert(pushSubscriptions)
      .values({ id: newId(), ...wanted, createdAt: ctx.services.clock.now() })
      .onConflictDoNothing({ target: pushSubscriptions.endpoint }).returning();
    if (!added) throw conflict(SUBSCRIPTION_TAKEN);
    await deleteOldest(tx, userId);
    return { ...added, isNew: true };
  });
}

/** Whether the browser with this endpoint gets the person's notifications, turned on in this sign-in. */
export async function hasSubscription(
  ctx: SystemContext,
  { userId, signInId, endpoint }: Omit<Subscriber, "tenantId"> & { endpoint: string },
): Promise<boolean> {
  authorizeSelf(ctx, userId);
  const isMeant = and(
    eq(pushSubscriptions.endpoint, endpoint),
    eq(pushSubscriptions.userId, userId),
    eq(pushSubscriptions.signInId, signInId),
  );
  return await ctx.control.$count(pushSubscriptions, isMeant) > 0;
}

/** Ends notifications in one browser of the person, by its id or its endpoint. Throws `not_found`. */
export async function removeSubscription(
  ctx: SystemContext,
  userId: UserId,
  which: { id: string } | { endpoint: string },
): Promise<void> {
  authorizeSelf(ctx, userId);
  if ("id" in which && !isId(which.id)) throw notFound(SUBSCRIPTION_NOT_FOUND);
  const isMeant: SQL = "id" in which
    ? eq(pushSubscriptions.id, which.id)
    : eq(pushSubscriptions.endpoint, which.endpoint);
  const removed = await ctx.control.delete(pushSubscriptions)
    .where(and(eq(pushSubscriptions.userId, userId), isMeant)).returning({ id: pushSubscriptions.id });
  if (removed.length === 0) throw notFound(SUBSCRIPTION_NOT_FOUND);
}

/** Base64url of so many bytes, without padding. Also accepts padding, and the letters of base64. */
function base64Key(byteCount: number) {
  return z.string().max(MAX_KEY_LENGTH, KEY_INVALID.code)
    .regex(/^[A-Za-z0-9_+/-]+=*$/, KEY_INVALID.code)
    .overwrite((text) => Buffer.from(text, "base64url").toString("base64url"))
    .refine((text) => Buffer.from(text, "base64url").length === byteCount, KEY_INVALID.code);
}

/** Sending checks the address again, because the name may lead elsewhere by then. */
async function requirePublicEndpoint({ services }: SystemContext, url: string): Promise<void> {
  const rules = { allowLoopback: services.config.webhooksAllowPrivate, ...services.use(RESOLVER) };
  const resolution = await withDeadline(LONGEST_RESOLUTION, () => resolveTarget(url, rules))
    .catch(() => ({ refused: "name_not_found" as const }));
  if ("refused" in resolution && resolution.refused !== "name_not_found") {
    throw invalid({ endpoint: ENDPOINT_INVALID });
  }
}

type Row = typeof pushSubscriptions.$inferSelect;

function isSame(known: Row, wanted: Omit<Row, "id" | "createdAt" | "lastSuccessAt">): boolean {
  return Object.entries(wanted).every(([name, value]) => known[name as keyof Row] === value);
}

function hasKeys(known: Row, { keys }: NewSubscription): boolean {
  return known.p256dh === keys.p256dh && known.auth === keys.auth;
}

async function deleteOldest(tx: ControlTx, userId: UserId): Promise<void> {
  const isOwn = eq(pushSubscriptions.userId, userId);
  const surplus = tx.select({ id: pushSubscriptions.id }).from(pushSubscriptions).where(isOwn)
    .orderBy(desc(pushSubscriptions.createdAt), desc(pushSubscriptions.id)).offset(MAX_SUBSCRIPTIONS);
  await tx.delete(pushSubscriptions).where(and(isOwn, inArray(pushSubscriptions.id, surplus)));
}
