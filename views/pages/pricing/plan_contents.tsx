import type { Child } from "hono/jsx";
import type { BillingCycle } from "../../../src/billing/prices.ts";
import { Icon } from "../../components/icon.tsx";
import { formatsOf } from "../../locale.ts";
import { usePage } from "../../page.tsx";
import { useTranslate } from "../../wording.ts";
import { usePlanRows } from "./plan_rows.ts";
import type { PlanSummary } from "./plan_summary.ts";
import { pricingText } from "./text.ts";

/** A plan's price in a cycle, large. */
export function Price({ plan, cycle }: { plan: PlanSummary; cycle: BillingCycle }) {
  const text = pricingText.use();
  const { price } = formatsOf(usePage().locale);
  const amount = cycle === "yearly" ? plan.yearlyPrice : plan.monthlyPrice;
  if (amount === null) return <p class="text-xl leading-8 font-semibold">{text.byAgreement}</p>;
  return (
    <p class="flex items-baseline gap-1.5">
      <span class="text-2xl font-semibold tracking-tighter tabular-nums">{price.format(amount / 100)}</span>
      <span class="text-sm text-muted">{cycle === "yearly" ? text.perYear : text.perMonth}</span>
    </p>
  );
}

/** What a plan includes, as a list. `plans` are those that it stands beside. */
export function PlanContents(
  { plan, plans, cycle }: { plan: PlanSummary; plans: readonly PlanSummary[]; cycle: BillingCycle },
) {
  const translate = useTranslate();
  return (
    <ul class="grid gap-2 text-sm">
      {usePlanRows(plans, cycle).map(({ label, unit, valueOf, noteOf }) => {
        const [value, note] = [valueOf(plan), noteOf?.(plan)];
        if (value === null) return null;
        return (
          <Included key={label}>
            <span class="font-medium tabular-nums">{value}</span> {unit}
            {note ? <span class="text-muted">, {note}</span> : null}
          </Included>
        );
      })}
      {plan.features.map(({ label, isIncluded }) =>
        isIncluded ? <Included key={label.code}>{translate(label)}</Included> : null
      )}
    </ul>
  );
}

function Included({ children }: { children?: Child }) {
  return (
    <li class="flex items-start gap-2">
      <Icon name="check" class="mt-0.5 text-muted" />
      <span>{children}</span>
    </li>
  );
}
