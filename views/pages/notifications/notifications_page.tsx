import { Button, ButtonLink } from "../../components/button.tsx";
import { NotificationList, type NotificationListProps } from "./notification_list.tsx";
import { notificationText } from "./text.ts";

/** `/notifications`: what the person was told. */
export function NotificationsPage(list: NotificationListProps) {
  return <NotificationList {...list} />;
}

/** The page's actions. */
export function NotificationActions({ hasUnread }: { hasUnread: boolean }) {
  const text = notificationText.use();
  return (
    <>
      <ButtonLink href="/account/notifications">{text.chooseNotifications}</ButtonLink>
      {hasUnread
        ? (
          <form method="post" action="/notifications/read">
            <Button icon="check">{text.markAllRead}</Button>
          </form>
        )
        : null}
    </>
  );
}
