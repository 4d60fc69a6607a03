import type { ControlTx } from "../../../db/connection/with_tenant.ts";
import { billingNotices } from "../../../db/control/schema/billing.ts";
import type { TenantContext } from "../../context.ts";
import { publish } from "../../events/publish.ts";
import { logSchemaOf } from "../../tenancy/admission.ts";
import { emailOwners } from "../../tenancy/owners.ts";
import { type BillingAccount, ensureAccount } from "../accounts.ts";
import { LIMIT_NEAR_EMAIL, LIMIT_REACHED_EMAIL } from "../emails.ts";
import { USAGE_LIMIT_NEAR, USAGE_LIMIT_REACHED } from "../events.ts";
import { GATEWAY } from "../gateway/open.ts";
import type { Meter } from "../meter.ts";
import { termsOf } from "./terms.ts";
import { totalOf } from "./totals.ts";

const NEAR = 0.8;

/** Tells once in a period that 80 % and that all of what the plan includes is used, in the transaction that used it. */
export async function noteThresholds(
  ctx: TenantContext,
  tx: ControlTx,
  { account, now, meters }: { account: BillingAccount | null; now: Date; meters: readonly Meter[] },
): Promise<void> {
  const { tenant, services, system } = ctx;
  for (const meter of meters) {
    const { included, period } = termsOf({ account, tenant, meter, now });
    if (!included) continue;
    const used = await totalOf(tx, tenant.id, meter.key, period);
    if (used < included * NEAR) continue;
    const kind = used >= included ? "reached" : "near";
    const { id } = account ??
      await ensureAccount(tx, { tenantId: tenant.id, gateway: services.use(GATEWAY).name, now });
    const key = `usage_${kind} ${meter.key} ${period.start.toISOString()}`;
    const [first] = await tx.insert(billingNotices).values({ accountId: id, key, sentAt: now })
      .onConflictDoNothing().returning({ key: billingNotices.key });
    if (!first) continue;
    const email = kind === "reached" ? LIMIT_REACHED_EMAIL : LIMIT_NEAR_EMAIL;
    await emailOwners(
      system,
      tx,
      tenant.id,
      email,
      (userId) => ({ userId, plan: tenant.plan, metric: meter.key }),
    );
    const row = { id, name: meter.label.english, metric: meter.key, limit: included, used };
    const schema = await logSchemaOf(services, tx, tenant);
    const event = kind === "reached" ? USAGE_LIMIT_REACHED : USAGE_LIMIT_NEAR;
    await publish(system, tx, event, { after: row, schema });
  }
}
