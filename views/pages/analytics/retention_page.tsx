import type { Retention } from "../../../src/analytics/reports/retention.ts";
import { Card } from "../../components/card.tsx";
import { HeatMap } from "../../components/charts/heat_map.tsx";
import { formatCount } from "../../components/count.ts";
import { formatIsoDay } from "../../components/day_label.ts";
import { usePage } from "../../page.tsx";
import { analyticsText } from "./text.ts";

/** `/analytics/retention`: in which weeks after their first one people came back. */
export function RetentionCard({ cohorts }: Retention) {
  const text = analyticsText.use();
  const { locale } = usePage();
  const shown = cohorts.filter(({ people }) => people > 0);
  const weeks = shown[0]?.active.length ?? 0;
  const lines = shown.map(({ week, people, active }) => ({
    label: formatIsoDay(week, locale),
    detail: formatCount(people, locale),
    shares: Array.from({ length: weeks }, (_, later) => later in active ? active[later]! / people : null),
  }));
  return (
    <Card title={text.tabs.retention} note={text.retentionNote}>
      {lines.length === 0 ? <p class="text-muted">{text.noPeople}</p> : (
        <HeatMap
          label={text.retentionChart}
          head={text.week}
          detail={text.newPeople}
          columns={Array.from({ length: weeks }, (_, later) => text.weekAfter(String(later)))}
          lines={lines}
        />
      )}
    </Card>
  );
}
