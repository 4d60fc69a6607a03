import type { Context } from "hono";
import type { Child } from "hono/jsx";
import type { z } from "zod";
import { REQUEST_LOG_READ } from "../../src/api_access/permissions.ts";
import { can } from "../../src/access/authorize.ts";
import {
  ADVANCED_ANALYTICS,
  ANALYTICS_MANAGE,
  ANALYTICS_READ,
  REPORTS_MANAGE,
} from "../../src/analytics/permissions.ts";
import { activeUsers } from "../../src/analytics/reports/active_users.ts";
import { breakdown, breakdownQuery } from "../../src/analytics/reports/breakdown.ts";
import { funnel, funnelQuery } from "../../src/analytics/reports/funnel.ts";
import { retention } from "../../src/analytics/reports/retention.ts";
import { generateUsageReport } from "../../src/analytics/reports/usage_report.ts";
import { addDays } from "../../src/analytics/days.ts";
import { isEntitled } from "../../src/billing/plan_features.ts";
import { planOf } from "../../src/billing/plans.ts";
import type { TenantContext } from "../../src/context.ts";
import type { FieldErrors } from "../../src/errors.ts";
import { fieldProblems } from "../../src/platform/input.ts";
import { dayIn } from "../../src/tenancy/time_zones.ts";
import { Alert } from "../../views/components/alert.tsx";
import { ActiveUsersCard } from "../../views/pages/analytics/active_users_page.tsx";
import type { AnalyticsView, View } from "../../views/pages/analytics/address.ts";
import { BreakdownCards } from "../../views/pages/analytics/breakdown_page.tsx";
import { AnalyticsFrame, MissingPlan } from "../../views/pages/analytics/frame.tsx";
import { FunnelCards } from "../../views/pages/analytics/funnel_page.tsx";
import { OverviewPage, OverviewPanel } from "../../views/pages/analytics/overview_page.tsx";
import { RetentionCard } from "../../views/pages/analytics/retention_page.tsx";
import type { SavedFields } from "../../views/pages/analytics/save_form.tsx";
import { analyticsText } from "../../views/pages/analytics/text.ts";
import type { MemberEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { attempt, page } from "../page.tsx";
import { fieldTexts } from "../problem_text.ts";
import { readView, reasonOf, REPORT_REFUSALS } from "./analytics_view.ts";
import { MemberPages } from "./member_pages.ts";

/** What people do in the workspace's product. */
const pages = new MemberPages({
  label: (locale) => analyticsText.of(locale).title,
  href: "/analytics",
  icon: "chart",
  group: "main",
  position: 25,
  permission: ANALYTICS_READ,
});
export default pages;

pages.get("/analytics", async (c) => {
  const ctx = c.get("member");
  const view = readView(c);
  const props = {
    report: await generateUsageReport(ctx, rangeOf(ctx, view)),
    view,
    can: { seeCalls: can(ctx, REQUEST_LOG_READ), addWebsites: can(ctx, ANALYTICS_MANAGE) },
  };
  return await page(c, {
    title: titleOf(c),
    body: <OverviewPage {...props} />,
    partial: <OverviewPanel {...props} />,
  });
});

pages.get("/analytics/active-users", (c) =>
  advanced(c, "people", async (ctx, view) => ({
    report: <ActiveUsersCard {...await activeUsers(ctx, rangeOf(ctx, view))} />,
    saved: { kind: "active_users", days: view.days },
  })));

pages.get("/analytics/retention", (c) =>
  advanced(c, "retention", async (ctx, view) => ({
    report: <RetentionCard {...await retention(ctx, rangeOf(ctx, view))} />,
    saved: { kind: "retention", days: view.days },
  })));

pages.get("/analytics/funnel", (c) =>
  advanced(c, "funnel", async (ctx, view) => {
    const query = { ...rangeOf(ctx, view), steps: view.steps, windowHours: view.window };
    const asked = await answer(c, view.steps.length > 0, funnelQuery, query, funnel);
    const { events, result, errors, problem } = asked;
    const problems = errors.steps ? { step2: errors.steps, ...errors } : errors;
    const steps = Object.fromEntries(view.steps.map((step, index) => [`step${index + 1}`, step]));
    return {
      report: <FunnelCards view={view} events={events} funnel={result} errors={problems} problem={problem} />,
      saved: result && { kind: "funnel", days: view.days, window_hours: view.window, ...steps },
    };
  }));

pages.get("/analytics/breakdown", (c) =>
  advanced(c, "breakdown", async (ctx, view) => {
    const { days, event, property } = view;
    const query = { ...rangeOf(ctx, view), event, property };
    const isAsked = event !== "" || property !== "";
    const { result, ...asked } = await answer(c, isAsked, breakdownQuery, query, breakdown);
    return {
      report: <BreakdownCards view={view} breakdown={result} {...asked} />,
      saved: result && { kind: "breakdown", days, event, property },
    };
  }));

/** A report that only some plans include, with the form that saves it, or what leads to those plans. */
async function advanced(
  c: Context<MemberEnv>,
  current: View,
  make: (ctx: TenantContext, view: AnalyticsView) => Promise<{ report: Child; saved: SavedFields | null }>,
) {
  const ctx = c.get("member");
  const view = readView(c);
  if (!isEntitled(ctx, ADVANCED_ANALYTICS)) {
    const missing = <MissingPlan plan={planOf(ADVANCED_ANALYTICS.from).name} />;
    return await page(c, {
      title: titleOf(c),
      body: <AnalyticsFrame {...{ current, view }}>{missing}</AnalyticsFrame>,
    });
  }
  const made = await attempt(REPORT_REFUSALS, () => make(ctx, view));
  const { report, saved } = made.refusal
    ? { report: <Alert kind="error">{reasonOf(c, made.refusal)}</Alert>, saved: null }
    : made.value;
  return await page(c, {
    title: titleOf(c),
    body: (
      <AnalyticsFrame current={current} view={view} saved={can(ctx, REPORTS_MANAGE) ? saved : null}>
        {report}
      </AnalyticsFrame>
    ),
  });
}

/**
 * The answer to a form's question, or what is wrong with it, and the events to suggest. `problem` says why a question that is right has
 * no answer now.
 */
async function answer<Query extends z.ZodType, Result>(
  c: Context<MemberEnv>,
  isAsked: boolean,
  schema: Query,
  query: unknown,
  ask: (ctx: TenantContext, query: z.output<Query>) => Promise<Result>,
): Promise<{ events: string[]; result: Result | null; errors: FieldErrors; problem?: string }> {
  const ctx = c.get("member");
  const { topEvents } = await generateUsageReport(ctx, rangeOf(ctx, readView(c)));
  const events = topEvents.map(({ event }) => event);
  if (!isAsked) return { events, result: null, errors: {} };
  const parsed = schema.safeParse(query);
  if (!parsed.success) {
    return { events, result: null, errors: fieldTexts(fieldProblems(parsed.error), localeOf(c)) };
  }
  const asked = await attempt(REPORT_REFUSALS, () => ask(ctx, parsed.data));
  return asked.refusal
    ? { events, result: null, errors: {}, problem: reasonOf(c, asked.refusal) }
    : { events, result: asked.value, errors: {} };
}

/** The days that end today, in the workspace's time zone. */
function rangeOf(ctx: TenantContext, { days }: AnalyticsView): { start: string; end: string } {
  const end = dayIn(ctx.tenant.timeZones, ctx.services.clock.now());
  return { start: addDays(end, 1 - Number(days)), end };
}

function titleOf(c: Context<MemberEnv>): string {
  return analyticsText.of(localeOf(c)).title;
}
