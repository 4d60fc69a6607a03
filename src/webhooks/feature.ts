import { sql } from "drizzle-orm";
import { adoption } from "../analytics/platform/adoption.ts";
import { feature } from "../feature.ts";
import { DELIVER } from "./deliver.ts";
import { DELIVERY_BATCHES } from "./delivery_batches.ts";
import { WEBHOOK_DISABLED_EMAIL, WEBHOOK_FAILING_EMAIL } from "./emails.ts";
import { SEALED_COLUMNS } from "./endpoint_rows.ts";
import { EVENTS } from "./events.ts";
import { FAN_OUT_EVENT } from "./fan_out.ts";
import { WEBHOOK_OFF } from "./notifications.ts";
import { WEBHOOKS, WEBHOOKS_MANAGE } from "./permissions.ts";
import { RESOLVER } from "./target.ts";

export default feature("webhooks", {
  label: "Webhooks",
  permissions: [WEBHOOKS_MANAGE],
  planFeatures: [WEBHOOKS],
  events: EVENTS,
  emails: [WEBHOOK_FAILING_EMAIL, WEBHOOK_DISABLED_EMAIL],
  notificationKinds: [WEBHOOK_OFF],
  jobs: [FAN_OUT_EVENT, DELIVER],
  parts: [RESOLVER, DELIVERY_BATCHES],
  sealed: SEALED_COLUMNS,
  adoptions: [
    adoption("webhooks", {
      label: "Webhooks",
      tenants: sql`select tenant_id from control.webhook_endpoints where status = 'active'`,
    }),
  ],
});
