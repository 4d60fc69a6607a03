import { and, eq, ne } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { pushSubscriptions } from "../../db/control/schema/web_push.ts";
import type { UserId } from "../access/actor.ts";
import { job, tenantOf } from "../outbox/job.ts";
import { enqueueAll } from "../outbox/outbox.ts";
import { idOfText, idSchema } from "../platform/ids.ts";
import { DELIVER_PUSH } from "./deliver.ts";
import { findReachable } from "./reachable.ts";
import { publicKeyOf } from "./vapid.ts";

/**
 * Makes a message one delivery for each of the person's browsers. A repeated run adds none. A tenant's own SQL can enqueue it, but
 * can't seal a message.
 */
export const NOTIFY_BY_PUSH = job("web_push.notify", {
  queue: "webhooks",
  byTenants: true,
  payload: z.object({ userId: idSchema<UserId>(), message: z.string(), until: z.iso.datetime() }),
  run: async (run, { userId, message, until }) => {
    const ctx = tenantOf(run);
    const { system, tenant } = ctx;
    const publicKey = await publicKeyOf(ctx);
    await system.tx(async (tx) => {
      await deleteOfOtherKeys(tx, userId, publicKey);
      const browsers = await findReachable(ctx, tx, eq(pushSubscriptions.userId, userId));
      const jobs = browsers.map(({ id, endpoint }) => ({
        payload: { subscriptionId: id, message, until },
        key: `${run.id} ${id}`,
        // A push service that is slow for one tenant holds up neither webhooks nor other tenants.
        partition: idOfText(`${tenant.id} ${new URL(endpoint).host}`),
        tenantId: tenant.id,
      }));
      if (jobs.length > 0) await enqueueAll(system, tx, DELIVER_PUSH, jobs);
    });
  },
});

/** Browsers refuse messages of another key than the one that they were subscribed with. */
async function deleteOfOtherKeys(tx: ControlTx, userId: UserId, vapidKey: string): Promise<void> {
  await tx.delete(pushSubscriptions)
    .where(and(eq(pushSubscriptions.userId, userId), ne(pushSubscriptions.vapidKey, vapidKey)));
}
