import { notificationFeeds, notifications } from "../../db/control/schema/notifications.ts";
import type { UserId } from "../../src/access/actor.ts";
import type { TenantContext } from "../../src/context.ts";
import { after, HOUR } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";

/** What notifications link to is gone. */
const SOMEONE = "01900000-0000-7000-8000-000000000000";

/** An owner's notifications of two weeks, by their age in hours. The oldest ones are read. */
const SHOWN = [
  { kind: "joined", hours: 0.4, data: { user_id: SOMEONE, name: "Oskar Nyström", role: "viewer" } },
  { kind: "limit_near", hours: 5, data: { metric: "API calls this month", limit: 500_000, used: 412_300 } },
  {
    kind: "webhook_disabled",
    hours: 26,
    data: { id: SOMEONE, host: "hooks.northwind.example" },
  },
  { kind: "joined", hours: 121, data: { user_id: SOMEONE, name: "Lucía Fernández", role: "viewer" } },
  { kind: "payment_failed", hours: 190, data: { id: SOMEONE, invoice: "NW-2026-0007" } },
  { kind: "joined", hours: 292, data: { user_id: SOMEONE, name: "Noor Haddad", role: "member" } },
];
const UNREAD_SHOWN = 3;

/** Adds notifications of several kinds for the owner, without their events. */
export async function addNotifications(
  { tenant, services, system }: TenantContext,
  owner: { id: UserId },
): Promise<void> {
  const now = services.clock.now();
  await system.control.insert(notifications).values(SHOWN.map(({ kind, hours, data }, index) => ({
    id: newId(),
    userId: owner.id,
    tenantId: tenant.id,
    isPersonal: false,
    inFeed: true,
    kind,
    data,
    eventId: newId(),
    createdAt: after(now, -hours * HOUR),
    readAt: index < UNREAD_SHOWN ? null : now,
  })));
  await system.control.insert(notificationFeeds).values({ userId: owner.id, version: SHOWN.length })
    .onConflictDoNothing();
}
