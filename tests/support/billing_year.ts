import { eq } from "drizzle-orm";
import {
  billingAccounts,
  billingEvents,
  billingInvoices,
  billingMovements,
} from "../../db/control/schema/billing.ts";
import { refundInvoice, setOverrideByStaff } from "../../src/billing/staff.ts";
import { after, DAY, HOUR } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { findAccount } from "../../src/billing/accounts.ts";
import type { Company, World } from "./world.ts";

type Kind = typeof billingMovements.$inferInsert.kind;

const MONTH = 30 * DAY;
const PRICES = [2_900, 9_900, 2_417, 8_250];

/**
 * A year of other workspaces' subscriptions, for the charts of the back office: each month more come than go. One workspace owes money, one's trial
 * ends soon, and one lags.
 */
export async function addBillingYear(world: World): Promise<void> {
  for (let month = 12; month >= 0; month--) {
    const coming = 3 + (12 - month) % 4 + Math.floor((12 - month) / 3);
    for (let number = 0; number < coming; number++) await addLife(world, month, number);
  }
  await addPastDue(world);
  await addEndingTrial(world);
  await addLagging(world);
}

/** A refund and an override by staff, for the story of a paying company. */
export async function helpByHand(world: World, { tenant }: Company): Promise<void> {
  const ctx = await openTenant(world.system, tenant.id);
  const account = (await findAccount(world.system.control, tenant.id))!;
  const [invoice] = await world.system.control.select().from(billingInvoices)
    .where(eq(billingInvoices.accountId, account.id));
  const reason = "The export was down for two days in November. Agreed with Imogen on the phone.";
  await refundInvoice(ctx, invoice!.id, { amount: "20.00", reason, key: newId() });
  const until = after(world.clock.now(), 2 * MONTH);
  await setOverrideByStaff(ctx, { key: "projects", value: "800", until, reason, form: newId() });
}

async function addLife(world: World, month: number, number: number): Promise<void> {
  const now = world.clock.now();
  const start = after(now, -month * MONTH - number * 3 * DAY - 4 * HOUR);
  const revenue = PRICES[(month + number) % PRICES.length]!;
  const pays = number % 3 !== 2 && !(month > 2 && number === 1);
  const plan = revenue === 2_900 || revenue === 2_417 ? "team" as const : "premium" as const;
  const paid = { plan, currency: "usd", monthlyRevenue: revenue } as const;
  const accountId = await addAccount(world, pays ? paid : {});
  const lives: [Kind, Date, number, number][] = [["trial_started", after(start, -14 * DAY), 0, 0]];
  if (number % 3 === 2) lives.push(["trial_ended", start, 0, 0]);
  else {
    lives.push(["subscribed", start, 0, revenue]);
    if (month % 3 === number % 3) lives.push(["payment_failed", after(start, MONTH), revenue, revenue]);
    if (month % 6 === number % 6) {
      lives.push(["payment_recovered", after(start, MONTH + DAY), revenue, revenue]);
    }
    if (month > 2 && number === 1) lives.push(["canceled", after(start, 2 * MONTH), revenue, 0]);
  }
  await world.system.control.insert(billingMovements).values(
    lives.filter(([, at]) => at <= now).map(([kind, at, revenueBefore, revenueAfter]) => ({
      id: newId(),
      accountId,
      kind,
      planBefore: revenueBefore > 0 ? plan : "starter" as const,
      planAfter: revenueAfter > 0 ? plan : "starter" as const,
      revenueBefore,
      revenueAfter,
      currency: "usd",
      at,
    })),
  );
}

async function addPastDue(world: World): Promise<void> {
  const now = world.clock.now();
  const { tenant } = await world.company("ravine", "Ravine Outfitters", undefined, "starter");
  const accountId = await addAccount(world, {
    tenantId: tenant.id,
    plan: "team",
    monthlyRevenue: 2_900,
    currency: "usd",
    status: "past_due",
    pastDueSince: after(now, -9 * DAY - HOUR),
  });
  await world.system.control.insert(billingInvoices).values({
    id: newId(),
    accountId,
    gatewayId: "in_ravine_1",
    number: "RAVINE-0007",
    status: "open",
    currency: "usd",
    total: 2_900,
    amountDue: 2_900,
    amountPaid: 0,
    amountRefunded: 0,
    periodStart: after(now, -9 * DAY),
    periodEnd: after(now, 21 * DAY),
    lines: [],
    createdAt: after(now, -9 * DAY),
  });
}

async function addEndingTrial(world: World): Promise<void> {
  const { tenant } = await world.company("lumen", "Lumen & Daughters", undefined, "starter");
  const trialEndsAt = after(world.clock.now(), 4 * DAY);
  await addAccount(world, { tenantId: tenant.id, trialPlan: "premium", trialEndsAt });
}

async function addLagging(world: World): Promise<void> {
  const receivedAt = after(world.clock.now(), -HOUR);
  const { tenant } = await world.company("harbor", "Harbor Freight Desk", undefined, "starter");
  const accountId = await addAccount(world, { tenantId: tenant.id, generation: 2, syncedGeneration: 1 });
  await world.system.control.insert(billingEvents).values({
    id: "evt_harbor",
    gateway: "sandbox",
    type: "invoice.paid",
    accountId,
    body: "{}",
    createdAt: receivedAt,
    receivedAt,
  });
}

async function addAccount(
  world: World,
  columns: Partial<typeof billingAccounts.$inferInsert> = {},
): Promise<string> {
  const now = world.clock.now();
  const id = newId();
  await world.system.control.insert(billingAccounts)
    .values({ id, gateway: "sandbox", ...columns, createdAt: now, updatedAt: now });
  return id;
}
