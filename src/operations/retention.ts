import { and, eq, inArray, lt, type SQL } from "drizzle-orm";
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
import { oauthRequests, pendingIdentities } from "../../db/control/schema/identities.ts";
import { invitations, ownershipOffers } from "../../db/control/schema/invitations.ts";
import { passkeyChallenges } from "../../db/control/schema/passkeys.ts";
import { jobMinutes, outbox } from "../../db/control/schema/outbox.ts";
import { subdomains } from "../../db/control/schema/tenants.ts";
import type { SystemContext } from "../context.ts";
import { job } from "../outbox/job.ts";
import { schedule } from "../outbox/schedule.ts";
import { after, DAY, HOUR } from "../platform/clock.ts";
import { logOf } from "../platform/log.ts";

const log = logOf("cleanup");

const ROWS_AT_ONCE = 5_000;

/** How long rows are kept after they end, for investigations. */
const KEPT = {
  expired: DAY,
  /** Inviters can send an expired invitation again. */
  invitations: 30 * DAY,
  endedJobs: 3 * DAY,
  failedJobs: 90 * DAY,
  jobFigures: 30 * DAY,
  /** They limit how many codes an address gets in an hour. */
  pendingSignUps: HOUR,
  emailSignIns: HOUR,
  /** After that long, a browser counts as new again. */
  knownDevices: 400 * DAY,
  signInAttempts: 90 * DAY,
};

/**
 * Deletes expired sessions, tokens, sign-ups, invitations and redirects, old attempts to sign in, and old jobs. Works in batches, so that requests don't wait.
 * Returns the number of deleted rows by table.
 */
export async function deleteExpired(ctx: SystemContext): Promise<Record<string, number>> {
  const before = (age: number) => after(ctx.services.clock.now(), -age);
  const expired = before(KEPT.expired);
  const endedBefore = (state: "done" | "failed", age: number) =>
    and(eq(outbox.state, state), lt(outbox.endedAt, before(age)))!;
  return {
    sessions: await deleteAll(ctx, sessions, sessions.id, lt(sessions.expiresAt, expired)),
    one_time_tokens: await deleteAll(
      ctx,
      oneTimeTokens,
      oneTimeTokens.id,
      lt(oneTimeTokens.expiresAt, expired),
    ),
    refresh_tokens: await deleteAll(
      ctx,
      refreshTokens,
      refreshTokens.id,
      lt(refreshTokens.expiresAt, expired),
    ),
    challenges: await deleteAll(ctx, challenges, challenges.id, lt(challenges.expiresAt, expired)),
    passkey_challenges: await deleteAll(
      ctx,
      passkeyChallenges,
      passkeyChallenges.id,
      lt(passkeyChallenges.expiresAt, expired),
    ),
    trusted_browsers: await deleteAll(
      ctx,
      trustedBrowsers,
      trustedBrowsers.id,
      lt(trustedBrowsers.expiresAt, expired),
    ),
    oauth_requests: await deleteAll(
      ctx,
      oauthRequests,
      oauthRequests.id,
      lt(oauthRequests.expiresAt, expired),
    ),
    pending_identities: await deleteAll(
      ctx,
      pendingIdentities,
      pendingIdentities.id,
      lt(pendingIdentities.expiresAt, expired),
    ),
    pending_sign_ups: await deleteAll(
      ctx,
      pendingSignUps,
      pendingSignUps.id,
      lt(pendingSignUps.createdAt, before(KEPT.pendingSignUps)),
    ),
    invitations: await deleteAll(
      ctx,
      invitations,
      invitations.id,
      lt(invitations.expiresAt, before(KEPT.invitations)),
    ),
    ownership_offers: await deleteAll(
      ctx,
      ownershipOffers,
      ownershipOffers.tenantId,
      lt(ownershipOffers.expiresAt, expired),
    ),
    email_sign_ins: await deleteAll(
      ctx,
      emailSignIns,
      emailSignIns.id,
      lt(emailSignIns.createdAt, before(KEPT.emailSignIns)),
    ),
    known_devices: await deleteAll(
      ctx,
      knownDevices,
      knownDevices.id,
      lt(knownDevices.lastSeenAt, before(KEPT.knownDevices)),
    ),
    sign_in_attempts: await deleteAll(
      ctx,
      signInAttempts,
      signInAttempts.id,
      lt(signInAttempts.at, before(KEPT.signInAttempts)),
    ),
    subdomains: await deleteAll(ctx, subdomains, subdomains.name, lt(subdomains.expiresAt, expired)),
    jobs: await deleteAll(ctx, outbox, outbox.id, endedBefore("done", KEPT.endedJobs)) +
      await deleteAll(ctx, outbox, outbox.id, endedBefore("failed", KEPT.failedJobs)),
    job_minutes: await deleteAll(
      ctx,
      jobMinutes,
      jobMinutes.minute,
      lt(jobMinutes.minute, before(KEPT.jobFigures)),
    ),
  };
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
  run: async ({ system }) => log.info("deleted expired rows", await deleteExpired(system)),
});

export const RETENTION_SCHEDULE = schedule("cleanup", "17 3 * * *", {
  job: DELETE_EXPIRED,
  payload: () => ({}),
  catchUp: 1,
});
