import { and, eq, gt, isNull } from "drizzle-orm";
import { z } from "zod";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { SUPPORT_ACCESS, supportGrants, supportVisits } from "../../db/control/schema/support.ts";
import { users } from "../../db/control/schema/users.ts";
import { authorize } from "../access/authorize.ts";
import type { SupportAccess } from "../access/permissions.ts";
import { lockMembers } from "../access/seats.ts";
import type { MemberContext, SystemContext, TenantContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { requireRecentSignIn } from "../identity/recent_sign_in.ts";
import { SIGN_INS } from "../identity/sign_in_caches.ts";
import { after, DAY, HOUR } from "../platform/clock.ts";
import { newId } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import { multiLine } from "../platform/text.ts";
import type { TenantId } from "../tenancy/tenant.ts";
import { endVisits } from "./ending.ts";
import { SUPPORT_GRANTED, SUPPORT_REVOKED } from "./events.ts";
import { SUPPORT_ACT, SUPPORT_GRANT } from "./permissions.ts";

const ACCESS_INVALID = problem("support_access_invalid", "Choose what support may do.");
const DURATION_INVALID = problem("support_duration_invalid", "Choose how long support has access.");
const NO_GRANT = problem("no_support_access", "Support has no access to this workspace.");

const MAX_NOTE_LENGTH = 500;

/** How long a workspace can give access. */
export const GRANT_DURATIONS = { hour: HOUR, day: DAY, week: 7 * DAY };

export const newSupportGrant = z.object({
  access: z.enum(SUPPORT_ACCESS, ACCESS_INVALID.code),
  duration: z.enum(["hour", "day", "week"], DURATION_INVALID.code),
  /** What the problem is, for the person who helps. */
  note: multiLine(MAX_NOTE_LENGTH).default(""),
});

export type SupportGrant = {
  id: string;
  access: SupportAccess;
  note: string;
  /** Null if that person has deleted their account. */
  grantedBy: { id: string; name: string } | null;
  createdAt: Date;
  expiresAt: Date;
};

/**
 * Lets the platform's staff act for the workspace's members, in place of an earlier grant, whose visits end. Throws `forbidden` for
 * all but owners, or `reauthentication_required`.
 */
export async function grantSupport(
  ctx: MemberContext,
  { access, duration, note }: z.output<typeof newSupportGrant>,
): Promise<void> {
  authorize(ctx, SUPPORT_GRANT);
  await requireRecentSignIn(ctx);
  const { tenant, actor, system, services } = ctx;
  const createdAt = services.clock.now();
  const expiresAt = after(createdAt, GRANT_DURATIONS[duration]);
  await system.tx(async (tx) => {
    await lockMembers(tx, tenant.id);
    await closeGrant(ctx, tx);
    const grant = {
      id: newId(),
      tenantId: tenant.id,
      grantedBy: actor.id,
      access,
      note,
      createdAt,
      expiresAt,
    };
    await tx.insert(supportGrants).values(grant);
    const details = { access, expires_at: expiresAt.toISOString() };
    await publish(system, tx, SUPPORT_GRANTED, { after: tenant, details, schema: tenant.schemaName });
  });
  services.use(SIGN_INS).forgetTenant(tenant.id);
}

/**
 * Ends the access and all visits immediately, also those without the workspace's consent; other processes notice within five seconds.
 * Needs no recent sign-in, so that nothing delays it. Throws `forbidden`, or `not_found` if there is nothing to end.
 */
export async function revokeSupport(ctx: MemberContext): Promise<void> {
  authorize(ctx, SUPPORT_GRANT);
  const { tenant, system, services } = ctx;
  await system.tx(async (tx) => {
    await lockMembers(tx, tenant.id);
    const hadGrant = await closeGrant(ctx, tx);
    const ended = await endVisits(system, tx, { id: tenant.id, schema: tenant.schemaName });
    if (!hadGrant && ended === 0) throw notFound(NO_GRANT);
    if (!hadGrant) return;
    await publish(system, tx, SUPPORT_REVOKED, { after: tenant, details: {}, schema: tenant.schemaName });
  });
  services.use(SIGN_INS).forgetTenant(tenant.id);
}

/** The workspace's grant, if one is in force. Throws `forbidden` for all but owners. */
export async function getGrant(ctx: TenantContext): Promise<SupportGrant | null> {
  authorize(ctx, SUPPORT_GRANT);
  return await findGrant(ctx, ctx.services.db.control, ctx.tenant.id);
}

/** Like `getGrant`, for the platform's staff. */
export async function getGrantOf(ctx: SystemContext, tenantId: TenantId): Promise<SupportGrant | null> {
  authorize(ctx, SUPPORT_ACT);
  return await findGrant(ctx, ctx.control, tenantId);
}

/** The grant that is in force now. */
export async function findGrant(
  { services }: Pick<SystemContext, "services">,
  db: ControlDb | ControlTx,
  tenantId: TenantId,
): Promise<SupportGrant | null> {
  const [row] = await db.select({ grant: supportGrants, granter: { id: users.id, name: users.name } })
    .from(supportGrants)
    .leftJoin(users, eq(users.id, supportGrants.grantedBy))
    .where(and(
      eq(supportGrants.tenantId, tenantId),
      isNull(supportGrants.revokedAt),
      gt(supportGrants.expiresAt, services.clock.now()),
    ));
  return row ? { ...row.grant, grantedBy: row.granter } : null;
}

/** Ends the workspace's grant and its visits. Returns whether it was still in force. Lock the tenant before. */
async function closeGrant({ tenant, system, services }: MemberContext, tx: ControlTx): Promise<boolean> {
  const now = services.clock.now();
  const [closed] = await tx.update(supportGrants).set({ revokedAt: now })
    .where(and(eq(supportGrants.tenantId, tenant.id), isNull(supportGrants.revokedAt))).returning();
  if (!closed) return false;
  await endVisits(
    system,
    tx,
    { id: tenant.id, schema: tenant.schemaName },
    eq(supportVisits.grantId, closed.id),
  );
  return closed.expiresAt > now;
}
