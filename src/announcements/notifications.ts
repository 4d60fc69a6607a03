import { and, asc, eq, gt, inArray, isNull, or, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { memberships } from "../../db/control/schema/memberships.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import type { UserId } from "../access/actor.ts";
import type { PlanKey } from "../billing/plans.ts";
import { PEOPLE_AT_ONCE } from "../notifications/audience.ts";
import { notificationKind } from "../notifications/kind.ts";
import { ANNOUNCEMENT_PUBLISHED } from "./announcements.ts";

const published = z.object({
  text: z.string(),
  linkUrl: z.string().nullable(),
  plans: z.array(z.string()),
});

/**
 * Told once to everyone who works in a workspace that it is meant for. Its email is a campaign, which goes to those who want it: see
 * src/announcements/sync_users.ts.
 */
export const ANNOUNCED = notificationKind("announcement", {
  label: "News about the product",
  sentence: "{text}",
  event: ANNOUNCEMENT_PUBLISHED,
  permission: null,
  channels: { feed: true, email: true },
  data: published,
  of: ({ text, linkUrl, plans }) => ({ text, linkUrl, plans }),
  async *to({ system: { control, services } }, { plans }) {
    const isMeant = and(eq(tenants.status, "active"), hasPlan(plans, services.clock.now()));
    let last: UserId | undefined;
    do {
      const page = await control.selectDistinct({ id: memberships.userId }).from(memberships)
        .innerJoin(tenants, eq(tenants.id, memberships.tenantId))
        .where(and(isMeant, last ? gt(memberships.userId, last) : undefined))
        .orderBy(asc(memberships.userId)).limit(PEOPLE_AT_ONCE);
      yield page.map(({ id }) => id);
      last = page.length === PEOPLE_AT_ONCE ? page.at(-1)!.id : undefined;
    } while (last);
  },
  load: (_run, { text, linkUrl }) => Promise.resolve({ text, linkUrl }),
  link: ({ linkUrl }) => linkUrl === null ? "/notifications" : String(linkUrl),
});

function hasPlan(plans: string[], now: Date): SQL | undefined {
  return plans.length === 0 ? undefined : inArray(currentPlan(now), plans);
}

/** The plan of a row of `tenants`. One that has ended counts as Starter. */
export function currentPlan(now: Date): SQL<PlanKey> {
  const isCurrent = or(isNull(tenants.planUntil), gt(tenants.planUntil, now));
  return sql`case when ${isCurrent} then ${tenants.plan} else 'starter' end`;
}
