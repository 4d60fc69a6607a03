import type { BillingCycle } from "../../../src/billing/prices.ts";
import { formatsOf } from "../../locale.ts";
import { usePage } from "../../page.tsx";
import { useTranslate } from "../../wording.ts";
import type { PlanSummary } from "./plan_summary.ts";
import { pricingText } from "./text.ts";

const MONTHS_A_YEAR = 12;

/** One thing that plans include: "15 members". Null: the plan has none. `noteOf` says what more of it costs. */
export type PlanRow = {
  label: string;
  unit: string;
  valueOf: (plan: PlanSummary) => string | null;
  noteOf?: (plan: PlanSummary) => string | null;
};

/** What plans include: what features limit, the API, and metered metrics. A year has the allowance of twelve months. */
export function usePlanRows(plans: readonly PlanSummary[], cycle: BillingCycle): PlanRow[] {
  const text = pricingText.use();
  const translate = useTranslate();
  const { count, price } = formatsOf(usePage().locale);
  const amount = (value: number | null) => {
    if (value === 0) return null;
    return value === null ? text.unlimited : count.format(value);
  };
  const row = (label: string, read: (plan: PlanSummary) => number | null): PlanRow => ({
    label,
    unit: uncapitalized(label),
    valueOf: (plan) => amount(read(plan)),
  });
  const [{ limits, meters } = { limits: [], meters: [] }] = plans;
  return [
    ...limits.map(({ things }, index) =>
      row(capitalized(translate(things)), ({ limits }) => limits[index]!.included)
    ),
    { ...row(text.apiCalls, ({ apiCallsAMonth }) => apiCallsAMonth), unit: text.apiCallsUnit },
    { ...row(text.apiRequests, ({ apiRequestsAMinute }) => apiRequestsAMinute), unit: text.apiRequestsUnit },
    ...meters.map(({ label }, index): PlanRow => ({
      ...row(text.aMonth(translate(label)), ({ meters }) => meters[index]!.included),
      noteOf: ({ meters }) => {
        const { included, overage } = meters[index]!;
        if (overage === undefined || included === null) return null;
        const then = text.thenEach(price.format(overage / 100));
        return cycle === "yearly"
          ? `${text.forTheYear(count.format(included * MONTHS_A_YEAR))}, ${then}`
          : then;
      },
    })),
  ];
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function uncapitalized(word: string): string {
  return word.charAt(0).toLowerCase() + word.slice(1);
}
