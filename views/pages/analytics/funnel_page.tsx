import type { Funnel } from "../../../src/analytics/reports/funnel.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { RankedList } from "../../components/charts/ranked_list.tsx";
import { formatCount } from "../../components/count.ts";
import { TextField } from "../../components/field.tsx";
import { SelectField } from "../../components/select.tsx";
import { FormProblem } from "../../components/upgrade_notice.tsx";
import { formatsOf } from "../../locale.ts";
import { usePage } from "../../page.tsx";
import { type AnalyticsView, DEFAULT_PERIOD, pathOf } from "./address.ts";
import { EventNames } from "./event_names.tsx";
import { analyticsText } from "./text.ts";

const STEPS = 5;
const REQUIRED_STEPS = 2;

export type FunnelProps = {
  view: AnalyticsView;
  /** The names of events to suggest. */
  events: readonly string[];
  /** Null until at least two steps are chosen. */
  funnel: Funnel | null;
  errors: Record<string, string>;
  /** Why there is no result now, although nothing is wrong with the form. */
  problem?: string;
};

/** `/analytics/funnel`: how many people go from one event to the next. */
export function FunnelCards({ view, events, funnel, errors, problem }: FunnelProps) {
  const text = analyticsText.use();
  return (
    <div class="grid grid-cols-1 items-start gap-6 lg:grid-cols-[20rem_minmax(0,1fr)]">
      <Card title={text.steps}>
        <form method="get" action={pathOf("funnel")} class="grid grid-cols-1 gap-4">
          <FormProblem problem={problem} />
          {view.days === DEFAULT_PERIOD ? null : <input type="hidden" name="days" value={view.days} />}
          {Array.from({ length: STEPS }, (_, index) => (
            <TextField
              key={index}
              id={`step-${index + 1}`}
              name={`step${index + 1}`}
              label={text.step(String(index + 1))}
              hint={index === 0 ? text.stepHint : undefined}
              value={view.steps[index] ?? ""}
              optional={index >= REQUIRED_STEPS}
              error={errors[`step${index + 1}`]}
              list="event-names"
              dir="auto"
              maxlength={200}
              autocomplete="off"
            />
          ))}
          <EventNames events={events} />
          <SelectField
            id="window"
            name="window"
            label={text.within}
            options={Object.entries(text.windows).map(([value, label]) => ({ value, label }))}
            value={view.window}
          />
          <Button variant="primary">{text.show}</Button>
        </form>
      </Card>
      {funnel ? <FunnelResult funnel={funnel} /> : (
        <Card title={text.funnelOf}>
          <p class="text-muted">{text.noFunnel}</p>
        </Card>
      )}
    </div>
  );
}

/** The people at each step. */
export function FunnelResult({ funnel: { steps } }: { funnel: Funnel }) {
  const text = analyticsText.use();
  const { locale } = usePage();
  const { percent } = formatsOf(locale);
  return (
    <Card title={text.funnelOf}>
      <RankedList
        label={text.funnelOf}
        lines={steps.map(({ event, people, share }, index) => ({
          key: `${index} ${event}`,
          label: event,
          value: formatCount(people, locale),
          detail: index === 0 ? undefined : text.ofFirst(percent.format(share)),
          share,
        }))}
      />
    </Card>
  );
}
