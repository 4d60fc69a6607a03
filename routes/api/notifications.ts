import { z } from "zod";
import {
  listNotifications,
  markRead,
  type Notification,
  NOTIFICATION_LIST,
} from "../../src/notifications/feed.ts";
import { notificationText } from "../../src/notifications/kind.ts";
import { ENGLISH } from "../../src/platform/wording.ts";
import { tenantUrl } from "../../src/tenancy/tenant.ts";
import { model } from "../operation_document.ts";
import { tenantResource } from "./audiences.ts";
import { requireAccessToken } from "./authentication.ts";

const notification = model("Notification", {
  id: z.uuid(),
  kind: z.string(),
  text: z.string(),
  data: z.record(z.string(), z.unknown()),
  /** A page of the workspace, for the person who was told. */
  link: z.url(),
  createdAt: z.iso.datetime(),
  readAt: z.iso.datetime().nullable(),
}, {
  id: "0198c0de-6b8f-7a4c-9e21-4f3b9d7c5f12",
  kind: "joined",
  text: "Ben Alvarez joined the workspace as member.",
  data: { user_id: "0198c0de-11f0-7a3c-8b5d-6e7f80910213", name: "Ben Alvarez", role: "member" },
  link: "https://acme.example.com/notifications/0198c0de-6b8f-7a4c-9e21-4f3b9d7c5f12",
  createdAt: "2026-03-02T09:00:00.000Z",
  readAt: null,
});

const notifications = tenantResource(
  "Notifications",
  "What the caller was told in the tenant, for 90 days. API keys have no notifications.",
);
export default notifications;

notifications.list("/notifications", {
  operationId: "listNotifications",
  summary: "List the caller's notifications",
  description: "Newest first. `link` leads a signed-in person to what it is about, and marks it as read.",
  guards: [requireAccessToken],
  list: NOTIFICATION_LIST,
  name: "NotificationList",
  item: notification,
  answer: "A page of notifications",
  run: async (ctx, query) => {
    const { items, nextCursor } = await listNotifications(ctx, query);
    const host = tenantUrl(ctx.services.config.appUrl, ctx.tenant);
    return { items: items.map((each) => toSent(each, host)), nextCursor };
  },
});

notifications.operation("post", "/notifications/{id}/read", {
  operationId: "readNotification",
  summary: "Mark a notification as read",
  guards: [requireAccessToken],
  answer: { status: 204, description: "The notification is read" },
  run: (ctx, { id }) => markRead(ctx, id),
});

function toSent({ kind, data, ...rest }: Notification, host: string) {
  return {
    ...rest,
    kind: kind.name,
    text: notificationText(kind, data, ENGLISH),
    data,
    link: `${host}/notifications/${rest.id}`,
  };
}
