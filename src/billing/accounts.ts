import { eq } from "drizzle-orm";
import { z } from "zod";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { billingAccounts } from "../../db/control/schema/billing.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { notFound } from "../errors.ts";
import { after, type Clock, SECOND } from "../platform/clock.ts";
import { newId } from "../platform/ids.ts";
import { type TenantId, WORKSPACE_NOT_FOUND } from "../tenancy/tenant.ts";
import type { GatewayAccount, GatewaySubscription, SubscriptionStatus } from "./gateway/account.ts";
import type { GatewayName } from "./gateway/gateway.ts";

type Row = typeof billingAccounts.$inferSelect;

/** A tenant's account with the gateway. `snapshot` is what the gateway said at the last sync, or null before. */
export type BillingAccount = Omit<Row, "snapshot"> & { snapshot: GatewayAccount | null };

/** The statuses in which a subscription is in force, in groups, the best first. An incomplete one has never been paid. */
const IN_FORCE: readonly (readonly SubscriptionStatus[])[] = [
  ["active", "trialing"],
  ["past_due"],
  ["unpaid"],
  ["paused"],
];

export function isInForce({ status, endedAt }: Pick<GatewaySubscription, "status" | "endedAt">): boolean {
  return rankOf(status) !== -1 && endedAt === null;
}

/**
 * The subscriptions in force, the one that counts first: by status, and of equal ones the oldest. The gateway lists the newest
 * first.
 */
export function inForce({ subscriptions }: GatewayAccount): GatewaySubscription[] {
  return subscriptions.filter(isInForce).toReversed().toSorted((one, other) =>
    rankOf(one.status) - rankOf(other.status) || one.createdAt.getTime() - other.createdAt.getTime()
  );
}

function rankOf(status: SubscriptionStatus): number {
  return IN_FORCE.findIndex((statuses) => statuses.includes(status));
}

/** The subscription that counts. Null if none is in force. */
export function currentSubscription(
  { snapshot }: Pick<BillingAccount, "snapshot">,
): GatewaySubscription | null {
  return (snapshot && inForce(snapshot)[0]) ?? null;
}

/** The time on the account's clock. The sandbox's clocks can be ahead. */
export function timeOf({ clockAhead }: Pick<BillingAccount, "clockAhead">, clock: Clock): Date {
  return after(clock.now(), clockAhead * SECOND);
}

/** The tenant's account. Null if it never had anything to do with billing. */
export async function findAccount(
  control: ControlDb | ControlTx,
  tenantId: string,
): Promise<BillingAccount | null> {
  const [row] = await control.select().from(billingAccounts).where(
    eq(billingAccounts.tenantId, tenantId as TenantId),
  );
  return row ? toAccount(row) : null;
}

/** The account, locked until the transaction ends. Notices and movements can still refer to it, so reports of usage don't wait. */
export async function lockAccount(tx: ControlTx, id: string): Promise<BillingAccount | null> {
  const [row] = await tx.select().from(billingAccounts).where(eq(billingAccounts.id, id)).for(
    "no key update",
  );
  return row ? toAccount(row) : null;
}

/**
 * The tenant's account, locked until the transaction ends. Creates it if there is none. A plan that the tenant had without an account
 * was given by the platform, so it becomes a grant without an end.
 */
export async function ensureAccount(
  tx: ControlTx,
  { tenantId, gateway, now }: { tenantId: TenantId; gateway: GatewayName; now: Date },
): Promise<BillingAccount> {
  const known = await lockOf(tx, tenantId);
  if (known) return known;
  const [tenant] = await tx.select({ plan: tenants.plan, version: tenants.planVersion }).from(tenants)
    .where(eq(tenants.id, tenantId));
  if (!tenant) throw notFound(WORKSPACE_NOT_FOUND);
  const grant = tenant.plan === "starter"
    ? {}
    : { grantedPlan: tenant.plan, grantedPlanVersion: tenant.version };
  await tx.insert(billingAccounts)
    .values({ id: newId(), tenantId, gateway, ...grant, createdAt: now, updatedAt: now })
    .onConflictDoNothing();
  return (await lockOf(tx, tenantId))!;
}

async function lockOf(tx: ControlTx, tenantId: TenantId): Promise<BillingAccount | null> {
  const [row] = await tx.select().from(billingAccounts).where(eq(billingAccounts.tenantId, tenantId))
    .for("no key update");
  return row ? toAccount(row) : null;
}

export function toAccount({ snapshot, ...row }: Row): BillingAccount {
  return { ...row, snapshot: snapshot === null ? null : readSnapshot(snapshot) };
}

const TIMES = /At$|End$|Start$|^at$/;

/** The snapshot's times are text in the database. */
function readSnapshot(stored: unknown): GatewayAccount {
  return JSON.parse(
    JSON.stringify(stored),
    (name, value) =>
      TIMES.test(name) && typeof value === "string" && z.iso.datetime().safeParse(value).success
        ? new Date(value)
        : value,
  );
}
