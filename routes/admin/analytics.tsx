import { Hono } from "hono";
import { getPlatformReport } from "../../src/analytics/platform/report.ts";
import { formatMoney } from "../../src/billing/money.ts";
import { type PlanKey, planOf } from "../../src/billing/plans.ts";
import { getBillingReport } from "../../src/billing/reports.ts";
import { LANGUAGE_TAGS } from "../../views/locale.ts";
import { AdminAnalyticsPage } from "../../views/pages/admin/analytics_page.tsx";
import { adminAnalyticsText } from "../../views/pages/admin/analytics_text.ts";
import { translatorTo } from "../../views/wording.ts";
import type { StaffEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { page } from "../page.tsx";

/** How the whole platform is doing. */
export const analyticsPages = new Hono<StaffEnv>();

analyticsPages.get("/analytics", async (c) => {
  const ctx = c.get("staff");
  const [report, { currencies }] = await Promise.all([getPlatformReport(ctx), getBillingReport(ctx)]);
  const locale = localeOf(c);
  const translate = translatorTo(locale);
  const revenue = currencies.map(({ currency, months }) =>
    formatMoney({ amount: months.at(-1)!.closing.revenue, currency }, LANGUAGE_TAGS[locale])
  );
  return await page(c, {
    title: adminAnalyticsText.of(locale).title,
    body: (
      <AdminAnalyticsPage
        report={report}
        revenue={revenue}
        planName={(plan) => translate(planOf(plan as PlanKey).name)}
      />
    ),
  });
});
