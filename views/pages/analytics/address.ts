import { type ListAddress, listHref } from "../../components/list/list_address.ts";

export const PERIODS = ["7", "30", "90", "365"] as const;
export const DEFAULT_PERIOD = "30";
export const DEFAULT_WINDOW = "168";
export const SAVED_PATH = "/analytics/reports";

export type View = "overview" | "people" | "funnel" | "retention" | "breakdown";

/** What the pages' addresses say. Each page uses the values that it needs. */
export type AnalyticsView = {
  days: string;
  steps: string[];
  window: string;
  event: string;
  property: string;
  /** `before`, or empty: whether the overview also shows the period before. */
  compare: string;
};

const PATHS: Record<View, string> = {
  overview: "/analytics",
  people: "/analytics/active-users",
  funnel: "/analytics/funnel",
  retention: "/analytics/retention",
  breakdown: "/analytics/breakdown",
};

export function pathOf(view: View): string {
  return PATHS[view];
}

/** The address of a view. A value that has its default is left out. */
export function analyticsHref(
  view: View,
  { days, steps, window, event, property, compare }: AnalyticsView,
): string {
  const address: ListAddress = {
    path: PATHS[view],
    defaults: { days: DEFAULT_PERIOD, window: DEFAULT_WINDOW },
  };
  if (view === "funnel") {
    const named = Object.fromEntries(steps.map((step, index) => [`step${index + 1}`, step]));
    return listHref(address, { days, window, ...named });
  }
  if (view === "breakdown") return listHref(address, { days, event, property });
  return listHref(address, view === "overview" ? { days, compare } : { days });
}
