import type { BillingCycle } from "../../../src/billing/prices.ts";
import { ButtonLink } from "../../components/button.tsx";
import { classes } from "../../components/classes.ts";
import { useTranslate } from "../../wording.ts";
import { CycleSwitch } from "../pricing/cycle_switch.tsx";
import { PlanContents, Price } from "../pricing/plan_contents.tsx";
import type { PlanSummary } from "../pricing/plan_summary.ts";
import { billingPageText } from "./text.ts";

export type PlansPageProps = {
  cycle: BillingCycle;
  plans: readonly PlanSummary[];
  currentPlan: string;
  /** Whether the workspace pays for its plan. */
  isSubscribed: boolean;
  /** Whether the current plan needs no order in this cycle. */
  isBought: boolean;
  salesContact?: string;
};

/** `/billing/plans`: the plans side by side. */
export function PlansPage(props: PlansPageProps) {
  const { cycle, plans, currentPlan } = props;
  const translate = useTranslate();
  const mainPlan = mainPlanOf(props);
  return (
    <div class="grid gap-6">
      <CycleSwitch cycle={cycle} path="/billing/plans" />
      <ul class="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
        {plans.map((plan) => (
          <li
            key={plan.key}
            class={classes(
              "flex flex-col rounded-lg border bg-surface p-5 shadow-card",
              plan.key === currentPlan ? "border-accent" : "border-line",
            )}
          >
            <h2 class="mb-2 text-md font-semibold">{translate(plan.name)}</h2>
            <Price plan={plan} cycle={cycle} />
            <div class="mt-4 border-t border-line pt-4">
              <PlanContents plan={plan} plans={plans} cycle={cycle} />
            </div>
            <div class="mt-auto pt-5">
              <PlanAction {...props} plan={plan} isMain={plan.key === mainPlan} />
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The plan with the page's main action: the one on trial, or the next larger one. */
function mainPlanOf({ plans, currentPlan, isSubscribed, isBought }: PlansPageProps): string | undefined {
  if (!isSubscribed && !isBought) return currentPlan;
  return plans[plans.findIndex(({ key }) => key === currentPlan) + 1]?.key;
}

/** Without a subscription, Starter needs no order. */
function PlanAction(
  { plan, isMain, cycle, currentPlan, isSubscribed, isBought, salesContact }: PlansPageProps & {
    plan: PlanSummary;
    isMain: boolean;
  },
) {
  const text = billingPageText.use();
  const name = useTranslate()(plan.name);
  if (plan.key === currentPlan && isBought) {
    return <p class="py-2 text-center text-sm font-medium text-muted">{text.current}</p>;
  }
  if (plan.monthlyPrice === null) {
    return salesContact
      ? <ButtonLink href={salesContact} class="w-full">{text.contactSales}</ButtonLink>
      : null;
  }
  if (plan.monthlyPrice === 0 && !isSubscribed) return null;
  return (
    <ButtonLink
      href={`/billing/plans/${plan.key}?cycle=${cycle}`}
      variant={isMain ? "primary" : "secondary"}
      class="w-full"
    >
      {text.choose(name)}
    </ButtonLink>
  );
}
