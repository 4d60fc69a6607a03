import { eq } from "drizzle-orm";
import { z } from "zod";
import { notifications } from "../../db/control/schema/notifications.ts";
import type { UserId } from "../access/actor.ts";
import { job, tenantOf } from "../outbox/job.ts";
import { idSchema } from "../platform/ids.ts";
import { sendText } from "../text_messages/send_text.ts";
import { readTold } from "./told.ts";

/** Texts a notification to the phone that the person used last as a second factor. */
export const TEXT_NOTIFICATION = job("notifications.text", {
  queue: "email",
  payload: z.object({ userId: idSchema<UserId>(), notificationId: z.uuid() }),
  run: async (run, { userId, notificationId }) => {
    const ctx = tenantOf(run);
    const [item] = await readTold(ctx, userId, eq(notifications.id, notificationId));
    if (!item) return;
    const text = `${ctx.tenant.name}: ${item.text} ${item.url}`;
    await ctx.system.tx((tx) => sendText(ctx.system, tx, { userId, tenantId: ctx.tenant.id, text }));
  },
});
