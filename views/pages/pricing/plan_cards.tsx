import type { BillingCycle } from "../../../src/billing/prices.ts";
import { ButtonLink } from "../../components/button.tsx";
import { useTranslate } from "../../wording.ts";
import { PlanContents, Price } from "./plan_contents.tsx";
import type { PlanSummary } from "./plan_summary.ts";
import { pricingText } from "./text.ts";

export type PlanCardsProps = {
  plans: readonly PlanSummary[];
  cycle?: BillingCycle;
  /** People with an account choose a plan in one of their workspaces. */
  isSignedIn: boolean;
  /** Where people ask for a price, as a URI. Without it, plans without a price have no button. */
  salesContact?: string;
};

/** The plans side by side, with what each includes. */
export function PlanCards({ plans, cycle = "monthly", ...actions }: PlanCardsProps) {
  const translate = useTranslate();
  const text = pricingText.use();
  return (
    <ul class="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
      {plans.map((plan) => (
        <li key={plan.key} class="flex flex-col rounded-lg border border-line bg-surface p-5 shadow-card">
          <h3 class="text-md font-semibold">{translate(plan.name)}</h3>
          <p class="mt-1 mb-3 min-h-10 text-sm text-muted">{text.audience[plan.key]}</p>
          <Price plan={plan} cycle={cycle} />
          <p class="mt-1 min-h-5 text-sm text-muted">
            {plan.trialDays > 0 ? text.trial(plan.trialDays) : null}
          </p>
          <div class="mt-4 border-t border-line pt-5">
            <PlanContents plan={plan} plans={plans} cycle={cycle} />
          </div>
          <PlanAction {...plan} {...actions} />
        </li>
      ))}
    </ul>
  );
}

/** A plan with a price begins with a workspace, and one by agreement with a message to the sales team. */
function PlanAction(
  { monthlyPrice, isSignedIn, salesContact }:
    & Pick<PlanSummary, "monthlyPrice">
    & Pick<PlanCardsProps, "isSignedIn" | "salesContact">,
) {
  const text = pricingText.use();
  const action = monthlyPrice === null
    ? { href: salesContact, label: text.contactSales }
    : isSignedIn
    ? { href: "/workspaces", label: text.openWorkspaces }
    : { href: "/signup", label: text.create };
  if (action.href === undefined) return null;
  return (
    <div class="mt-auto pt-6">
      <ButtonLink href={action.href} class="w-full">{action.label}</ButtonLink>
    </div>
  );
}
