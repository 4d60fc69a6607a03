import { and, asc, eq, inArray } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { type DELIVERY_STATUSES, webhookDeliveries } from "../../db/control/schema/webhooks.ts";
import type { TenantId } from "../../db/ids.ts";
import { notFound } from "../errors.ts";
import { isId } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import type { EndpointRow } from "./endpoint_rows.ts";

export const DELIVERY_NOT_FOUND = problem("webhook_delivery_not_found", "This delivery was not found.");

export type DeliveryStatus = typeof DELIVERY_STATUSES[number];

/** An event on its way to one endpoint. */
export type Delivery = typeof webhookDeliveries.$inferSelect;

/** A delivery that is to be attempted, with its endpoint and the exact bytes to send. */
export type Work = { delivery: Delivery; endpoint: EndpointRow; body: string };

/** Keeps what waits for an endpoint that was turned off, so that someone can send it again. Locks in the order of ids. */
export async function skipPending(tx: ControlTx, endpointId: string, now: Date): Promise<void> {
  const { id, status } = webhookDeliveries;
  const pending = tx.select({ id }).from(webhookDeliveries)
    .where(and(eq(webhookDeliveries.endpointId, endpointId), eq(status, "pending"))).orderBy(asc(id)).for(
      "update",
    );
  await tx.update(webhookDeliveries).set({ status: "skipped", nextAttemptAt: null, endedAt: now })
    .where(inArray(id, pending));
}

/** A tenant's delivery, locked until the transaction ends. Throws `not_found`. */
export async function lockDelivery(tx: ControlTx, tenantId: TenantId, id: string): Promise<Delivery> {
  if (!isId(id)) throw notFound(DELIVERY_NOT_FOUND);
  const [row] = await tx.select().from(webhookDeliveries)
    .where(and(eq(webhookDeliveries.tenantId, tenantId), eq(webhookDeliveries.id, id))).for("update");
  if (!row) throw notFound(DELIVERY_NOT_FOUND);
  return row;
}
