import type { Breakdown } from "../../../src/analytics/reports/breakdown.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { RankedList } from "../../components/charts/ranked_list.tsx";
import { formatCount } from "../../components/count.ts";
import { TextField } from "../../components/field.tsx";
import { FormProblem } from "../../components/upgrade_notice.tsx";
import { usePage } from "../../page.tsx";
import { type AnalyticsView, DEFAULT_PERIOD, pathOf } from "./address.ts";
import { EventNames } from "./event_names.tsx";
import { analyticsText } from "./text.ts";

export type BreakdownProps = {
  view: AnalyticsView;
  /** The names of events to suggest. */
  events: readonly string[];
  /** Null until an event and a property are chosen. */
  breakdown: Breakdown | null;
  errors: Record<string, string>;
  /** Why there is no result now, although nothing is wrong with the form. */
  problem?: string;
};

/** `/analytics/breakdown`: how often an event happens with each value of a property. */
export function BreakdownCards({ view, events, breakdown, errors, problem }: BreakdownProps) {
  const text = analyticsText.use();
  return (
    <div class="grid grid-cols-1 items-start gap-6 lg:grid-cols-[20rem_minmax(0,1fr)]">
      <Card title={text.question}>
        <form method="get" action={pathOf("breakdown")} class="grid grid-cols-1 gap-4">
          <FormProblem problem={problem} />
          {view.days === DEFAULT_PERIOD ? null : <input type="hidden" name="days" value={view.days} />}
          <TextField
            id="event"
            name="event"
            label={text.event}
            value={view.event}
            error={errors.event}
            list="event-names"
            dir="auto"
            maxlength={200}
            autocomplete="off"
          />
          <EventNames events={events} />
          <TextField
            id="property"
            name="property"
            label={text.property}
            hint={text.propertyHint}
            value={view.property}
            error={errors.property}
            dir="auto"
            maxlength={200}
            autocomplete="off"
          />
          <Button variant="primary">{text.showBreakdown}</Button>
        </form>
      </Card>
      {breakdown
        ? <BreakdownResult breakdown={breakdown} event={view.event} property={view.property} />
        : (
          <Card title={text.tabs.breakdown}>
            <p class="text-muted">{text.noBreakdown}</p>
          </Card>
        )}
    </div>
  );
}

/** The most frequent values of a property. */
export function BreakdownResult(
  { breakdown, event, property }: { breakdown: Breakdown; event: string; property: string },
) {
  return (
    <Card title={analyticsText.use().breakdownOf(event, property)}>
      <Values breakdown={breakdown} />
    </Card>
  );
}

function Values({ breakdown: { values } }: { breakdown: Breakdown }) {
  const text = analyticsText.use();
  const { locale } = usePage();
  const most = Math.max(1, ...values.map(({ events }) => events));
  if (values.length === 0) return <p class="text-muted">{text.noValues}</p>;
  return (
    <RankedList
      label={text.tabs.breakdown}
      lines={values.map(({ value, events, people }) => ({
        key: value ?? "",
        label: value ?? <span class="text-muted">{text.noProperty}</span>,
        value: formatCount(events, locale),
        detail: text.byPeople(people),
        share: events / most,
      }))}
    />
  );
}
