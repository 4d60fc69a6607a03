import { and, eq } from "drizzle-orm";
import type { ControlTx } from "../../../db/connection/with_tenant.ts";
import { billingNotices } from "../../../db/control/schema/billing.ts";
import type { TenantContext } from "../../context.ts";
import { publish } from "../../events/publish.ts";
import { logSchemaOf } from "../../tenancy/admission.ts";
import { emailOwners } from "../../tenancy/owners.ts";
import { type BillingAccount, ensureAccount } from "../accounts.ts";
import type { Period } from "../calendar.ts";
import { LIMIT_NEAR_EMAIL, LIMIT_REACHED_EMAIL } from "../emails.ts";
import { USAGE_LIMIT_NEAR, USAGE_LIMIT_REACHED } from "../events.ts";
import { GATEWAY } from "../gateway/open.ts";
import type { Meter } from "../meter.ts";
import { termsOf } from "./terms.ts";
import { totalOf } from "./totals.ts";

const NEAR = 0.8;

/** What was used of a metric in a period. `isTold` says whether people were told that it reached what is included. */
type Standing = { meter: Meter; included: number; period: Period; used: number; isTold: boolean };
type Now = { account: BillingAccount | null; now: Date };

/** Where the tenant stands with each metric that has an allowance. Sends its queries without waiting in between. */
export async function readStandings(
  { tenant }: TenantContext,
  tx: ControlTx,
  { account, now, meters }: Now & { meters: readonly Meter[] },
): Promise<Standing[]> {
  const standings = meters.map(async (meter): Promise<Standing[]> => {
    const { included, period } = termsOf({ account, tenant, meter, now });
    if (!included) return [];
    const [used, isTold] = await Promise.all([
      totalOf(tx, tenant.id, meter.key, period),
      account !== null && hasNotice(tx, account.id, keyOf("reached", { meter, period })),
    ]);
    return [{ meter, included, period, used, isTold }];
  });
  return (await Promise.all(standings)).flat();
}

/** Tells once in a period that 80 % and that all of what the plan includes is used, in the transaction that used it. */
export async function noteThresholds(
  ctx: TenantContext,
  tx: ControlTx,
  { account, now, standings }: Now & { standings: readonly Standing[] },
): Promise<void> {
  const { tenant, services, system } = ctx;
  for (const { meter, included, period, used, isTold } of standings) {
    if (used < included * NEAR || isTold) continue;
    const kind = used >= included ? "reached" : "near";
    const { id } = account ??
      await ensureAccount(tx, { tenantId: tenant.id, gateway: services.use(GATEWAY).name, now });
    const key = keyOf(kind, { meter, period });
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

function keyOf(kind: "near" | "reached", { meter, period }: Pick<Standing, "meter" | "period">): string {
  return `usage_${kind} ${meter.key} ${period.start.toISOString()}`;
}

async function hasNotice(tx: ControlTx, accountId: string, key: string): Promise<boolean> {
  const isIt = and(eq(billingNotices.accountId, accountId), eq(billingNotices.key, key));
  return (await tx.select({ key: billingNotices.key }).from(billingNotices).where(isIt)).length > 0;
}
