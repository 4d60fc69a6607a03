import { z } from "zod";
import { enqueueForAllTenants } from "../outbox/for_all_tenants.ts";
import { job, tenantOf } from "../outbox/job.ts";
import { schedule } from "../outbox/schedule.ts";
import { after, DAY } from "../platform/clock.ts";
import { recordCounters, recordGauges } from "./daily_metrics.ts";
import { dayOf, yearMonth } from "./days.ts";
import { recordTenantDay } from "./platform/tenant_day.ts";
import { rollUp } from "./rollup/roll_up.ts";
import { sendMonthlyReport } from "./send_monthly_report.ts";
import { deleteOldEvents } from "./track/retention.ts";

const NOTHING = z.object({});
const OF_DAY = z.object({ day: z.iso.date() });
const OF_MONTH = z.object({ month: yearMonth });

export const MEASURE_TENANT = job("metrics.measure_tenant", {
  queue: "analytics",
  payload: NOTHING,
  run: (run) => recordGauges(tenantOf(run)),
});

export const MEASURE = job("metrics.measure", {
  queue: "analytics",
  payload: NOTHING,
  run: async ({ id, system }) => {
    await enqueueForAllTenants(system, MEASURE_TENANT, {}, `gauges ${id}`);
  },
});

export const COLLECT_TENANT = job("metrics.collect_tenant", {
  queue: "analytics",
  payload: OF_DAY,
  byTenants: true,
  run: async (run, { day }) => {
    const ctx = tenantOf(run);
    await recordCounters(ctx, day);
    await recordTenantDay(ctx, day);
    await rollUp(ctx);
    await deleteOldEvents(ctx);
  },
});

export const COLLECT = job("metrics.collect", {
  queue: "analytics",
  payload: OF_DAY,
  run: async ({ system }, { day }) => {
    await enqueueForAllTenants(system, COLLECT_TENANT, { day }, `metrics ${day}`);
  },
});

export const REPORT_TENANT = job("reports.monthly_tenant", {
  queue: "analytics",
  payload: OF_MONTH,
  run: (run, { month }) => sendMonthlyReport(run.system, tenantOf(run), month),
});

export const REPORT = job("reports.monthly", {
  queue: "analytics",
  payload: OF_MONTH,
  run: async ({ system }, { month }) => {
    await enqueueForAllTenants(system, REPORT_TENANT, { month }, `monthly report ${month}`);
  },
});

export const SCHEDULES = [
  // Before midnight, with time for every tenant: a gauge counts for the day it is measured on.
  schedule("daily gauges", "30 23 * * *", { job: MEASURE, payload: () => ({}), catchUp: 1 }),
  schedule("daily metrics", "5 0 * * *", {
    job: COLLECT,
    payload: (slot) => ({ day: dayOf(after(slot, -DAY)) }),
    catchUp: 30,
  }),
  schedule("monthly reports", "30 6 1 * *", {
    job: REPORT,
    payload: (slot) => ({ month: dayOf(after(slot, -2 * DAY)).slice(0, 7) }),
    catchUp: 3,
  }),
];
