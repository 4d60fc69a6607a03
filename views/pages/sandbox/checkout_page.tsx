import { Alert } from "../../components/alert.tsx";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { TextLink } from "../../components/link.tsx";
import { Day } from "../../components/time.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { fill } from "../../text.ts";
import { CardFields, TestCards } from "./card_fields.tsx";
import { sandboxText } from "./text.ts";

export type CheckoutPageProps = {
  id: string;
  plan: string;
  cycle: "monthly" | "yearly";
  /** What is due now, and then in each period, as text. */
  dueToday: string;
  perPeriod: string;
  /** When the first payment is due. Null: now. */
  chargesAt: Date | null;
  isOpen: boolean;
  backUrl: string;
  expiry?: string;
  errors?: Record<string, string>;
  problem?: string;
};

/** `/sandbox/checkout/:id`: pays an order with a test card. */
export function CheckoutPage(props: CheckoutPageProps) {
  const text = sandboxText.use();
  const { plan, cycle, dueToday, perPeriod, chargesAt, isOpen, backUrl, problem } = props;
  return (
    <FormColumn title={text.title} lead={text.sandbox}>
      <Card title={text.order}>
        <dl class="grid gap-2">
          <div class="flex justify-between gap-4">
            <dt>{text.plan(plan, text.cycles[cycle])}</dt>
            <dd class="tabular-nums">{perPeriod}</dd>
          </div>
          <div class="flex justify-between gap-4 border-t border-line pt-2 font-semibold">
            <dt>{text.dueToday}</dt>
            <dd class="tabular-nums">{dueToday}</dd>
          </div>
        </dl>
        <p class="mt-2 text-sm text-muted">
          {chargesAt
            ? fill(text.chargedOn, { day: <Day at={chargesAt} long /> })
            : text.then(perPeriod, text.everyCycle[cycle])}
        </p>
      </Card>
      {problem ? <Alert kind="error">{problem}</Alert> : null}
      {isOpen ? <CardForm {...props} /> : <Alert kind="warning">{text.expired}</Alert>}
      <p class="text-sm">
        <TextLink href={backUrl}>{text.back}</TextLink>
      </p>
      {isOpen ? <TestCards /> : null}
    </FormColumn>
  );
}

function CardForm({ id, chargesAt, dueToday, expiry, errors = {} }: CheckoutPageProps) {
  const text = sandboxText.use();
  return (
    <form method="post" action={`/sandbox/checkout/${id}`} novalidate class="grid gap-4">
      <CardFields errors={errors} expiry={expiry} />
      <Button id="pay-button" variant="primary" class="w-full">
        {chargesAt ? text.startTrial : text.pay(dueToday)}
      </Button>
    </form>
  );
}
