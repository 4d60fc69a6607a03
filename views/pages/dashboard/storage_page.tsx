import { Card } from "../../components/card.tsx";
import { LineChart } from "../../components/charts/line_chart.tsx";
import { formatBytes } from "../../components/count.ts";
import { formatIsoDay } from "../../components/day_label.ts";
import { usePage } from "../../page.tsx";
import { dashboardText } from "./text.ts";

/** One entry for each day, `2026-11-28`, today last. A day that wasn't measured has null. */
export type StoragePageProps = { daily: readonly { day: string; value: number | null }[] };

const DAYS_A_TICK = 21;

/** `/dashboard/storage`: the storage used on each of the last days. */
export function StoragePage({ daily }: StoragePageProps) {
  const text = dashboardText.use();
  const { locale } = usePage();
  const dayLabel = (day: string) => formatIsoDay(day, locale);
  const [first, last] = [daily[0]!, daily.at(-1)!];
  return (
    <Card title={text.storage} note={text.storageDays}>
      <LineChart
        label={text.storageChart(
          dayLabel(first.day),
          dayLabel(last.day),
          formatBytes(last.value ?? 0, locale),
        )}
        series={[text.storage]}
        pointName={text.day}
        points={daily.map(({ day, value }, index) => ({
          label: dayLabel(day),
          values: [value],
          hasTick: index % DAYS_A_TICK === 0,
        }))}
        unit="bytes"
      />
      <p class="mt-3 text-sm text-muted">{text.storageNote}</p>
    </Card>
  );
}
