import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { billingNotices } from "../../db/control/schema/billing.ts";
import type { SystemContext } from "../context.ts";
import type { Email } from "../email/email.ts";
import { after, DAY } from "../platform/clock.ts";
import { emailOwners } from "../tenancy/owners.ts";
import { GRACE_DAYS } from "./access.ts";
import { type BillingAccount, currentSubscription } from "./accounts.ts";
import {
  CARD_EXPIRING_EMAIL,
  PAYMENT_FAILED_EMAIL,
  READ_ONLY_EMAIL,
  TRIAL_ENDED_EMAIL,
  TRIAL_ENDING_EMAIL,
} from "./emails.ts";
import { planOrStarter } from "./differences.ts";
import type { PlanKey } from "./plans.ts";

/** How many days before its end people are reminded of a trial. */
const TRIAL_REMINDER_DAYS = [3, 1];
/** How many days after a payment failed people are told. Then the workspace becomes read-only. */
const PAST_DUE_DAYS = [0, 3, 7];
/** A notice that is late by more than this is not sent, such as a reminder of a trial that began a day before its end. */
const LATEST = 2 * DAY;

/** Something that people are told once. `key` names the occasion. */
export type Notice = { key: string; at: Date; email: Email; plan: PlanKey; days?: number };

/** What the account was or will be told, in order. A trial's notices end as soon as a subscription is in force. */
export function noticesOf(account: BillingAccount): Notice[] {
  return [...ofTrial(account), ...ofPastDue(account), ...ofCard(account)]
    .toSorted((one, other) => one.at.getTime() - other.at.getTime());
}

/** The notices that are due at `now`. */
export function dueNotices(account: BillingAccount, now: Date): Notice[] {
  return noticesOf(account).filter(({ at }) => at <= now && after(at, LATEST) > now);
}

/** Sends the notices that are due and were never sent, in the transaction that notes them. */
export async function sendNotices(
  ctx: SystemContext,
  tx: ControlTx,
  account: BillingAccount,
  now: Date,
): Promise<void> {
  const { tenantId } = account;
  if (!tenantId) return;
  for (const { key, email, plan, days } of dueNotices(account, now)) {
    const [added] = await tx.insert(billingNotices).values({ accountId: account.id, key, sentAt: now })
      .onConflictDoNothing().returning({ key: billingNotices.key });
    if (added) await emailOwners(ctx, tx, tenantId, email, (userId) => ({ userId, plan, days }));
  }
}

function ofTrial(account: BillingAccount): Notice[] {
  const { trialPlan: plan, trialEndsAt } = account;
  if (!plan || !trialEndsAt || currentSubscription(account)) return [];
  const occasion = trialEndsAt.toISOString();
  return [
    ...TRIAL_REMINDER_DAYS.map((days) => ({
      key: `trial_ending_${days} ${occasion}`,
      at: after(trialEndsAt, -days * DAY),
      email: TRIAL_ENDING_EMAIL,
      plan,
      days,
    })),
    { key: `trial_ended ${occasion}`, at: trialEndsAt, email: TRIAL_ENDED_EMAIL, plan },
  ];
}

function ofPastDue(account: BillingAccount): Notice[] {
  const { pastDueSince } = account;
  if (!pastDueSince) return [];
  const plan = planOrStarter(account.plan);
  const occasion = pastDueSince.toISOString();
  return [
    ...PAST_DUE_DAYS.map((days) => ({
      key: `past_due_${days} ${occasion}`,
      at: after(pastDueSince, days * DAY),
      email: PAYMENT_FAILED_EMAIL,
      plan,
      days,
    })),
    {
      key: `read_only ${occasion}`,
      at: after(pastDueSince, GRACE_DAYS * DAY),
      email: READ_ONLY_EMAIL,
      plan,
    },
  ];
}

/** At the start of the month at whose end the card expires. */
function ofCard(account: BillingAccount): Notice[] {
  const { expiryMonth, expiryYear } = account.snapshot?.paymentMethod ?? {};
  if (!expiryMonth || !expiryYear || !currentSubscription(account)) return [];
  const at = new Date(Date.UTC(expiryYear, expiryMonth - 1, 1));
  const key = `card_expiring ${at.toISOString().slice(0, 7)}`;
  return [{ key, at, email: CARD_EXPIRING_EMAIL, plan: planOrStarter(account.plan) }];
}
