import type { ActiveUsers } from "../../../src/analytics/reports/active_users.ts";
import { Card } from "../../components/card.tsx";
import { AreaChart } from "../../components/charts/area_chart.tsx";
import { useDayPoints, useEnds } from "./day_points.ts";
import { analyticsText } from "./text.ts";

/** `/analytics/active-users`: the people of each day, and of the 7 and 28 days that end with it. */
export function ActiveUsersCard({ series }: ActiveUsers) {
  const text = analyticsText.use();
  const [from, until] = useEnds(series);
  const points = useDayPoints(series);
  return (
    <Card title={text.people} note={text.activeNote}>
      <AreaChart
        label={text.activeChart(from, until)}
        series={[text.daily, text.weekly, text.monthly]}
        pointName={text.day}
        points={points(({ daily, weekly, monthly }) => [daily, weekly, monthly])}
      />
    </Card>
  );
}
