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

/** Emails a user who signs in with another kind of browser than before. The first one is no news. */
export async function noticeDevice(
  ctx: SystemContext,
  tx: ControlTx,
  userId: UserId,
  device: Device,
): Promise<void> {
  const now = ctx.services.clock.now();
  const browser = nameOf(device);
  const isUsers = eq(knownDevices.userId, userId);
  const seen = await tx.update(knownDevices).set({ lastSeenAt: now })
    .where(and(isUsers, eq(knownDevices.browser, browser))).returning({ id: knownDevices.id });
  if (seen.length > 0) return;
  const others = await tx.$count(knownDevices, isUsers);
  const values = { id: newId(), userId, browser, createdAt: now, lastSeenAt: now };
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
