import type { TenantContext } from "../context.ts";
import { authorize } from "../access/authorize.ts";
import { DAY } from "../platform/clock.ts";
import { accessOf } from "./access.ts";
import { currentSubscription, findAccount, timeOf } from "./accounts.ts";
import type { PaymentMethod } from "./gateway/account.ts";
import { BILLING_READ } from "./permissions.ts";
import { canStartTrial, hasHadTrial } from "./trials.ts";

/** What the billing page shows beside the subscription. */
export type BillingOverview = {
  isGranted: boolean;
  canStartTrial: boolean;
  /** Rounded up, so that the last day counts. */
  trialDaysLeft: number;
  readOnlyOn: Date | null;
  payUrl: string | null;
  paymentMethod: PaymentMethod | null;
};

/** Throws `forbidden`. */
export async function getBillingOverview(ctx: TenantContext): Promise<BillingOverview> {
  authorize(ctx, BILLING_READ);
  const account = await findAccount(ctx.system.control, ctx.tenant.id);
  if (!account) {
    return {
      isGranted: ctx.tenant.plan !== "starter",
      canStartTrial: canStartTrial(null, ctx.tenant.plan) && await isOpenTo(ctx),
      trialDaysLeft: 0,
      readOnlyOn: null,
      payUrl: null,
      paymentMethod: null,
    };
  }
  const now = timeOf(account, ctx.services.clock);
  const { source, plan, restrictedFrom } = accessOf(account, now);
  const { trialEndsAt, snapshot } = account;
  const open = snapshot?.invoices.find(({ status, payUrl }) => status === "open" && payUrl !== null);
  return {
    isGranted: source === "grant",
    canStartTrial: canStartTrial(account, plan) && !currentSubscription(account) && await isOpenTo(ctx),
    trialDaysLeft: trialEndsAt ? Math.max(0, Math.ceil((trialEndsAt.getTime() - now.getTime()) / DAY)) : 0,
    readOnlyOn: restrictedFrom,
    payUrl: open?.payUrl ?? null,
    paymentMethod: snapshot?.paymentMethod ?? null,
  };
}

/** Whether the person who looks has had no trial yet. */
async function isOpenTo({ actor, services, system }: TenantContext): Promise<boolean> {
  if (actor.type !== "member") return false;
  return !await hasHadTrial(services, system.control, { userId: actor.id, email: actor.email });
}
