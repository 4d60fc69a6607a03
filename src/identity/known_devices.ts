import { and, eq } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { knownDevices } from "../../db/control/schema/identity.ts";
import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { sendEmail } from "../email/email.ts";
import { newId } from "../platform/ids.ts";
import { parseUserAgent } from "../platform/user_agent.ts";
import type { Device } from "./credentials.ts";
import { NEW_DEVICE } from "./emails.ts";

/** Notes that a user signs in with a kind of browser that they have used before. Returns nothing for another kind. */
export function touchDevice(tx: ControlTx, userId: UserId, device: Device, now: Date) {
  return tx.update(knownDevices).set({ lastSeenAt: now })
    .where(and(eq(knownDevices.userId, userId), eq(knownDevices.browser, nameOf(device))))
    .returning({ id: knownDevices.id });
}

/** Emails a user who signs in with another kind of browser than before. The first one is no news. */
export async function noticeNewDevice(
  ctx: SystemContext,
  tx: ControlTx,
  userId: UserId,
  device: Device,
): Promise<void> {
  const now = ctx.services.clock.now();
  const others = await tx.$count(knownDevices, eq(knownDevices.userId, userId));
  const values = { id: newId(), userId, browser: nameOf(device), createdAt: now, lastSeenAt: now };
  await tx.insert(knownDevices).values(values).onConflictDoNothing();
  if (others > 0) await sendEmail(ctx, tx, NEW_DEVICE, { userId, ...device });
}

/** Forgets a user's browsers, which may be a stranger's. */
export async function forgetDevices(tx: ControlTx, userId: UserId): Promise<void> {
  await tx.delete(knownDevices).where(eq(knownDevices.userId, userId));
}

function nameOf({ userAgent }: Device): string {
  const { browser, system } = parseUserAgent(userAgent);
  return `${browser ?? "Unknown browser"} on ${system ?? "an unknown system"}`;
}
