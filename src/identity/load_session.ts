import { and, eq } from "drizzle-orm";
import { sessions } from "../../db/control/schema/identity.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { roles } from "../../db/control/schema/roles.ts";
import { users } from "../../db/control/schema/users.ts";
import { memberActor, staffActor, userActor } from "../access/actor.ts";
import { ON_CUSTOM_ROLE, ROLE_FIELDS, toRole } from "../access/member_role.ts";
import type { Services } from "../ports.ts";
import { HAS_SECOND, strengthOf } from "./authentication.ts";
import type { Session } from "./credentials.ts";
import { hasFactorsOf } from "./factors.ts";
import { appearanceOf } from "./users.ts";

/** The session whose token has this hash, with all that requests need to know of its user. Null if there is none. */
export async function loadSession({ db }: Services, hash: string): Promise<Session | null> {
  const columns = {
    session: sessions,
    user: users,
    ...ROLE_FIELDS,
    setupDismissedAt: memberships.setupDismissedAt,
    hasFactor: hasFactorsOf(sessions.userId),
  };
  const [row] = await db.control.select(columns).from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .leftJoin(
      memberships,
      and(eq(memberships.userId, sessions.userId), eq(memberships.tenantId, sessions.tenantId)),
    )
    .leftJoin(roles, ON_CUSTOM_ROLE)
    .where(eq(sessions.tokenHash, hash));
  if (!row || (row.session.tenantId && !row.role)) return null;
  const { id, signInId, remember, lastSeenAt, expiresAt } = row.session;
  const { role, customRole } = row;
  const { name, email, isPlatformAdmin } = row.user;
  const { authenticatedAt: at, methods } = row.session;
  const person = { id: row.user.id, name, email, authentication: { at, methods, signInId } };
  const strength = strengthOf(methods);
  // Without a second factor, a provider and a code by email are two first ones.
  const isProven = strength > HAS_SECOND || (strength === HAS_SECOND && row.hasFactor);
  const actor: Session["actor"] = role
    ? memberActor(person, row.session.tenantId!, toRole({ role, customRole }))
    : isPlatformAdmin && isProven
    ? staffActor(person)
    : userActor(person);
  return {
    id,
    signInId,
    tenantId: row.session.tenantId,
    actor,
    isStaffWithoutFactor: isPlatformAdmin && !isProven,
    hasFactor: row.hasFactor,
    isVerified: row.user.emailVerifiedAt !== null,
    isSetupDismissed: row.setupDismissedAt !== null,
    appearance: appearanceOf(row.user),
    remember,
    lastSeenAt,
    expiresAt,
  };
}
