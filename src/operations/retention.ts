import { and, eq, inArray, lt, ne, not, type SQL, sql } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import { z } from "zod";
import { challenges, trustedBrowsers } from "../../db/control/schema/factors.ts";
import {
  emailSignIns,
  knownDevices,
  oneTimeTokens,
  pendingSignUps,
  refreshTokens,
  sessions,
  signInAttempts,
} from "../../db/control/schema/identity.ts";
import { idempotencyKeys } from "../../db/control/schema/idempotency.ts";
import { notifications } from "../../db/control/schema/notifications.ts";
import { oauthRequests, pendingIdentities } from "../../db/control/schema/identities.ts";
import { invitations, ownershipOffers } from "../../db/control/schema/invitations.ts";
import { passkeyChallenges } from "../../db/control/schema/passkeys.ts";
import { countWriters } from "../../db/control/schema/count_writers.ts";
import { jobMinutes, outbox } from "../../db/control/schema/outbox.ts";
import { supportGrants, supportVisits } from "../../db/control/schema/support.ts";
import { subdomains } from "../../db/control/schema/tenants.ts";
import { webhookDeliveries, webhookEvents } from "../../db/control/schema/webhooks.ts";
import { enqueueSync } from "../announcements/sync_users.ts";
import { deleteOldEventIds } from "../analytics/track/retention.ts";
import type { SystemContext } from "../context.ts";
import { DELETE_OLD_IMPORTS } from "../contacts/imports/staging.ts";
import { deleteOldEvents } from "../event_stream/published_events.ts";
import { deleteExpiredExports } from "../exports/exports.ts";
import { enqueueForAllTenants } from "../outbox/for_all_tenants.ts";
import { job } from "../outbox/job.ts";
import { schedule } from "../outbox/schedule.ts";
import { after, DAY, HOUR } from "../platform/clock.ts";
import { logOf } from "../platform/log.ts";
import { deleteEndedSubscriptions } from "../web_push/ended.ts";

const log = logOf("cleanup");

const ROWS_AT_ONCE = 5_000;

/** How long rows are kept after they end, for investigations. */
const ENDED = DAY;

const WEBHOOK_EVENTS_KEPT = 30 * DAY;
const HAS_DELIVERIES = sql`exists (select from ${webhookDeliveries}
  where ${webhookDeliveries.eventId} = ${webhookEvents.id})`;
const HAS_PENDING_DELIVERIES = sql`exists (select from ${webhookDeliveries}
  where ${webhookDeliveries.eventId} = ${webhookEvents.id} and ${webhookDeliveries.status} = 'pending')`;

/** Rows that are deleted once `age` milliseconds have passed since the time in `column`, unless `isNeeded` holds. */
type Expiring = { table: PgTable; key: PgColumn; column: PgColumn; age: number; isNeeded?: SQL };

const EXPIRING: Record<string, Expiring> = {
  sessions: { table: sessions, key: sessions.id, column: sessions.expiresAt, age: ENDED },
  one_time_tokens: {
    table: oneTimeTokens,
    key: oneTimeTokens.id,
    column: oneTimeTokens.expiresAt,
    age: ENDED,
  },
  refresh_tokens: {
    table: refreshTokens,
    key: refreshTokens.id,
    column: refreshTokens.expiresAt,
    age: ENDED,
  },
  challenges: { table: challenges, key: challenges.id, column: challenges.expiresAt, age: ENDED },
  passkey_challenges: {
    table: passkeyChallenges,
    key: passkeyChallenges.id,
    column: passkeyChallenges.expiresAt,
    age: ENDED,
  },
  trusted_browsers: {
    table: trustedBrowsers,
    key: trustedBrowsers.id,
    column: trustedBrowsers.expiresAt,
    age: ENDED,
  },
  oauth_requests: {
    table: oauthRequests,
    key: oauthRequests.id,
    column: oauthRequests.expiresAt,
    age: ENDED,
  },
  pending_identities: {
    table: pendingIdentities,
    key: pendingIdentities.id,
    column: pendingIdentities.expiresAt,
    age: ENDED,
  },
  // The last hour of both limits how many codes an address gets.
  pending_sign_ups: {
    table: pendingSignUps,
    key: pendingSignUps.id,
    column: pendingSignUps.createdAt,
    age: HOUR,
  },
  email_sign_ins: { table: emailSignIns, key: emailSignIns.id, column: emailSignIns.createdAt, age: HOUR },
  // Inviters can send an expired invitation again.
  invitations: { table: invitations, key: invitations.id, column: invitations.expiresAt, age: 30 * DAY },
  ownership_offers: {
    table: ownershipOffers,
    key: ownershipOffers.tenantId,
    column: ownershipOffers.expiresAt,
    age: ENDED,
  },
  // After that long, a browser counts as new again.
  known_devices: {
    table: knownDevices,
    key: knownDevices.id,
    column: knownDevices.lastSeenAt,
    age: 400 * DAY,
  },
  sign_in_attempts: {
    table: signInAttempts,
    key: signInAttempts.id,
    column: signInAttempts.at,
    age: 90 * DAY,
  },
  // The audit logs keep what happened as long as the plan says.
  support_visits: {
    table: supportVisits,
    key: supportVisits.id,
    column: supportVisits.startedAt,
    age: 365 * DAY,
  },
  support_grants: {
    table: supportGrants,
    key: supportGrants.id,
    column: supportGrants.expiresAt,
    age: 365 * DAY,
  },
  subdomains: { table: subdomains, key: subdomains.name, column: subdomains.expiresAt, age: ENDED },
  // Answers may contain secrets, so none is kept longer than it is replayed.
  idempotency_keys: {
    table: idempotencyKeys,
    key: idempotencyKeys.scopeHash,
    column: idempotencyKeys.expiresAt,
    age: 0,
  },
  notifications: {
    table: notifications,
    key: notifications.id,
    column: notifications.createdAt,
    age: 90 * DAY,
  },
  webhook_events: {
    table: webhookEvents,
    key: webhookEvents.id,
    column: webhookEvents.createdAt,
    age: WEBHOOK_EVENTS_KEPT,
    isNeeded: HAS_DELIVERIES,
  },
  // No counter repeats a batch for that long.
  count_writers: { table: countWriters, key: countWriters.id, column: countWriters.writtenAt, age: 30 * DAY },
  job_minutes: { table: jobMinutes, key: jobMinutes.minute, column: jobMinutes.minute, age: 30 * DAY },
};

const JOBS_KEPT = { done: 3 * DAY, failed: 90 * DAY };

/**
 * Deletes what has expired: sessions, tokens, sign-ups, invitations, redirects, old attempts to sign in, old support visits, old
 * events, subscriptions of ended sign-ins, and old jobs. Works in batches, so that requests don't wait. Returns the number of
 * deleted rows by table.
 */
export async function deleteExpired(ctx: SystemContext): Promise<Record<string, number>> {
  const before = (age: number) => after(ctx.services.clock.now(), -age);
  const deleted: Record<string, number> = {};
  deleted.webhook_deliveries = await deleteAll(
    ctx,
    webhookDeliveries,
    webhookDeliveries.id,
    endedDeliveries(ctx, before(WEBHOOK_EVENTS_KEPT)),
  );
  for (const [name, { table, key, column, age, isNeeded }] of Object.entries(EXPIRING)) {
    const isExpired = and(lt(column, before(age)), isNeeded && not(isNeeded))!;
    deleted[name] = await deleteAll(ctx, table, key, isExpired);
  }
  deleted.jobs = 0;
  for (const state of ["done", "failed"] as const) {
    const isOld = and(eq(outbox.state, state), lt(outbox.endedAt, before(JOBS_KEPT[state])))!;
    deleted.jobs += await deleteAll(ctx, outbox, outbox.id, isOld);
  }
  deleted.workspace_exports = await deleteExpiredExports(ctx);
  deleted.published_events = await deleteOldEvents(ctx);
  deleted.push_subscriptions = await deleteEndedSubscriptions(ctx.control, before(0));
  deleted.analytics_event_ids = await deleteOldEventIds(ctx);
  return deleted;
}

/**
 * The deliveries of old events for which no endpoint waits. They are deleted before the events, and not with them, so that one
 * that someone sends again at the same time stays. Attempts go with their month: db/stream/partitions.ts.
 */
function endedDeliveries({ control }: SystemContext, before: Date): SQL {
  const events = control.select({ id: webhookEvents.id }).from(webhookEvents)
    .where(and(lt(webhookEvents.createdAt, before), not(HAS_PENDING_DELIVERIES)));
  return and(inArray(webhookDeliveries.eventId, events), ne(webhookDeliveries.status, "pending"))!;
}

async function deleteAll(
  { control }: SystemContext,
  table: PgTable,
  key: PgColumn,
  isExpired: SQL,
): Promise<number> {
  for (let total = 0;;) {
    const page = control.select({ key }).from(table).where(isExpired).limit(ROWS_AT_ONCE);
    // Checks `isExpired` again, because a row may change while the deletion waits for its lock.
    const deleted = await control.delete(table).where(and(inArray(key, page), isExpired)).returning({ key });
    total += deleted.length;
    if (deleted.length < ROWS_AT_ONCE) return total;
  }
}

export const DELETE_EXPIRED = job("cleanup.expired", {
  queue: "cleanup",
  payload: z.object({}),
  run: async ({ system, id }) => {
    log.info("deleted expired rows", await deleteExpired(system));
    await enqueueForAllTenants(system, DELETE_OLD_IMPORTS, {}, `imports ${id}`);
    await enqueueSync(system, `users ${id}`);
  },
});

export const RETENTION_SCHEDULE = schedule("cleanup", "17 3 * * *", {
  job: DELETE_EXPIRED,
  payload: () => ({}),
  catchUp: 1,
});
