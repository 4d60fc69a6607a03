import { eq } from "drizzle-orm";
import assert from "node:assert/strict";
import { billingAccounts, billingInvoices, billingMovements } from "../../db/control/schema/billing.ts";
import { auditLog } from "../../db/tenant/schema/audit.ts";
import { outbox } from "../../db/control/schema/outbox.ts";
import { findAccount } from "../../src/billing/accounts.ts";
import { settleDueAccounts } from "../../src/billing/due_accounts.ts";
import { testCard } from "../../src/billing/engine/cards.ts";
import type { Card, Coupon } from "../../src/billing/engine/state.ts";
import { grantPlan } from "../../src/billing/grants.ts";
import { sandboxOf } from "../../src/billing/gateway/open.ts";
import type { SandboxGateway } from "../../src/billing/gateway/sandbox/sandbox.ts";
import { type Plan, PLAN_VERSIONS } from "../../src/billing/plans.ts";
import { orderPlan, type SubscriptionInput } from "../../src/billing/subscription.ts";
import { syncAccount } from "../../src/billing/sync.ts";
import { reportUsage } from "../../src/billing/usage/reports.ts";
import type { MemberContext } from "../../src/context.ts";
import { DAY, HOUR } from "../../src/platform/clock.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import type { Company, World } from "./world.ts";

export const GOOD_CARD = "4242 4242 4242 4242";
export const CONFIRMED_CARD = "4000 0025 0000 3155";
export const FAILS_LATER = "4000 0000 0000 0341";

export function card(number: string): Card {
  return testCard(number, { expiryMonth: 12, expiryYear: 2040 })!;
}

/** Adds a version of a plan for a test. */
export function sell(plan: Plan): Disposable {
  const versions = PLAN_VERSIONS as Plan[];
  versions.push(plan);
  return { [Symbol.dispose]: () => void versions.splice(versions.indexOf(plan), 1) };
}

/** A coupon that stays. */
export function percentOff(percent: number): Coupon {
  return { off: { percent }, duration: "forever", endsAt: null };
}

/** A workspace on Starter with its owner, and what happens to its billing on the sandbox. */
export class Customer {
  private constructor(readonly world: World, readonly company: Company) {}

  static async open(world: World, subdomain = "acme"): Promise<Customer> {
    return new Customer(world, await world.company(subdomain, undefined, undefined, "starter"));
  }

  /** A workspace that has a plan by grant, and gives it back. */
  static async of(world: World, company: Company): Promise<Customer> {
    const { tenant } = company;
    await grantPlan(await openTenant(world.system, tenant.id), { plan: "starter", until: null });
    return new Customer(world, company);
  }

  get sandbox(): SandboxGateway {
    return sandboxOf(this.world.services)!;
  }

  /** The owner's context with the tenant as it is now. */
  async ctx(): Promise<MemberContext> {
    const { tenant } = await openTenant(this.world.system, this.company.tenant.id);
    return this.world.acting(tenant, this.company.owner, "owner");
  }

  async account() {
    return (await findAccount(this.world.system.control, this.company.tenant.id))!;
  }

  /** Opens a checkout. Returns its id. */
  async checkout(input: Partial<SubscriptionInput> = {}): Promise<string> {
    const ordered = await orderPlan(await this.ctx(), { plan: "team", billingCycle: "monthly", ...input });
    assert.ok("checkoutUrl" in ordered, "the order needs no checkout");
    return ordered.checkoutUrl.split("/").at(-1)!;
  }

  /** Orders a plan and pays it with a test card. */
  async buy(number = GOOD_CARD, input: Partial<SubscriptionInput> = {}) {
    const payment = await this.sandbox.payCheckout(await this.checkout(input), card(number));
    await this.sync();
    return payment;
  }

  async sync(): Promise<void> {
    const account = await this.account();
    await syncAccount(this.world.services, account.id);
  }

  /** Lets time pass, an hour before and after each day, as the schedules see it. */
  async pass(days: number): Promise<void> {
    for (let day = 0; day < days; day++) {
      this.world.clock.advance(DAY);
      const [account] = await this.world.system.control.select().from(billingAccounts)
        .where(eq(billingAccounts.tenantId, this.company.tenant.id));
      if (account?.customerId) await syncAccount(this.world.services, account.id);
      await settleDueAccounts(this.world.services);
    }
    this.world.clock.advance(HOUR);
  }

  /** Sends the gateway what of the usage it doesn't know, as the hourly job does. Returns how many hours that were. */
  async reportUsage(): Promise<number> {
    const { id } = await this.account();
    return await reportUsage(this.world.system, id);
  }

  /** The billing emails that were sent, in order, without their prefix. */
  async emails(): Promise<string[]> {
    const rows = await this.world.system.control.select({ name: outbox.name }).from(outbox).orderBy(
      outbox.id,
    );
    return rows.filter(({ name }) => name.startsWith("email.billing_"))
      .map(({ name }) => name.replace("email.billing_", ""));
  }

  async movements(): Promise<string[]> {
    const { id } = await this.account();
    const rows = await this.world.system.control.select({ kind: billingMovements.kind }).from(
      billingMovements,
    )
      .where(eq(billingMovements.accountId, id)).orderBy(billingMovements.id);
    return rows.map(({ kind }) => kind);
  }

  async plan(): Promise<string> {
    return (await this.ctx()).tenant.plan;
  }

  /** The actions of the workspace's audit log about billing, oldest first. */
  async logged(): Promise<string[]> {
    const { ctx } = this.company;
    const [lines] = await ctx.read((tx) => [
      tx.select({ action: auditLog.action }).from(auditLog).orderBy(auditLog.sequence),
    ]);
    return lines.map(({ action }) => action).filter((action) =>
      /^(subscription|invoice|trial|plan)\./.test(action)
    );
  }
}

/** What the billing pages and the sandbox's own pages show. */
export type BillingScene = {
  invoiceId: string;
  customerId: string;
  /** An open checkout, and an invoice that waits for a confirmation, of another workspace. */
  checkoutId: string;
  unconfirmedId: string;
};

/** The company pays for Premium, and another workspace is about to pay. */
export async function showBilling(world: World, company: Company): Promise<BillingScene> {
  const paying = await Customer.of(world, company);
  await paying.buy(GOOD_CARD, { plan: "premium" });
  const account = await paying.account();
  const [row] = await world.system.control.select({ id: billingInvoices.id }).from(billingInvoices)
    .where(eq(billingInvoices.accountId, account.id));
  const unconfirmed = await Customer.open(world, "umbrella");
  await unconfirmed.buy(CONFIRMED_CARD);
  const checkoutId = await (await Customer.open(world, "initech")).checkout();
  return {
    invoiceId: row!.id,
    customerId: account.customerId!,
    checkoutId,
    unconfirmedId: (await unconfirmed.account()).snapshot!.invoices[0]!.id,
  };
}
