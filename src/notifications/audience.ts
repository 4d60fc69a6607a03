import { and, asc, eq, gt } from "drizzle-orm";
import { memberships } from "../../db/control/schema/memberships.ts";
import { roles } from "../../db/control/schema/roles.ts";
import type { UserId } from "../access/actor.ts";
import { ON_CUSTOM_ROLE, ROLE_FIELDS, toRole } from "../access/member_role.ts";
import { grantsOfRole, type Permission } from "../access/permissions.ts";
import { tenantOf } from "../outbox/job.ts";
import type { NotificationAudience } from "./kind.ts";

export const PEOPLE_AT_ONCE = 500;

/** The members of the job's tenant who have the permission. */
export function membersWith(permission: Permission): NotificationAudience<unknown> {
  return async function* (run) {
    const { tenant, system: { control } } = tenantOf(run);
    let last: string | undefined;
    do {
      const page = await control.select({ id: memberships.id, userId: memberships.userId, ...ROLE_FIELDS })
        .from(memberships).leftJoin(roles, ON_CUSTOM_ROLE)
        .where(and(eq(memberships.tenantId, tenant.id), last ? gt(memberships.id, last) : undefined))
        .orderBy(asc(memberships.id)).limit(PEOPLE_AT_ONCE);
      yield page.filter((row) => grantsOfRole(toRole(row)).has(permission)).map(({ userId }) => userId);
      last = page.length === PEOPLE_AT_ONCE ? page.at(-1)!.id : undefined;
    } while (last);
  };
}

/** People whose ids are known. */
export async function* these(ids: UserId[]): AsyncIterable<UserId[]> {
  yield ids;
}
