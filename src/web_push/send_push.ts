import type { ControlTx, TenantTx } from "../../db/connection/with_tenant.ts";
import type { UserId } from "../access/actor.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { enqueueAll } from "../outbox/outbox.ts";
import { after, HOUR } from "../platform/clock.ts";
import type { TenantId } from "../tenancy/tenant.ts";
import { type PushMessage, sealMessage } from "./message.ts";
import { NOTIFY_BY_PUSH } from "./notify.ts";

/** For how long a message is sent again if a push service fails. */
const TRIED_FOR = 12 * HOUR;

/** A message for a member of a tenant. In a tenant's context, the tenant is its own. */
export type PushTo = PushMessage & { userId: UserId; tenantId?: TenantId };

/**
 * Sends a notification to all browsers in which a member of the tenant turned notifications on, once the transaction commits.
 * Reaches nobody who isn't a member by then.
 */
export async function sendPush(
  ctx: TenantContext | SystemContext,
  tx: TenantTx | ControlTx,
  message: PushTo,
): Promise<void> {
  await sendPushes(ctx, tx, [message]);
}

/** Like `sendPush`, for several people in one statement. */
export async function sendPushes(
  ctx: TenantContext | SystemContext,
  tx: TenantTx | ControlTx,
  messages: PushTo[],
): Promise<void> {
  if (messages.length === 0) return;
  const until = after(ctx.services.clock.now(), TRIED_FOR).toISOString();
  const jobs = messages.map(({ userId, tenantId, ...message }) => ({
    payload: { userId, message: sealMessage(ctx.services, message), until },
    tenantId,
  }));
  await enqueueAll(ctx, tx, NOTIFY_BY_PUSH, jobs);
}
