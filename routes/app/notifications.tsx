import type { Context } from "hono";
import {
  browseNotifications,
  findUnread,
  markAllRead,
  markRead,
  NOTIFICATION_LIST,
  openNotification,
} from "../../src/notifications/feed.ts";
import { notificationText as say } from "../../src/notifications/kind.ts";
import { NOTIFICATIONS_PATH as PATH } from "../../views/pages/notifications/notification_address.ts";
import { NotificationsChanged } from "../../views/pages/notifications/notification_changes.tsx";
import {
  NotificationList,
  type NotificationListProps,
} from "../../views/pages/notifications/notification_list.tsx";
import {
  NotificationActions,
  NotificationsPage,
} from "../../views/pages/notifications/notifications_page.tsx";
import { notificationText } from "../../views/pages/notifications/text.ts";
import { languageOf } from "../../views/wording.ts";
import type { MemberEnv } from "../http.ts";
import { type Address, readListAddress, shownList } from "../list_address.ts";
import { localeOf } from "../locale.ts";
import { done, fragment, page } from "../page.tsx";
import { MemberPages } from "./member_pages.ts";

/** What the person was told. */
const pages = new MemberPages({
  label: (locale) => notificationText.of(locale).title,
  href: PATH,
  icon: "bell",
  group: "main",
  position: 28,
  isPersonal: true,
});
export default pages;

pages.get(PATH, async (c) => {
  const [list, unread] = await Promise.all([showList(c, c.req.query()), findUnread(c.get("member"))]);
  return await page(c, {
    title: textOf(c).title,
    actions: <NotificationActions hasUnread={unread !== null && unread.count > 0} />,
    body: <NotificationsPage {...list} />,
    partial: <NotificationList {...list} />,
  });
});

pages.post(`${PATH}/read`, async (c) => {
  await markAllRead(c.get("member"));
  return await done(c, { to: PATH, flash: textOf(c).allRead });
});

pages.get(`${PATH}/changes`, (c) => fragment(c, () => showChanges(c)));

pages.get(`${PATH}/:id`, async (c) => {
  if (c.req.method === "HEAD") return c.body(null); // a program that checks a link has read nothing
  return c.redirect(await openNotification(c.get("member"), c.req.param("id")), 303);
});

pages.post(`${PATH}/:id/read`, async (c) => {
  await markRead(c.get("member"), c.req.param("id"));
  const address = new URLSearchParams(shownList(c, PATH) ?? {});
  return await done(c, {
    to: address.size > 0 ? `${PATH}?${address}` : PATH,
    partial: () => showChanges(c),
  });
});

/** What changes on the page that the person sees. */
async function showChanges(c: Context<MemberEnv>) {
  const address = shownList(c, PATH);
  const [list, unread] = await Promise.all([
    address ? showList(c, address) : undefined,
    findUnread(c.get("member"), { isFresh: true }),
  ]);
  return <NotificationsChanged list={list} unread={unread} />;
}

async function showList(c: Context<MemberEnv>, address: Address): Promise<NotificationListProps> {
  const ctx = c.get("member");
  const query = readListAddress(address, NOTIFICATION_LIST);
  const { items, tabs, ...places } = await browseNotifications(ctx, query);
  const language = languageOf(localeOf(c));
  return {
    notifications: items.map(({ id, kind, data, createdAt, readAt }) => ({
      id,
      text: say(kind, data, language),
      createdAt,
      isUnread: readAt === null,
    })),
    pages: places,
    counts: tabs,
    view: { status: query.status ?? "all" },
    now: ctx.services.clock.now(),
  };
}

function textOf(c: Context<MemberEnv>) {
  return notificationText.of(localeOf(c));
}
