import { UnreadMark, type UnreadMarkProps } from "../../layouts/unread_mark.tsx";
import { NotificationList, type NotificationListProps } from "./notification_list.tsx";

/** Updates the page after something was read, or told: the list, if the page shows it, and the count beside the link. */
export function NotificationsChanged(
  { list, unread }: { list?: NotificationListProps; unread: UnreadMarkProps | null },
) {
  return (
    <>
      {list
        ? (
          <hx-partial hx-target="#notification-list" hx-swap="outerMorph">
            <NotificationList {...list} />
          </hx-partial>
        )
        : null}
      {unread
        ? (
          <hx-partial hx-target="#unread" hx-swap="outerHTML">
            <UnreadMark {...unread} />
          </hx-partial>
        )
        : null}
    </>
  );
}
