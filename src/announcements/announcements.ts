import { and, desc, eq, getTableColumns, gt } from "drizzle-orm";
import { z } from "zod";
import { announcementDismissals, announcements } from "../../db/control/schema/announcements.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import type { TenantId } from "../../db/ids.ts";
import { authorize } from "../access/authorize.ts";
import { permission } from "../access/permissions.ts";
import { chosenPlans, planFields } from "../billing/plan_fields.ts";
import type { MemberContext, SystemContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { anonymousEvent } from "../events/event.ts";
import { publish } from "../events/publish.ts";
import { MemoryCache } from "../platform/cache.ts";
import { after, DAY, SECOND } from "../platform/clock.ts";
import { isId, newId } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import { singleLine } from "../platform/text.ts";
import { part } from "../ports.ts";

const TEXT_MISSING = problem("announcement_text_missing", "Enter the text.");
const LINK_INVALID = problem("announcement_link_invalid", "Enter an address that starts with https://.");
const DAYS_INVALID = problem("announcement_days_invalid", "Enter a whole number from 1 to 365.");
const ANNOUNCEMENT_NOT_FOUND = problem("announcement_not_found", "This announcement was not found.");

const MAX_TEXT_LENGTH = 300;
const LISTED = 100;
/** More would push the page's content out of sight. */
const SHOWN_AT_ONCE = 2;
const CACHED_USERS = 20_000;

/** To write what members see above their pages. */
export const ANNOUNCEMENTS_MANAGE = permission("announcements:manage", {
  roles: [],
  staff: true,
  label: "Manage announcements",
});

/** What its readers get to know of an announcement. */
type PublishedAnnouncement = { text: string; linkUrl: string | null; plans: string[] };

export const ANNOUNCEMENT_PUBLISHED = anonymousEvent<PublishedAnnouncement>("announcement.published", {
  sentence: "published the announcement “{text}”",
});
export const ANNOUNCEMENT_CHANGED = anonymousEvent("announcement.changed", {
  sentence: "changed the announcement “{text}”",
});
export const ANNOUNCEMENT_DELETED = anonymousEvent("announcement.deleted", {
  sentence: "deleted the announcement “{text}”",
});
export const ANNOUNCEMENT_ENDED = anonymousEvent("announcement.ended", {
  sentence: "ended the announcement “{text}”",
});

export type Announcement = typeof announcements.$inferSelect;
/** `senderSubdomain` is the tenant's whose campaign emails it. */
export type ListedAnnouncement = Announcement & { senderSubdomain: string | null };

const text = singleLine(MAX_TEXT_LENGTH, TEXT_MISSING);
const kind = z.enum(["info", "warning"]);
const linkUrl = z.string().trim().max(500, LINK_INVALID.code)
  .regex(/^(?:https:\/\/[^\s"<>]+)?$/, LINK_INVALID.code);
const days = z.string(DAYS_INVALID.code).trim();
/** Whole numbers from 1 to 365. */
const DAYS = "[1-9]|[1-9]\\d|[12]\\d\\d|3[0-5]\\d|36[0-5]";

export const newAnnouncement = z.object({
  text,
  kind: kind.default("info"),
  linkUrl: linkUrl.default(""),
  days: days.regex(new RegExp(`^(?:${DAYS})$`), DAYS_INVALID.code).transform(Number),
  ...planFields,
});

/** Without `days`, or with an empty text, the announcement ends when it would have ended. */
export const announcementChanges = newAnnouncement.extend({
  days: days.regex(new RegExp(`^(?:|${DAYS})$`), DAYS_INVALID.code)
    .transform((typed) => typed === "" ? undefined : Number(typed)).optional(),
});

/** What members would see of a form that isn't finished. Null: nothing yet. */
export const announcementPreview = z.object({
  text: text.nullable().catch(null),
  kind: kind.catch("info"),
  linkUrl: linkUrl.transform((typed) => typed || null).catch(null),
});

/** What members see now, and who dismissed what: both at most five seconds old. */
export const ANNOUNCEMENTS = part("announcements", () => ({
  live: new MemoryCache<Announcement[]>({ capacity: 1, ttl: 5 * SECOND }),
  dismissed: new MemoryCache<ReadonlySet<string>>({ capacity: CACHED_USERS, ttl: 5 * SECOND }),
}));
const ALL = "all";

/** The announcements that the acting member sees: at most two, the newest first. Costs a query only while there are any. */
export async function listForMember({ services, tenant, actor }: MemberContext): Promise<Announcement[]> {
  const { live, dismissed } = services.use(ANNOUNCEMENTS);
  const { control } = services.db;
  const now = services.clock.now();
  const all = await live.getOrLoad(
    ALL,
    async () =>
      await control.select().from(announcements).where(gt(announcements.endsAt, now))
        .orderBy(desc(announcements.createdAt)).limit(LISTED),
  );
  const meant = all.filter(({ endsAt, plans }) =>
    endsAt > now && (plans.length === 0 || plans.includes(tenant.plan))
  );
  if (meant.length === 0) return [];
  const gone = await dismissed.getOrLoad(actor.id, async () => {
    const rows = await control.select({ id: announcementDismissals.announcementId })
      .from(announcementDismissals).where(eq(announcementDismissals.userId, actor.id));
    return new Set(rows.map(({ id }) => id));
  });
  return meant.filter(({ id }) => !gone.has(id)).slice(0, SHOWN_AT_ONCE);
}

/** Hides an announcement from the acting member, in all workspaces. Throws `not_found`. */
export async function dismissAnnouncement({ services, actor }: MemberContext, id: string): Promise<void> {
  const { control } = services.db;
  if (!isId(id) || await control.$count(announcements, eq(announcements.id, id)) === 0) throw missing();
  await control.insert(announcementDismissals).values({ announcementId: id, userId: actor.id })
    .onConflictDoNothing();
  services.use(ANNOUNCEMENTS).dismissed.delete(actor.id);
}

/** The newest announcements, whether they have ended or not. Throws `forbidden`. */
export async function listAnnouncements(ctx: SystemContext): Promise<ListedAnnouncement[]> {
  authorize(ctx, ANNOUNCEMENTS_MANAGE);
  return await ctx.control.select({ ...getTableColumns(announcements), senderSubdomain: tenants.subdomain })
    .from(announcements).leftJoin(tenants, eq(tenants.id, announcements.senderId))
    .orderBy(desc(announcements.createdAt)).limit(LISTED);
}

/** Shows an announcement from now on. The campaign of `senderId` with its id emails it. Throws `forbidden`. */
export async function publishAnnouncement(
  ctx: SystemContext,
  { text, kind, linkUrl, days, ...fields }: z.output<typeof newAnnouncement>,
  { id = newId(), senderId = null }: { id?: string; senderId?: TenantId | null } = {},
): Promise<void> {
  authorize(ctx, ANNOUNCEMENTS_MANAGE);
  const now = ctx.services.clock.now();
  const plans = chosenPlans(fields);
  const row = { id, kind, text, linkUrl: linkUrl || null, plans, senderId };
  const times = { startsAt: now, endsAt: after(now, days * DAY), createdAt: now };
  await ctx.tx(async (tx) => {
    await tx.insert(announcements).values({ ...row, ...times });
    await publish(ctx, tx, ANNOUNCEMENT_PUBLISHED, {
      after: row,
      details: { text, plans, ends_at: times.endsAt.toISOString(), ...(senderId && { sender_id: senderId }) },
    });
  });
  ctx.services.use(ANNOUNCEMENTS).live.delete(ALL);
}

/** Throws `forbidden` or `not_found`. */
export async function getAnnouncement(ctx: SystemContext, id: string): Promise<Announcement> {
  authorize(ctx, ANNOUNCEMENTS_MANAGE);
  const [found] = isId(id)
    ? await ctx.control.select().from(announcements).where(eq(announcements.id, id))
    : [];
  if (!found) throw missing();
  return found;
}

/**
 * Changes an announcement that is shown. People who dismissed it don't see it again. Throws `forbidden`, or `not_found` if it isn't
 * shown.
 */
export async function changeAnnouncement(
  ctx: SystemContext,
  id: string,
  { text, kind, linkUrl, days, ...fields }: z.output<typeof announcementChanges>,
): Promise<void> {
  authorize(ctx, ANNOUNCEMENTS_MANAGE);
  if (!isId(id)) throw missing();
  const now = ctx.services.clock.now();
  await ctx.tx(async (tx) => {
    const [before] = await tx.select().from(announcements).where(isShown(id, now)).for("update");
    if (!before) throw missing();
    const endsAt = days === undefined ? before.endsAt : after(now, days * DAY);
    const changes = { text, kind, linkUrl: linkUrl || null, plans: chosenPlans(fields), endsAt };
    const [from, to] = [detailsOf(before), detailsOf(changes)];
    if (JSON.stringify(from) === JSON.stringify(to)) return;
    await tx.update(announcements).set(changes).where(eq(announcements.id, id));
    await publish(ctx, tx, ANNOUNCEMENT_CHANGED, { details: { text, from, to } });
  });
  ctx.services.use(ANNOUNCEMENTS).live.delete(ALL);
}

/** Deletes an announcement, shown or not, and who dismissed it. Throws `forbidden` or `not_found`. */
export async function deleteAnnouncement(ctx: SystemContext, id: string): Promise<void> {
  authorize(ctx, ANNOUNCEMENTS_MANAGE);
  if (!isId(id)) throw missing();
  await ctx.tx(async (tx) => {
    const [deleted] = await tx.delete(announcements).where(eq(announcements.id, id)).returning();
    if (!deleted) throw missing();
    await publish(ctx, tx, ANNOUNCEMENT_DELETED, { details: { text: deleted.text } });
  });
  ctx.services.use(ANNOUNCEMENTS).live.delete(ALL);
}

/** Ends an announcement now. Throws `forbidden`, or `not_found` if it isn't shown. */
export async function endAnnouncement(ctx: SystemContext, id: string): Promise<void> {
  authorize(ctx, ANNOUNCEMENTS_MANAGE);
  if (!isId(id)) throw missing();
  const now = ctx.services.clock.now();
  await ctx.tx(async (tx) => {
    const [ended] = await tx.update(announcements).set({ endsAt: now })
      .where(isShown(id, now)).returning();
    if (!ended) throw missing();
    await publish(ctx, tx, ANNOUNCEMENT_ENDED, { details: { text: ended.text } });
  });
  ctx.services.use(ANNOUNCEMENTS).live.delete(ALL);
}

function isShown(id: string, now: Date) {
  return and(eq(announcements.id, id), gt(announcements.endsAt, now));
}

function detailsOf(
  { text, kind, linkUrl, plans, endsAt }: Pick<
    Announcement,
    "text" | "kind" | "linkUrl" | "plans" | "endsAt"
  >,
) {
  return { text, kind, link_url: linkUrl, plans, ends_at: endsAt.toISOString() };
}

function missing() {
  return notFound(ANNOUNCEMENT_NOT_FOUND);
}
