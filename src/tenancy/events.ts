import { z } from "zod";
import { anonymousEvent, platformEvent } from "../events/event.ts";
import { type WebhookData, webhookData } from "../events/webhook_data.ts";
import type { Tenant } from "./tenant.ts";

type Named = Pick<Tenant, "id" | "name">;

const sentTenant = z.object({
  id: z.uuid(),
  name: z.string(),
  status: z.enum(["active", "suspended"]),
});

export const TENANT_CREATED = platformEvent<Named>("tenant.created", {
  sentence: "created the workspace {name}",
});
export const TENANT_RENAMED = platformEvent<Named>("tenant.renamed", {
  sentence: "renamed the workspace from {from} to {to}",
});
export const TENANT_MOVED = platformEvent<Named>("tenant.moved", {
  sentence: "moved the workspace from {from} to {to}",
});
export const TENANT_REBRANDED = platformEvent<Named>("tenant.rebranded", {
  sentence: "changed the brand of {name}",
});
export const TENANT_SECURITY_CHANGED = platformEvent<Named>("tenant.security_changed", {
  sentence: "changed the sign-in rules of {name}",
});
export const TENANT_API_CHANGED = platformEvent<Named>("tenant.api_changed", {
  sentence: "changed which websites may call the API of {name}",
});
export const TENANT_TIME_ZONE_CHANGED = platformEvent<Named>("tenant.time_zone_changed", {
  sentence: "changed the time zone of {name} from {from} to {to}",
});
export const TENANT_SUSPENDED = platformEvent<Named>("tenant.suspended", {
  sentence: "suspended the workspace {name}: {reason}",
  webhook: tenantData("The workspace was suspended. Sent once it is resumed.", "suspended"),
});
export const TENANT_RESUMED = platformEvent<Named>("tenant.resumed", {
  sentence: "resumed the workspace {name}",
  webhook: tenantData("The workspace was resumed.", "active"),
});
export const TENANT_DELETION_SCHEDULED = platformEvent<Named>("tenant.deletion_scheduled", {
  sentence: "scheduled the deletion of {name}",
});
export const TENANT_DELETION_CANCELED = platformEvent<Named>("tenant.deletion_canceled", {
  sentence: "canceled the deletion of {name}",
});
export const TENANT_DELETED = anonymousEvent("tenant.deleted", { sentence: "deleted a workspace" });

export const EVENTS = [
  TENANT_CREATED,
  TENANT_RENAMED,
  TENANT_MOVED,
  TENANT_REBRANDED,
  TENANT_SECURITY_CHANGED,
  TENANT_API_CHANGED,
  TENANT_TIME_ZONE_CHANGED,
  TENANT_SUSPENDED,
  TENANT_RESUMED,
  TENANT_DELETION_SCHEDULED,
  TENANT_DELETION_CANCELED,
  TENANT_DELETED,
];

function tenantData(description: string, status: z.output<typeof sentTenant>["status"]): WebhookData<Named> {
  return webhookData<Named, typeof sentTenant>({
    description,
    permission: null,
    schema: sentTenant,
    sample: { id: "0198c0de-5c6d-7e7f-8091-a2b3c4d5e6f7", name: "Northwind", status },
    of: ({ id, name }) => ({ id, name, status }),
  });
}
