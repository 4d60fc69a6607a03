import { eq } from "drizzle-orm";
import { z } from "zod";
import { notifications } from "../../db/control/schema/notifications.ts";
import type { UserId } from "../access/actor.ts";
import { job, tenantOf } from "../outbox/job.ts";
import { idSchema } from "../platform/ids.ts";
import { sendPush } from "../web_push/send_push.ts";
import { readTold } from "./told.ts";

/** Shows a notification on the devices on which the person turned notifications on. */
export const PUSH_NOTIFICATION = job("notifications.push", {
  queue: "webhooks",
  payload: z.object({ userId: idSchema<UserId>(), notificationId: z.uuid() }),
  run: async (run, { userId, notificationId }) => {
    const ctx = tenantOf(run);
    const [item] = await readTold(ctx, userId, eq(notifications.id, notificationId));
    if (!item) return;
    const message = {
      userId,
      tenantId: ctx.tenant.id,
      title: ctx.tenant.name,
      body: item.text,
      path: `/notifications/${notificationId}`,
      tag: notificationId,
    };
    await ctx.system.tx((tx) => sendPush(ctx.system, tx, message));
  },
});
