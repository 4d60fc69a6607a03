import { Card } from "../../components/card.tsx";
import { BarChart } from "../../components/charts/bar_chart.tsx";
import { formatCount } from "../../components/count.ts";
import { formatIsoDay } from "../../components/day_label.ts";
import { usePage } from "../../page.tsx";
import { dashboardText } from "./text.ts";

export type ApiCallsCardProps = {
  /** One entry for each day, `2026-11-28`, today last. */
  daily: readonly { day: string; calls: number }[];
  /** What the plan includes for a day, or null for any number. */
  dailyShare: number | null;
  /** The address in the example of a call. */
  apiUrl: string;
};

const DAYS_A_WEEK = 7;

/** The API calls of the last days beside what the plan includes. Until the first call, an example. */
export function ApiCallsCard({ daily, dailyShare, apiUrl }: ApiCallsCardProps) {
  const text = dashboardText.use();
  const isUsed = daily.some(({ calls }) => calls > 0);
  return (
    <Card id="api-calls" title={text.apiCalls} note={text.lastDays}>
      {isUsed ? <CallsChart daily={daily} dailyShare={dailyShare} /> : <ExampleCall apiUrl={apiUrl} />}
    </Card>
  );
}

function CallsChart({ daily, dailyShare }: Omit<ApiCallsCardProps, "apiUrl">) {
  const text = dashboardText.use();
  const { locale } = usePage();
  const count = (calls: number) => formatCount(calls, locale);
  const dayLabel = (day: string) => formatIsoDay(day, locale);
  const highest = daily.reduce((most, each) => each.calls > most.calls ? each : most);
  const [first, last] = [daily[0]!, daily.at(-1)!];
  return (
    <BarChart
      label={text.callsChart(
        dayLabel(first.day),
        dayLabel(last.day),
        count(highest.calls),
        dayLabel(highest.day),
      )}
      series={[text.apiCalls]}
      pointName={text.day}
      points={daily.map(({ day, calls }, index) => ({
        label: dayLabel(day),
        values: [calls],
        hasTick: index % DAYS_A_WEEK === 0,
      }))}
      limit={dailyShare === null
        ? undefined
        : { label: text.dailyShare(count(dailyShare)), value: dailyShare }}
      isLastUnfinished
    />
  );
}

function ExampleCall({ apiUrl }: Pick<ApiCallsCardProps, "apiUrl">) {
  const text = dashboardText.use();
  return (
    <div class="grid grid-cols-1 items-center gap-4 sm:grid-cols-2">
      <div>
        <p class="font-medium">{text.noCalls}</p>
        <p class="text-muted">{text.noCallsText}</p>
      </div>
      <section tabindex={0} aria-label={text.exampleCall} class="overflow-x-auto rounded-md">
        <pre
          dir="ltr"
          class="w-max min-w-full rounded-md border border-line bg-sunken p-3 font-mono text-xs leading-5"
        ><code>{`curl ${apiUrl}/projects \\\n  -H "Authorization: Bearer $TOKEN"`}</code></pre>
      </section>
    </div>
  );
}
