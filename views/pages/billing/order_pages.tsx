import type { Child } from "hono/jsx";
import type { BillingCycle } from "../../../src/billing/prices.ts";
import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { classes } from "../../components/classes.ts";
import { Day } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import type { FormatAmount } from "./money.ts";
import { billingPageText } from "./text.ts";

/** What a plan takes away: features by name, and limits such as "60 of 50 projects". */
type Taken = { lost: string[]; exceeded: string[] };

export type ConfirmPlanPageProps = Taken & {
  plan: string;
  name: string;
  cycle: BillingCycle;
  /** Of a full period. */
  price: number;
  /** The customer pays on the gateway's page. */
  isCheckout: boolean;
  /** When a trial ends and the first payment is due. Null: now. */
  chargedAt: Date | null;
  /** When the change applies. Null: now. */
  startsAt: Date | null;
  /** What a change that applies now costs. */
  change: {
    dueNow: number;
    lines: { description: string; amount: number }[];
    next: { at: Date; amount: number };
  } | null;
  problem?: string;
  format: FormatAmount;
};

/** `/billing/plans/:plan`: what the order costs and what it means, before it is made. */
export function ConfirmPlanPage(props: ConfirmPlanPageProps) {
  const text = billingPageText.use();
  const { plan, cycle, isCheckout, startsAt, problem } = props;
  return (
    <div class="grid max-w-xl gap-5">
      {problem ? <Alert kind="error">{problem}</Alert> : null}
      <Cost {...props} />
      {isCheckout ? null : (
        <p class="text-muted">
          {startsAt ? fill(text.startsOn, { day: <Day at={startsAt} long /> }) : text.startsNow}
        </p>
      )}
      <TakenAway {...props} />
      <form method="post" action="/billing/plan" class="flex flex-wrap gap-2">
        <input type="hidden" name="plan" value={plan} />
        <input type="hidden" name="billing_cycle" value={cycle} />
        <Button variant="primary" id="confirm-plan">{isCheckout ? text.toCheckout : text.confirm}</Button>
        <ButtonLink href={`/billing/plans?cycle=${cycle}`}>{text.goBack}</ButtonLink>
      </form>
    </div>
  );
}

function Cost(props: ConfirmPlanPageProps) {
  const text = billingPageText.use();
  const { name, cycle, price, change, startsAt, chargedAt, isCheckout, format } = props;
  const later = startsAt ?? chargedAt;
  const due = change?.dueNow ?? (later ? 0 : price);
  return (
    <Card title={text.summary}>
      <dl class="grid gap-2 tabular-nums">
        <Line
          term={text.planAndCycle(name, cycle)}
          value={`${format(price)} ${cycle === "yearly" ? text.perYear : text.perMonth}`}
        />
        {change?.lines.map(({ description, amount }) => (
          <Line key={description} term={description} value={format(amount)} look="text-muted" />
        ))}
        <Line term={text.dueNow} value={format(due)} look="border-t border-line pt-2 font-semibold" />
        {change ? <Afterwards {...change.next} format={format} /> : null}
        {!change && later ? <Afterwards at={later} amount={price} format={format} /> : null}
      </dl>
      {isCheckout && chargedAt ? <p class="mt-3 text-sm text-muted">{text.afterTrial}</p> : null}
    </Card>
  );
}

function Afterwards({ at, amount, format }: { at: Date; amount: number; format: FormatAmount }) {
  const text = billingPageText.use();
  const value = <>{fill(text.afterwards, { amount: format(amount), day: <Day at={at} /> })}</>;
  return <Line term={text.then} value={value} look="text-muted" />;
}

function Line({ term, value, look }: { term: string; value: Child; look?: string }) {
  return (
    <div class={classes("flex justify-between gap-4", look)}>
      <dt>{term}</dt>
      <dd class="text-end">{value}</dd>
    </div>
  );
}

function TakenAway({ lost, exceeded }: Taken) {
  const text = billingPageText.use();
  if (lost.length === 0 && exceeded.length === 0) return null;
  return (
    <Alert kind="warning">
      {lost.length > 0 ? <Items title={text.lost} items={lost} /> : null}
      {exceeded.length > 0 ? <Items title={text.exceeded} items={exceeded} /> : null}
      <p>{exceeded.length > 0 ? text.exceededNote : text.lostNote}</p>
    </Alert>
  );
}

function Items({ title, items }: { title: string; items: string[] }) {
  return (
    <>
      <p class="font-medium">{title}</p>
      <ul class="mt-1 mb-3 list-inside list-disc">
        {items.map((item) => <li key={item}>{item}</li>)}
      </ul>
    </>
  );
}

/** `/billing/cancel`: what is lost, before the plan is canceled. */
export function CancelPlanPage({ name, endsAt, ...taken }: Taken & { name: string; endsAt: Date }) {
  const text = billingPageText.use();
  return (
    <div class="grid max-w-xl gap-5">
      <p>{fill(text.cancelNote(name), { day: <Day at={endsAt} long /> })}</p>
      <TakenAway {...taken} />
      <form method="post" action="/billing/cancel" class="flex flex-wrap gap-2">
        <Button variant="danger">{text.cancelConfirm}</Button>
        <ButtonLink href="/billing">{text.keepPlan}</ButtonLink>
      </form>
    </div>
  );
}

/** The way to the gateway's page, which a form can't lead to (`form-action`). */
export function LeavePage({ href }: { href: string }) {
  const text = billingPageText.use();
  return (
    <div class="grid max-w-xl justify-items-start gap-5">
      <p class="text-muted">{text.leaveNote}</p>
      <ButtonLink href={href} variant="primary" icon="external">{text.toCheckout}</ButtonLink>
    </div>
  );
}
