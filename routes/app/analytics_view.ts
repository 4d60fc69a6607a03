import type { Context } from "hono";
import {
  type AnalyticsView,
  DEFAULT_PERIOD,
  DEFAULT_WINDOW,
  PERIODS,
} from "../../views/pages/analytics/address.ts";
import { analyticsText } from "../../views/pages/analytics/text.ts";
import type { DomainError, ErrorKind } from "../../src/errors.ts";
import type { MemberEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { fieldTexts, problemText } from "../problem_text.ts";

/** What keeps a report from being made right now, and leaves the rest of its page as it is. */
export const REPORT_REFUSALS: ErrorKind[] = ["invalid", "rate_limited", "feature_not_in_plan"];

const STEP_NAMES = ["step1", "step2", "step3", "step4", "step5"];

/** People edit URLs, so unknown values are ignored. */
export function readView(c: Context<MemberEnv>): AnalyticsView {
  const { days = "", window = "", event = "", property = "", compare } = c.req.query();
  const steps = STEP_NAMES.map((name) => (c.req.query(name) ?? "").trim());
  return {
    days: PERIODS.find((each) => each === days) ?? DEFAULT_PERIOD,
    steps: steps.filter((step) => step !== ""),
    window: Object.hasOwn(analyticsText.of(localeOf(c)).windows, window) ? window : DEFAULT_WINDOW,
    event: event.trim(),
    property: property.trim(),
    compare: compare === "before" ? compare : "",
  };
}

/** Why a report isn't shown, in a sentence. */
export function reasonOf(c: Context<MemberEnv>, { problem, fields }: DomainError): string {
  const [ofField] = Object.values(fieldTexts(fields, localeOf(c)));
  return ofField ?? problemText(problem, localeOf(c));
}
