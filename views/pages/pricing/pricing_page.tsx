import type { Child } from "hono/jsx";
import { YesNo } from "../../components/yes_no.tsx";
import { formatsOf } from "../../locale.ts";
import { usePage } from "../../page.tsx";
import { useTranslate } from "../../wording.ts";
import { QuestionList } from "../landing/question_list.tsx";
import type { BillingCycle } from "../../../src/billing/prices.ts";
import { CycleSwitch } from "./cycle_switch.tsx";
import { PlanCards, type PlanCardsProps } from "./plan_cards.tsx";
import { type PlanRow, usePlanRows } from "./plan_rows.ts";
import type { PlanSummary } from "./plan_summary.ts";
import { pricingText } from "./text.ts";

const CELL = "px-3 py-3 text-end tabular-nums first:ps-4 last:pe-4";

export type PricingPageProps = PlanCardsProps & { cycle: BillingCycle };

/** `/pricing`: what each plan costs and includes. */
export function PricingPage(props: PricingPageProps) {
  const { plans, cycle } = props;
  const text = pricingText.use();
  return (
    <div class="mx-auto grid max-w-[70rem] gap-12 px-5 py-14 sm:px-8 sm:py-18">
      <header class="grid gap-3 text-center">
        <h1 class="text-3xl font-semibold tracking-tighter">{text.heading}</h1>
        <p class="text-lg text-balance text-muted">{text.lead}</p>
      </header>
      <section aria-labelledby="plans" class="grid gap-6">
        <h2 id="plans" class="sr-only">{text.plans}</h2>
        <div class="justify-self-center">
          <CycleSwitch cycle={cycle} path="/pricing" />
        </div>
        <PlanCards {...props} />
      </section>
      <section class="grid gap-4" aria-labelledby="comparison">
        <h2 id="comparison" class="text-xl font-semibold">{text.comparison}</h2>
        <Comparison plans={plans} cycle={cycle} />
      </section>
      <section class="grid gap-6" aria-labelledby="questions">
        <h2 id="questions" class="text-xl font-semibold">{text.questions.heading}</h2>
        <QuestionList items={text.questions.items} />
      </section>
    </div>
  );
}

function Comparison({ plans, cycle }: Pick<PricingPageProps, "plans" | "cycle">) {
  const text = pricingText.use();
  const { price } = formatsOf(usePage().locale);
  const translate = useTranslate();
  const priceOf = ({ monthlyPrice, yearlyPrice }: PlanSummary) => {
    const amount = cycle === "yearly" ? yearlyPrice : monthlyPrice;
    return amount === null ? text.byAgreement : price.format(amount / 100);
  };
  const priceLabel = cycle === "yearly" ? text.yearlyPrice : text.price;
  const rows: Pick<PlanRow, "label" | "valueOf" | "noteOf">[] = [
    { label: priceLabel, valueOf: priceOf },
    ...usePlanRows(plans, cycle),
  ];
  const features = plans[0]?.features ?? [];
  return (
    <div
      class="overflow-x-auto rounded-lg border border-line bg-surface shadow-card"
      tabindex={0}
      role="group"
      aria-labelledby="comparison"
    >
      <table class="w-full min-w-[44rem] table-fixed">
        <caption class="sr-only">{text.comparison}</caption>
        <thead>
          <tr class="border-b border-line text-sm text-muted">
            <td class="w-1/3"></td>
            {plans.map((plan) => <PlanHead key={plan.key} name={translate(plan.name)} />)}
          </tr>
        </thead>
        <tbody class="divide-y divide-line">
          {rows.map(({ label, valueOf, noteOf }) => (
            <tr key={label}>
              <th scope="row" class="px-4 py-3 text-start font-medium">{label}</th>
              {plans.map((plan) => (
                <PlanValue key={plan.key}>
                  {valueOf(plan) ?? <YesNo isYes={false} />}
                  {noteOf?.(plan) ? <p class="text-sm text-muted">{noteOf(plan)}</p> : null}
                </PlanValue>
              ))}
            </tr>
          ))}
          {features.map(({ label }, index) => (
            <tr>
              <th scope="row" class="px-4 py-3 text-start font-medium">{translate(label)}</th>
              {plans.map(({ key, features }) => (
                <PlanValue key={key}>
                  <YesNo isYes={features[index]!.isIncluded} />
                </PlanValue>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function PlanHead({ name }: { name: string }) {
  return <th scope="col" class={`${CELL} font-medium`}>{name}</th>;
}

function PlanValue({ children }: { children?: Child }) {
  return <td class={CELL}>{children}</td>;
}
