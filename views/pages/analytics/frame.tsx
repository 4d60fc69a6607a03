import type { Child } from "hono/jsx";
import type { Wording } from "../../../src/platform/wording.ts";
import { Card } from "../../components/card.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { Tabs } from "../../components/tabs.tsx";
import { PlansButton } from "../../components/upgrade_notice.tsx";
import { useTranslate } from "../../wording.ts";
import { analyticsHref, type AnalyticsView, PERIODS, SAVED_PATH, type View } from "./address.ts";
import { type SavedFields, SaveForm } from "./save_form.tsx";
import { analyticsText } from "./text.ts";

const VIEWS = ["overview", "people", "funnel", "retention", "breakdown"] as const;

/** The views of the workspace's analytics, the periods to choose from, a report, and with `saved` the form that saves it. */
export function AnalyticsFrame(
  { current, view, saved = null, children }: {
    current: View | "saved";
    view: AnalyticsView;
    saved?: SavedFields | null;
    children?: Child;
  },
) {
  const text = analyticsText.use();
  const views = VIEWS.map((name) => ({
    label: text.tabs[name],
    href: analyticsHref(name, view),
    current: name === current,
  }));
  return (
    <div class="grid grid-cols-1 gap-6">
      <div class="rounded-lg border border-line bg-surface shadow-card">
        <Tabs
          label={text.reports}
          tabs={[...views, { label: text.tabs.saved, href: SAVED_PATH, current: current === "saved" }]}
        />
        {current === "saved" ? null : (
          <Tabs
            label={text.period}
            tabs={PERIODS.map((days) => ({
              label: text.periods[days]!,
              href: analyticsHref(current, { ...view, days }),
              current: view.days === days,
            }))}
          />
        )}
      </div>
      {children}
      {saved ? <SaveForm fields={saved} /> : null}
    </div>
  );
}

/** What stands in the place of a report that the plan doesn't include. */
export function MissingPlan({ plan }: { plan: Wording }) {
  const text = analyticsText.use();
  return (
    <Card flush>
      <EmptyState icon="chart" title={text.title} text={text.missing(useTranslate()(plan))}>
        <PlansButton />
      </EmptyState>
    </Card>
  );
}
