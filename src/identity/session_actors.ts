import { and, eq, isNull, or } from "drizzle-orm";
import { sessions } from "../../db/control/schema/identity.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { roles } from "../../db/control/schema/roles.ts";
import { supportGrants, supportVisits } from "../../db/control/schema/support.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { users } from "../../db/control/schema/users.ts";
import {
  type ActingActor,
  actingActor,
  type Authentication,
  memberActor,
  staffActor,
  userActor,
} from "../access/actor.ts";
import { ON_CUSTOM_ROLE, ROLE_FIELDS, toRole } from "../access/member_role.ts";
import type { Services } from "../ports.ts";
import { HAS_SECOND, strengthOf } from "./authentication.ts";
import type { Session } from "./credentials.ts";
import { hasFactorsOf } from "./factors.ts";
import { appearanceOf } from "./users.ts";

/** The session of a token with this SHA-256, and who acts in it. Null if there is none, or its user may no longer act in it. */
export async function loadSession(services: Services, hash: string): Promise<Session | null> {
  const { control } = services.db;
  const columns = {
    session: sessions,
    user: users,
    ...ROLE_FIELDS,
    setupDismissedAt: memberships.setupDismissedAt,
    hasFactor: hasFactorsOf(sessions.userId),
  };
  const [row] = await control.select(columns).from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .leftJoin(
      memberships,
      and(eq(memberships.userId, sessions.userId), eq(memberships.tenantId, sessions.tenantId)),
    )
    .leftJoin(roles, ON_CUSTOM_ROLE)
    .where(eq(sessions.tokenHash, hash));
  if (!row) return null;
  const strength = strengthOf(row.session.methods);
  // Without a second factor, a provider and a code by email are two first ones.
  const isProven = strength > HAS_SECOND || (strength === HAS_SECOND && row.hasFactor);
  const { id, userId, signInId, tenantId, customDomain, remember, lastSeenAt, expiresAt } = row.session;
  const authentication = { at: row.session.authenticatedAt, methods: row.session.methods, signInId };
  const actor = row.session.supportVisitId
    ? isProven && await findActing(services, row.session.supportVisitId)
    : ownActor(row, isProven, customDomain === null ? authentication : undefined);
  if (!actor) return null;
  return {
    id,
    userId,
    signInId,
    tenantId,
    customDomain,
    actor,
    authentication,
    isStaffWithoutFactor: row.user.isPlatformAdmin && !isProven,
    hasFactor: row.hasFactor,
    isVerified: row.user.emailVerifiedAt !== null,
    isSetupDismissed: row.setupDismissedAt !== null,
    appearance: appearanceOf(row.user),
    remember,
    lastSeenAt,
    expiresAt,
  };
}

type RoleRow = Parameters<typeof toRole>[0];
type Found = {
  session: typeof sessions.$inferSelect;
  user: typeof users.$inferSelect;
  role: RoleRow["role"] | null;
  customRole: RoleRow["customRole"];
};

/** Null on the host of a tenant that the user is no member of. */
function ownActor(
  { session: { tenantId }, user, role, customRole }: Found,
  isProven: boolean,
  authentication: Authentication | undefined,
) {
  const person = { id: user.id, name: user.name, email: user.email, authentication };
  if (tenantId) return role ? memberActor(person, tenantId, toRole({ role, customRole })) : null;
  return user.isPlatformAdmin && isProven ? staffActor(person) : userActor(person);
}

/**
 * Who acts in a support visit. Null once the visit has ended, its grant was revoked, the person has left the platform's staff, the
 * member has left, or the tenant is suspended. The session itself ends with the visit's time.
 */
async function findActing({ db }: Services, visitId: string): Promise<ActingActor | null> {
  const visitor = db.control.select({ id: users.id, name: users.name, email: users.email }).from(users)
    .where(eq(users.isPlatformAdmin, true)).as("visitor");
  const [row] = await db.control.select({
    visit: supportVisits,
    staff: { id: visitor.id, name: visitor.name, email: visitor.email },
    member: { id: users.id, name: users.name, email: users.email },
    ...ROLE_FIELDS,
  }).from(supportVisits)
    .innerJoin(visitor, eq(visitor.id, supportVisits.staffId))
    .innerJoin(users, eq(users.id, supportVisits.memberId))
    .innerJoin(
      memberships,
      and(eq(memberships.userId, supportVisits.memberId), eq(memberships.tenantId, supportVisits.tenantId)),
    )
    .leftJoin(roles, ON_CUSTOM_ROLE)
    .innerJoin(tenants, and(eq(tenants.id, supportVisits.tenantId), eq(tenants.status, "active")))
    .leftJoin(supportGrants, eq(supportGrants.id, supportVisits.grantId))
    .where(and(
      eq(supportVisits.id, visitId),
      isNull(supportVisits.endedAt),
      or(isNull(supportVisits.grantId), isNull(supportGrants.revokedAt)),
    ));
  if (!row) return null;
  const { id, tenantId, access, expiresAt: until } = row.visit;
  return actingActor(row.member, tenantId, toRole(row), { id, staff: row.staff, access, until });
}
