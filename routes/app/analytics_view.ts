import type { Context } from "hono";
import {
  type AnalyticsView,
  DEFAULT_PERIOD,
  DEFAULT_WINDOW,
  PERIODS,
} from "../../views/pages/analytics/address.ts";
import { analyticsText } from "../../views/pages/analytics/text.ts";
import type { MemberEnv } from "../http.ts";
import { localeOf } from "../locale.ts";

const STEP_NAMES = ["step1", "step2", "step3", "step4", "step5"];

/** People edit URLs, so unknown values are ignored. */
export function readView(c: Context<MemberEnv>): AnalyticsView {
  const { days = "", window = "", event = "", property = "", compare } = c.req.query();
  const steps = STEP_NAMES.map((name) => (c.req.query(name) ?? "").trim());
  return {
    days: PERIODS.find((each) => each === days) ?? DEFAULT_PERIOD,
    steps: steps.filter((step) => step !== ""),
    window: window in analyticsText.of(localeOf(c)).windows ? window : DEFAULT_WINDOW,
    event: event.trim(),
    property: property.trim(),
    compare: compare === "before" ? compare : "",
  };
}
