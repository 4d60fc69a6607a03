import type { Child } from "hono/jsx";
import type { PaymentMethod } from "../../../src/billing/gateway/account.ts";
import type { Subscription } from "../../../src/billing/subscription.ts";
import { type Activity, ActivityList } from "../../components/activity_list.tsx";
import { Alert } from "../../components/alert.tsx";
import { Badge, type Tone } from "../../components/badge.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Day } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import { InvoiceTable, type ListedInvoice } from "./invoice_table.tsx";
import type { FormatAmount } from "./money.ts";
import { billingPageText } from "./text.ts";
import { UsageBars, type UsageRow } from "./usage_bars.tsx";

export type BillingPageProps = {
  subscription: Subscription;
  planName: string;
  pendingPlanName: string | null;
  /** What the plan costs in a period. Null by agreement. */
  price: number | null;
  isGranted: boolean;
  trialDaysLeft: number;
  readOnlyOn: Date | null;
  payUrl: string | null;
  usage: UsageRow[];
  nextInvoice: { at: Date; amount: number } | null;
  paymentMethod: PaymentMethod | null;
  /** The newest ones. */
  invoices: ListedInvoice[];
  /** Null if `invoices` are all. */
  allInvoicesHref: string | null;
  history: Activity[];
  now: Date;
  /** The plans whose trial the workspace can start. */
  trials: { key: string; name: string; days: number }[];
  canManage: boolean;
  format: FormatAmount;
};

/** `/billing`: the plan, what is used of it, and what it costs. */
export function BillingPage(props: BillingPageProps) {
  const text = billingPageText.use();
  const { usage, invoices, allInvoicesHref, history, now, format, canManage } = props;
  const all = allInvoicesHref
    ? <ButtonLink href={allInvoicesHref} size="small">{text.allInvoices}</ButtonLink>
    : undefined;
  return (
    <div class="grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <div class="grid content-start gap-6">
        <PaymentProblem {...props} />
        <PlanCard {...props} />
        <Card title={text.invoices} action={all} flush>
          <InvoiceTable invoices={invoices} format={format} />
        </Card>
        <Card title={text.history} flush>
          <ActivityList activity={history} now={now} emptyText={text.noHistory} />
        </Card>
      </div>
      <div class="grid content-start gap-6">
        <Card title={text.usage}>
          <UsageBars rows={usage} format={format} />
        </Card>
        <NextInvoice {...props} />
        <PaymentMethodCard {...props} />
        {canManage ? null : <p class="text-sm text-muted">{text.onlyManagers}</p>}
      </div>
    </div>
  );
}

function PaymentProblem({ subscription, readOnlyOn, payUrl }: BillingPageProps) {
  const { access, status, billingCycle } = subscription;
  const text = billingPageText.use();
  const pay = payUrl ? <ButtonLink href={payUrl} size="small">{text.pay}</ButtonLink> : undefined;
  if (access === "restricted") return <Alert kind="error" action={pay}>{text.restrictedNote}</Alert>;
  if (pay && billingCycle === null && status !== "incomplete") {
    return <Alert kind="warning" action={pay}>{text.owedNote}</Alert>;
  }
  if (status !== "past_due" || !readOnlyOn) return null;
  return (
    <Alert kind="warning" action={pay}>{fill(text.pastDueNote, { day: <Day at={readOnlyOn} long /> })}</Alert>
  );
}

function PlanCard(props: BillingPageProps) {
  const text = billingPageText.use();
  const { planName, price, subscription: { billingCycle, plan }, canManage, format } = props;
  const per = billingCycle === "yearly" ? text.perYear : text.perMonth;
  return (
    <Card title={text.currentPlan}>
      <div class="flex flex-wrap items-start justify-between gap-4">
        <div class="grid gap-1">
          <p class="flex items-center gap-2 text-xl font-semibold">
            {planName} <PlanBadge {...props} />
          </p>
          <p class="text-muted">
            {plan === "starter" ? text.free : price === null ? text.agreed : `${format(price)} ${per}`}
          </p>
          <p class="mt-1">
            <PlanNote {...props} />
          </p>
        </div>
        {canManage ? <PlanActions {...props} /> : null}
      </div>
      <Trials {...props} />
    </Card>
  );
}

function PlanBadge({ subscription: { status, access, cancelAt } }: BillingPageProps) {
  const { statuses } = billingPageText.use();
  const badge = (tone: Tone, label: string) => <Badge tone={tone}>{label}</Badge>;
  if (access === "restricted") return badge("danger", statuses.restricted);
  if (status === "past_due") return badge("warning", statuses.pastDue);
  if (status === "incomplete") return badge("warning", statuses.incomplete);
  if (cancelAt) return badge("neutral", statuses.ending);
  return status === "trialing" ? badge("info", statuses.trial) : null;
}

function PlanNote({ subscription, pendingPlanName, isGranted, trialDaysLeft }: BillingPageProps) {
  const text = billingPageText.use();
  const { status, plan, billingCycle, trialEndsAt, cancelAt, pendingPlan, currentPeriodEnd } = subscription;
  const on = (sentence: string, at: Date) => <>{fill(sentence, { day: <Day at={at} long /> })}</>;
  if (status === "incomplete") return <>{text.incompleteNote}</>;
  if (status === "past_due" || status === "unpaid") return <>{text.unpaidNote}</>;
  if (cancelAt) return on(text.endsOn, cancelAt);
  if (pendingPlan && pendingPlanName && currentPeriodEnd) {
    return on(text.changesOn(pendingPlanName), currentPeriodEnd);
  }
  if (status === "trialing" && trialEndsAt && !billingCycle) {
    return on(text.trialNote(trialDaysLeft), trialEndsAt);
  }
  if (status === "trialing" && currentPeriodEnd) return on(text.trialPaidNote, currentPeriodEnd);
  if (plan === "starter") return <>{text.starterNote}</>;
  if (currentPeriodEnd) return on(text.renewsOn, currentPeriodEnd);
  return isGranted ? <>{text.grantedNote}</> : null;
}

function PlanActions({ subscription, planName }: BillingPageProps) {
  const text = billingPageText.use();
  const { billingCycle, cancelAt, pendingPlan } = subscription;
  const isSubscribed = billingCycle !== null;
  return (
    <div class="flex flex-wrap gap-2">
      {pendingPlan || cancelAt
        ? (
          <form method="post" action="/billing/resume">
            <Button variant="primary">{text.keep(planName)}</Button>
          </form>
        )
        : null}
      <ButtonLink href="/billing/plans" variant={isSubscribed ? "secondary" : "primary"}>
        {isSubscribed ? text.changePlan : text.choosePlan}
      </ButtonLink>
      {isSubscribed && !cancelAt
        ? <ButtonLink href="/billing/cancel" variant="quiet">{text.cancel}</ButtonLink>
        : null}
    </div>
  );
}

function Trials({ trials, canManage }: BillingPageProps) {
  const text = billingPageText.use();
  if (!canManage || trials.length === 0) return null;
  return (
    <div class="mt-4 flex flex-wrap gap-2 border-t border-line pt-4">
      {trials.map(({ key, name, days }) => (
        <form method="post" action="/billing/trial" key={key}>
          <Button name="plan" value={key}>{text.startTrial(name, days)}</Button>
        </form>
      ))}
    </div>
  );
}

function NextInvoice({ nextInvoice, format }: BillingPageProps) {
  const text = billingPageText.use();
  return (
    <Card title={text.nextInvoice}>
      {nextInvoice
        ? (
          <p>
            {fill(text.nextInvoiceOn, {
              amount: <span class="font-semibold tabular-nums">{format(nextInvoice.amount)}</span>,
              day: <Day at={nextInvoice.at} long />,
            })}
          </p>
        )
        : <p class="text-muted">{text.noNextInvoice}</p>}
    </Card>
  );
}

function PaymentMethodCard({ paymentMethod, canManage }: BillingPageProps): Child {
  const text = billingPageText.use();
  const update = paymentMethod && canManage
    ? <ButtonLink href="/billing/portal" size="small">{text.updatePaymentMethod}</ButtonLink>
    : undefined;
  return (
    <Card title={text.paymentMethod} action={update}>
      {paymentMethod ? <MethodFacts {...paymentMethod} /> : <p class="text-muted">{text.noPaymentMethod}</p>}
    </Card>
  );
}

function MethodFacts({ brand, last4, expiryMonth, expiryYear }: PaymentMethod) {
  const text = billingPageText.use();
  const expiry = expiryMonth && expiryYear ? `${String(expiryMonth).padStart(2, "0")}/${expiryYear}` : null;
  return (
    <>
      <p>{last4 ? text.cardEnding(brand, last4) : brand}</p>
      {expiry ? <p class="text-sm text-muted">{text.expires(expiry)}</p> : null}
    </>
  );
}
