import { formatsOf } from "../../locale.ts";
import { usePage } from "../../page.tsx";
import { useTranslate } from "../../wording.ts";
import type { PlanSummary } from "./plan_summary.ts";
import { pricingText } from "./text.ts";

/** One thing that plans include: "15 members". Null: the plan has none. `noteOf` says what more of it costs. */
export type PlanRow = {
  label: string;
  unit: string;
  valueOf: (plan: PlanSummary) => string | null;
  noteOf?: (plan: PlanSummary) => string | null;
};

/** What plans include: what features limit, the API, and metered metrics. */
export function usePlanRows(plans: readonly PlanSummary[]): PlanRow[] {
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
        const { overage } = meters[index]!;
        return overage === undefined ? null : text.thenEach(price.format(overage / 100));
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
