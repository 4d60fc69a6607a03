import type { ListAddress } from "../../components/list/list_address.ts";

export const NOTIFICATIONS_PATH = "/notifications";

export type NotificationView = { status: "all" | "unread" | "read" };

export const NOTIFICATIONS: ListAddress<NotificationView> = {
  path: NOTIFICATIONS_PATH,
  defaults: { status: "all" },
};

/** Marks the notification as read, and leads to what it is about. */
export function notificationPath(id: string): string {
  return `${NOTIFICATIONS_PATH}/${id}`;
}
