import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import { prepareQuery } from "../../db/connection/prepared.ts";
import { notificationFeeds, notifications } from "../../db/control/schema/notifications.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import type { UserId } from "../access/actor.ts";
import { authorizeSelf, can, requirePerson } from "../access/authorize.ts";
import type { CallContext, MemberContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { textArray } from "../platform/array_literals.ts";
import { isId } from "../platform/ids.ts";
import { list, type ListQuery, type Page, type PlacedPage, readingFrom } from "../platform/list.ts";
import { choiceFilter } from "../platform/list_filters.ts";
import { momentKey } from "../platform/list_keys.ts";
import { problem } from "../platform/problem.ts";
import { announceFeedChange } from "./live_feeds.ts";
import { findKind, type NotificationData, type NotificationKind, notificationKinds } from "./kind.ts";
import { UNREAD, type Unread } from "./unread.ts";

const NOTIFICATION_NOT_FOUND = problem("notification_not_found", "This notification was not found.");

/** More are shown as "99+". */
export const MAX_COUNTED = 100;

type FeedContext = CallContext | MemberContext;

/** Something that a person was told. */
export type Notification = {
  id: string;
  kind: NotificationKind;
  data: NotificationData;
  createdAt: Date;
  /** Null if it is unread. */
  readAt: Date | null;
};

const { id, userId, tenantId, isPersonal, inFeed, kind, data, createdAt, readAt } = notifications;
const FIELDS = { id, kind, data, createdAt, readAt };

/** In a workspace, people see what is about it or about the platform, and on its pages what is about themselves. */
export const NOTIFICATION_LIST = list("notifications", {
  select: (db) => db.select(FIELDS).from(notifications),
  id,
  sorts: { createdAt: momentKey(createdAt) },
  defaultSort: "-createdAt",
  filters: {
    status: choiceFilter({ unread: sql`${readAt} is null`, read: sql`${readAt} is not null` }),
  },
  where: sql`${inFeed}`,
  scope: {
    userId: (value) => eq(userId, value),
    kinds: (value) => sql`${kind} = any(${value}::text::text[])`,
    tenantId: (value) => sql`(${tenantId} = ${value} or ${tenantId} is null)`,
    pageOf: (value) => sql`(${tenantId} = ${value} or ${tenantId} is null or ${isPersonal})`,
  },
  count: (db, counts) => db.select(counts).from(notifications),
  tabs: "status",
});

/** One page of what the acting person was told in the tenant. Throws `forbidden` for anyone else, or a program. */
export async function listNotifications(
  ctx: CallContext,
  query: ListQuery<typeof NOTIFICATION_LIST>,
): Promise<Page<Notification>> {
  const scope = { ...scopeOf(ctx), tenantId: ctx.tenant.id };
  const { items, ...places } = await NOTIFICATION_LIST.page(ctx.services.db.control, query, scope);
  return { ...places, items: items.map(toNotification) };
}

/** Like `listNotifications`, on the workspace's pages: with the page's place in the list, and what is about the person. */
export async function browseNotifications(
  ctx: MemberContext,
  query: ListQuery<typeof NOTIFICATION_LIST>,
): Promise<PlacedPage<Notification, "unread" | "read">> {
  const scope = { ...scopeOf(ctx), pageOf: ctx.tenant.id };
  const reading = readingFrom<Row>(ctx.services.db.control);
  const { items, ...places } = await NOTIFICATION_LIST.placedPage<"unread" | "read">(reading, query, scope);
  return { ...places, items: items.map(toNotification) };
}

/**
 * How many notifications on the workspace's pages are unread, up to `MAX_COUNTED`. Null on a visit for support. With `isFresh`, reads what
 * other processes have just changed.
 */
export async function findUnread(ctx: MemberContext, { isFresh = false } = {}): Promise<Unread | null> {
  if (ctx.actor.type !== "member") return null;
  const { services: { use, db }, tenant } = ctx;
  const counts = use(UNREAD);
  if (isFresh) counts.forget([ctx.actor.id]);
  return await counts.get(tenant.id, ctx.actor.id, async () => {
    const [row] = await unreadOf(db.control, { ...scopeOf(ctx), pageOf: tenant.id });
    return row!;
  });
}

/** One statement, so that the count is that of the version. */
const unreadOf = prepareQuery((db) => {
  const counted = db.select({ one: sql`1`.as("one") }).from(notifications).where(and(
    inFeed,
    isNull(readAt),
    eq(userId, sql.placeholder("userId")),
    sql`${kind} = any(${sql.placeholder("kinds")}::text::text[])`,
    sql`(${tenantId} = ${sql.placeholder("pageOf")} or ${tenantId} is null or ${isPersonal})`,
  )).limit(MAX_COUNTED).as("counted");
  const version = sql<number>`coalesce((select ${notificationFeeds.version} from ${notificationFeeds}
    where ${notificationFeeds.userId} = ${sql.placeholder("userId")}), 0)::float8`;
  return db.select({ version, count: sql<number>`count(*)::int` }).from(counted);
});

/** Marks a notification as read. Reading it again changes nothing. Throws `not_found`. */
export async function markRead(ctx: FeedContext, notificationId: string): Promise<void> {
  const isOne = eq(id, notificationId);
  if (!isId(notificationId)) throw notFound(NOTIFICATION_NOT_FOUND);
  await ctx.system.tx(async (tx) => {
    const [found] = await tx.select({ readAt }).from(notifications).where(ownOf(ctx, isOne)).for("update");
    if (!found) throw notFound(NOTIFICATION_NOT_FOUND);
    if (!found.readAt) await read(ctx, tx, isOne);
  });
  changed(ctx);
}

/** Marks everything on the workspace's page as read. */
export async function markAllRead(ctx: MemberContext): Promise<void> {
  await ctx.system.tx((tx) => read(ctx, tx, isNull(readAt)));
  changed(ctx);
}

/** Marks a notification as read, and returns where it leads. Throws `not_found`. */
export async function openNotification(ctx: MemberContext, notificationId: string): Promise<string> {
  if (!isId(notificationId)) throw notFound(NOTIFICATION_NOT_FOUND);
  const [row] = await ctx.system.control.select(FIELDS).from(notifications)
    .where(ownOf(ctx, eq(id, notificationId)));
  if (!row) throw notFound(NOTIFICATION_NOT_FOUND);
  if (!row.readAt) await markRead(ctx, notificationId);
  return findKind(row.kind)!.link(row.data, ctx.services);
}

/** Writes in one statement, so that the feed's version changes exactly if a notification does. */
async function read(ctx: FeedContext, tx: ControlTx, which: SQL): Promise<void> {
  await tx.execute(sql`
    with changed as (
      update ${notifications} set read_at = ${ctx.services.clock.now().toISOString()}::timestamptz
      where ${ownOf(ctx, and(which, isNull(readAt))!)} returning user_id
    )
    insert into ${notificationFeeds} as feed (user_id, version) select distinct user_id, 1 from changed
    on conflict (user_id) do update set version = feed.version + 1`);
}

function changed(ctx: FeedContext): void {
  ctx.services.use(UNREAD).forget([ownerOf(ctx)]);
  announceFeedChange(ctx.services);
}

/** What the person sees in the tenant: on its pages, or with the API. */
function ownOf(ctx: FeedContext, which: SQL): SQL {
  const { kinds } = scopeOf(ctx);
  return and(
    which,
    inFeed,
    eq(userId, ownerOf(ctx)),
    sql`${kind} = any(${kinds}::text::text[])`,
    sql`(${tenantId} = ${ctx.tenant.id} or ${tenantId} is null or ${isPersonal})`,
  )!;
}

/** A kind whose permission the person has lost no longer shows. */
function scopeOf(ctx: FeedContext): { userId: UserId; kinds: string } {
  const shown = notificationKinds().filter(({ permission }) => !permission || can(ctx, permission));
  return { userId: ownerOf(ctx), kinds: textArray(shown.map(({ name }) => name)) };
}

/** Throws `forbidden` for a program, and for staff who act for the person. */
function ownerOf({ actor }: FeedContext): UserId {
  requirePerson(actor);
  authorizeSelf({ actor }, actor.id);
  return actor.id;
}

type Row = Omit<Notification, "kind"> & { kind: string };

function toNotification({ kind, ...row }: Row): Notification {
  return { ...row, kind: findKind(kind)! };
}
