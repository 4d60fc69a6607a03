import { formatsOf } from "../../locale.ts";
import { usePage } from "../../page.tsx";
import { useTranslate } from "../../wording.ts";
import type { PlanSummary } from "./plan_summary.ts";
import { pricingText } from "./text.ts";

/** One thing that plans include: "15 members". */
export type PlanRow = { label: string; unit: string; valueOf: (plan: PlanSummary) => string };

/** What plans include: what features limit, and the API. */
export function usePlanRows(plans: readonly PlanSummary[]): PlanRow[] {
  const text = pricingText.use();
  const translate = useTranslate();
  const { count } = formatsOf(usePage().locale);
  const amount = (value: number | null) => value === null ? text.unlimited : count.format(value);
  const row = (label: string, read: (plan: PlanSummary) => number | null): PlanRow => ({
    label,
    unit: label.charAt(0).toLowerCase() + label.slice(1),
    valueOf: (plan) => amount(read(plan)),
  });
  const limits = plans[0]?.limits ?? [];
  return [
    ...limits.map(({ things }, index) =>
      row(capitalized(translate(things)), ({ limits }) => limits[index]!.included)
    ),
    { ...row(text.apiCalls, ({ apiCallsAMonth }) => apiCallsAMonth), unit: text.apiCallsUnit },
    { ...row(text.apiRequests, ({ apiRequestsAMinute }) => apiRequestsAMinute), unit: text.apiRequestsUnit },
  ];
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
