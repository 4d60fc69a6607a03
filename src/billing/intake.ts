import { and, eq, lt, ne, sql } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { billingAccounts, billingEvents } from "../../db/control/schema/billing.ts";
import { systemActor } from "../access/actor.ts";
import { type SystemContext, systemContext } from "../context.ts";
import { after, DAY } from "../platform/clock.ts";
import { newId } from "../platform/ids.ts";
import type { Services } from "../ports.ts";
import type { GatewayEvent, GatewayName } from "./gateway/gateway.ts";
import { requestSync } from "./sync_request.ts";

/** The gateway's own dashboard has events for a shorter time. */
const BODIES_KEPT = 90 * DAY;

export type Received = "new" | "known" | "unknown_customer";

/**
 * Keeps an event of the gateway, and asks for a sync of its account. Nothing is read from the event but whom it is about: what
 * is true, sync asks the gateway. An event that comes again changes nothing.
 */
export async function receiveEvent(
  services: Services,
  gateway: GatewayName,
  { id, type, createdAt, customerId }: GatewayEvent,
  body: string,
): Promise<Received> {
  const ctx = systemContext(services, systemActor("Billing"), newId());
  return await ctx.tx(async (tx) => {
    const accountId = customerId === null ? undefined : await findAccountId(tx, gateway, customerId);
    const [added] = await tx.insert(billingEvents).values({
      id,
      gateway,
      type,
      accountId,
      body,
      createdAt,
      receivedAt: services.clock.now(),
    }).onConflictDoNothing().returning({ id: billingEvents.id });
    if (!added) return "known";
    if (accountId === undefined) return "unknown_customer";
    await requestSync(ctx, tx, await raiseGeneration(tx, accountId));
    return "new";
  });
}

/** Keeps a body that was signed and that we don't understand. PostgreSQL's texts have no NUL. */
export async function keepUnknown(ctx: SystemContext, gateway: GatewayName, body: string): Promise<void> {
  const now = ctx.services.clock.now();
  const kept = { body: body.replaceAll("\0", "\uFFFD"), createdAt: now, receivedAt: now };
  await ctx.control.insert(billingEvents).values({
    id: `unknown_${newId()}`,
    gateway,
    type: "unknown",
    ...kept,
  });
}

/** Deletes the bodies of old events, which name customers. That an event came stays in the account's story. */
export async function deleteOldBodies({ control, services }: SystemContext): Promise<void> {
  const before = after(services.clock.now(), -BODIES_KEPT);
  await control.update(billingEvents).set({ body: "" })
    .where(and(lt(billingEvents.receivedAt, before), ne(billingEvents.body, "")));
}

async function findAccountId(tx: ControlTx, gateway: GatewayName, customerId: string) {
  const [account] = await tx.select({ id: billingAccounts.id }).from(billingAccounts)
    .where(and(eq(billingAccounts.gateway, gateway), eq(billingAccounts.customerId, customerId)));
  return account?.id;
}

async function raiseGeneration(tx: ControlTx, id: string) {
  const [account] = await tx.update(billingAccounts)
    .set({ generation: sql`${billingAccounts.generation} + 1` }).where(eq(billingAccounts.id, id))
    .returning({ id: billingAccounts.id, generation: billingAccounts.generation });
  return account!;
}
