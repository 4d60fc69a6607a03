import { z } from "zod";
import type { savedReports } from "../../../db/control/schema/saved_reports.ts";
import type { TenantContext } from "../../context.ts";
import { invalid } from "../../errors.ts";
import { fieldProblems } from "../../platform/input.ts";
import { dayIn } from "../../tenancy/time_zones.ts";
import { addDays } from "../days.ts";
import { type ActiveUsers, activeUsers } from "../reports/active_users.ts";
import { type Breakdown, breakdown, breakdownQuery } from "../reports/breakdown.ts";
import { MAX_REPORT_DAYS } from "../reports/date_range.ts";
import { type Funnel, funnel, funnelQuery, MAX_WINDOW_HOURS } from "../reports/funnel.ts";
import { type Retention, retention } from "../reports/retention.ts";
import { generateUsageReport, type UsageReport } from "../reports/usage_report.ts";

export type ReportKind = typeof savedReports.$inferSelect["kind"];
export const REPORT_KINDS = [
  "usage",
  "active_users",
  "funnel",
  "retention",
  "breakdown",
] as const satisfies ReportKind[];

const DEFAULT_DAYS = 30;
const funnelFields = funnelQuery.pick({ steps: true, windowHours: true });
const breakdownFields = breakdownQuery.pick({ event: true, property: true });

/** What a saved report is about: the `days` that end today, and what its kind needs besides. */
export const reportFields = z.object({
  days: z.int().min(1).max(MAX_REPORT_DAYS).default(DEFAULT_DAYS),
  steps: funnelFields.shape.steps.optional(),
  windowHours: z.int().min(1).max(MAX_WINDOW_HOURS).optional(),
  event: breakdownFields.shape.event.optional(),
  property: breakdownFields.shape.property.optional(),
});
export type ReportFields = z.output<typeof reportFields>;

/** The result of a saved report, under the name of its kind. */
export type ReportResult = {
  usage?: UsageReport;
  activeUsers?: ActiveUsers;
  funnel?: Funnel;
  retention?: Retention;
  breakdown?: Breakdown;
};

/** The fields that the kind takes. Throws `invalid` if one is missing. */
export function fieldsOf(kind: ReportKind, fields: ReportFields): Record<string, unknown> {
  const { days } = fields;
  if (kind === "funnel") return { days, ...check(funnelFields, fields) };
  if (kind === "breakdown") return { days, ...check(breakdownFields, fields) };
  return { days };
}

/** Makes the report as of now. `query` is what `fieldsOf` returned. Throws what the kind's own function throws. */
export async function makeSavedReport(
  ctx: TenantContext,
  kind: ReportKind,
  query: Record<string, unknown>,
): Promise<ReportResult> {
  const { days } = reportFields.pick({ days: true }).parse(query);
  const end = dayIn(ctx.tenant.timeZones, ctx.services.clock.now());
  const range = { start: addDays(end, 1 - days), end };
  switch (kind) {
    case "usage":
      return { usage: await generateUsageReport(ctx, range) };
    case "active_users":
      return { activeUsers: await activeUsers(ctx, range) };
    case "retention":
      return { retention: await retention(ctx, range) };
    case "funnel":
      return { funnel: await funnel(ctx, { ...range, ...funnelFields.parse(query) }) };
    case "breakdown":
      return { breakdown: await breakdown(ctx, { ...range, ...breakdownFields.parse(query) }) };
  }
}

function check<Schema extends z.ZodType>(schema: Schema, fields: unknown): z.output<Schema> {
  const parsed = schema.safeParse(fields);
  if (parsed.success) return parsed.data;
  throw invalid(fieldProblems(parsed.error));
}
