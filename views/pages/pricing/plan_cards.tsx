import type { Child } from "hono/jsx";
import { ButtonLink } from "../../components/button.tsx";
import { formatsOf } from "../../locale.ts";
import { usePage } from "../../page.tsx";
import { Icon } from "../../components/icon.tsx";
import { usePlanRows } from "./plan_rows.ts";
import type { PlanSummary } from "./plan_summary.ts";
import { useTranslate } from "../../wording.ts";
import { pricingText } from "./text.ts";

export type PlanCardsProps = {
  plans: readonly PlanSummary[];
  /** Where people ask for a price, as a URI. Without it, plans without a price have no button. */
  salesContact?: string;
};

/** The plans side by side, with what each includes. */
export function PlanCards({ plans, salesContact }: PlanCardsProps) {
  const rows = usePlanRows(plans);
  const translate = useTranslate();
  return (
    <ul class="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
      {plans.map((plan) => (
        <li class="flex flex-col rounded-lg border border-line bg-surface p-5 shadow-card">
          <h3 class="text-md font-semibold">{translate(plan.name)}</h3>
          <p class="mt-1 min-h-10 text-sm text-muted">{pricingText.use().audience[plan.key]}</p>
          <Price {...plan} />
          <ul class="mt-5 grid gap-2 border-t border-line pt-5 text-sm">
            {rows.map((row) => (
              <Included key={row.label}>
                <span class="font-medium tabular-nums">{row.valueOf(plan)}</span> {row.unit}
              </Included>
            ))}
            {plan.features.map(({ label, isIncluded }) =>
              isIncluded ? <Included key={label.code}>{translate(label)}</Included> : null
            )}
          </ul>
          <PlanAction {...plan} salesContact={salesContact} />
        </li>
      ))}
    </ul>
  );
}

/** A plan's price, large. */
export function Price({ monthlyPrice }: Pick<PlanSummary, "monthlyPrice">) {
  const text = pricingText.use();
  const { price } = formatsOf(usePage().locale);
  if (monthlyPrice === null) return <p class="mt-3 text-xl leading-8 font-semibold">{text.byAgreement}</p>;
  return (
    <p class="mt-3 flex items-baseline gap-1.5">
      <span class="text-2xl font-semibold tracking-tighter tabular-nums">
        {price.format(monthlyPrice / 100)}
      </span>
      <span class="text-sm text-muted">{text.perMonth}</span>
    </p>
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

/** A plan with a price begins with a workspace, and one by agreement with a message to the sales team. */
function PlanAction(
  { monthlyPrice, salesContact }: Pick<PlanSummary, "monthlyPrice"> & Pick<PlanCardsProps, "salesContact">,
) {
  const text = pricingText.use();
  const action = monthlyPrice === null
    ? { href: salesContact, label: text.contactSales }
    : { href: "/signup", label: text.create };
  if (action.href === undefined) return null;
  return (
    <div class="mt-auto pt-6">
      <ButtonLink href={action.href} class="w-full">{action.label}</ButtonLink>
    </div>
  );
}
