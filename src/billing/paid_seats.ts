import { and, eq, isNotNull, or, type SQL, sql } from "drizzle-orm";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { billingAccounts } from "../../db/control/schema/billing.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { describeError, logOf } from "../platform/log.ts";
import type { Services } from "../ports.ts";
import type { TenantId } from "../tenancy/tenant.ts";
import { currentSubscription, timeOf, toAccount } from "./accounts.ts";
import type { GatewaySubscription } from "./gateway/account.ts";
import { GATEWAY } from "./gateway/open.ts";
import { PLAN_VERSIONS, planOf } from "./plans.ts";
import type { Price } from "./prices.ts";
import { syncAccount } from "./sync.ts";

/** A plan that isn't priced per seat is one unit. */
const FLAT_SEATS = 1;

const log = logOf("billing");

/** How many units of the price a tenant pays for: its members, if the plan is priced per seat. */
export async function seatsFor(
  control: ControlDb | ControlTx,
  tenantId: TenantId,
  price: Price,
): Promise<number> {
  if (!isPerSeat(price)) return FLAT_SEATS;
  return await control.$count(memberships, eq(memberships.tenantId, tenantId));
}

/**
 * Brings the paid seats in step with the members, of each subscription that is priced per seat. A schedule calls it, so several changes
 * within minutes are one. A monthly subscription pays the difference with its next invoice, a yearly one immediately. Returns how many
 * subscriptions changed.
 */
export async function followMembers(services: Services): Promise<number> {
  const differs = seatsDiffer();
  if (!differs) return 0;
  const rows = await services.db.control.select().from(billingAccounts).where(differs);
  let changed = 0;
  for (const row of rows) {
    const account = toAccount(row);
    try {
      if (await changeSeats(services, account)) changed++;
    } catch (error) {
      log.error("the seats of an account were not changed", {
        accountId: account.id,
        ...describeError(error),
      });
    }
  }
  return changed;
}

async function changeSeats(services: Services, account: ReturnType<typeof toAccount>): Promise<boolean> {
  const { id, tenantId, generation } = account;
  const current = currentSubscription(account);
  if (!tenantId || !current?.price || !followsMembers(current)) return false;
  const gateway = services.use(GATEWAY);
  const seats = await seatsFor(services.db.control, tenantId, current.price);
  if (seats === current.seats || account.gateway !== gateway.name) return false;
  const order = { subscriptionId: current.id, seats, key: `seats ${current.id} ${generation} ${seats}` };
  if (current.price.cycle === "monthly") await gateway.changeSeats(order);
  else await gateway.change({ ...order, price: current.price, at: timeOf(account, services.clock) });
  await syncAccount(services, id);
  return true;
}

/** A failed payment is settled first, and a change that waits for its payment isn't replaced. */
function followsMembers({ price, status, pending, cancelAt }: GatewaySubscription): boolean {
  return price !== null && isPerSeat(price) && pending === null && cancelAt === null &&
    (status === "active" || status === "trialing");
}

function isPerSeat({ plan, version }: Pick<Price, "plan" | "version">): boolean {
  return planOf(plan, version).pricing === "per_seat";
}

/** The accounts that pay for another number of seats than the tenant has members. Undefined if no plan is priced per seat. */
function seatsDiffer(): SQL | undefined {
  const perSeat = PLAN_VERSIONS.filter(({ pricing }) => pricing === "per_seat");
  if (perSeat.length === 0) return undefined;
  const { tenantId, subscriptionId, plan, planVersion, seats } = billingAccounts;
  const members = sql`(select count(*) from ${memberships} where ${memberships.tenantId} = ${tenantId})`;
  return and(
    isNotNull(tenantId),
    isNotNull(subscriptionId),
    or(...perSeat.map((one) => and(eq(plan, one.key), eq(planVersion, one.version)))),
    sql`${seats} is distinct from ${members}`,
  );
}
