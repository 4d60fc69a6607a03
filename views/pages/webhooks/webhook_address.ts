import type { ListAddress } from "../../components/list/list_address.ts";

export const WEBHOOKS_PATH = "/developers/webhooks";

export type DeliveryView = { status: "all" | "pending" | "delivered" | "failed" | "skipped" };

/** The deliveries on a webhook's page. */
export function deliveriesOf(endpointId: string): ListAddress<DeliveryView> {
  return { path: `${WEBHOOKS_PATH}/${endpointId}`, defaults: { status: "all" } };
}

export function deliveryPath(id: string): string {
  return `${WEBHOOKS_PATH}/deliveries/${id}`;
}
