import { and, asc, eq, gt, inArray, isNull, or, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { memberships } from "../../db/control/schema/memberships.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import type { UserId } from "../access/actor.ts";
import { PEOPLE_AT_ONCE } from "../notifications/audience.ts";
import { notificationKind } from "../notifications/kind.ts";
import { ANNOUNCEMENT_PUBLISHED } from "./announcements.ts";

const published = z.object({
  text: z.string(),
  linkUrl: z.string().nullable(),
  plans: z.array(z.string()),
});

/** Told once to everyone who works in a workspace that it is meant for. */
export const ANNOUNCED = notificationKind("announcement", {
  label: "News about the product",
  sentence: "{text}",
  event: ANNOUNCEMENT_PUBLISHED,
  permission: null,
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

/** A plan that has ended counts as Starter. */
function hasPlan(plans: string[], now: Date): SQL | undefined {
  if (plans.length === 0) return undefined;
  const isCurrent = or(isNull(tenants.planUntil), gt(tenants.planUntil, now));
  const current = sql`case when ${isCurrent} then ${tenants.plan} else 'starter' end`;
  return inArray(current, plans);
}
