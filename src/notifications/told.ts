import { and, asc, eq, type SQL } from "drizzle-orm";
import { notifications } from "../../db/control/schema/notifications.ts";
import { findRole } from "../access/members.ts";
import { grantsOfRole } from "../access/permissions.ts";
import type { UserId } from "../access/actor.ts";
import type { TenantContext } from "../context.ts";
import { ENGLISH } from "../platform/wording.ts";
import { tenantUrl } from "../tenancy/tenant.ts";
import { findKind, notificationText } from "./kind.ts";

/** More would be no longer a summary. The page shows them all. */
const MOST_ITEMS = 50;

/** What a notification says, and the page that leads to what it is about. */
export type ToldItem = { text: string; url: string };

/** Notifications of a person about the tenant, as far as they may still see them. Empty if they are no longer a member. */
export async function readTold(
  ctx: TenantContext,
  userId: UserId,
  which: SQL,
): Promise<ToldItem[]> {
  const { services, system, tenant } = ctx;
  const role = await findRole(ctx, userId);
  if (!role) return [];
  const rows = await system.control.select().from(notifications)
    .where(and(which, eq(notifications.userId, userId), eq(notifications.tenantId, tenant.id)))
    .orderBy(asc(notifications.createdAt), asc(notifications.id)).limit(MOST_ITEMS);
  return rows.flatMap(({ id, kind: name, data }) => {
    const kind = findKind(name);
    if (!kind || (kind.permission && !grantsOfRole(role).has(kind.permission))) return [];
    const url = `${tenantUrl(services.config.appUrl, tenant)}/notifications/${id}`;
    return [{ text: notificationText(kind, data, ENGLISH), url }];
  });
}
