import { z } from "zod";
import { MonthlyReport, summarize } from "../../views/emails/monthly_report.tsx";
import { emailText } from "../../views/emails/text.ts";
import type { UserId } from "../access/actor.ts";
import { OWNERS } from "../email/audience.ts";
import { emailCategory } from "../email/category.ts";
import { email } from "../email/email.ts";
import { SAMPLE } from "../email/sample.ts";
import { idSchema } from "../platform/ids.ts";
import { tenantUrl } from "../tenancy/tenant.ts";
import { yearMonth } from "./days.ts";
import { getMonthlyReport } from "./monthly_report.ts";

const REPORTS = emailCategory("reports", {
  label: "Monthly reports",
  hint: "A summary of the previous month, at the start of each month.",
});

const SAMPLE_CALLS = [
  ...[212, 198, 96, 88, 241, 263, 255, 270, 248, 104, 91, 259, 284, 301, 322, 296],
  ...[112, 97, 288, 310, 334, 341, 305, 121, 108, 318, 352, 366, 349, 331, 127],
];

export const MONTHLY_REPORT = email("monthly_report", {
  to: OWNERS,
  inTenantsName: true,
  isUnlimited: true,
  category: REPORTS,
  request: z.object({ userId: idSchema<UserId>(), month: yearMonth }),
  load: async (ctx, reader, { month }) => {
    if (!reader.emailVerifiedAt) return null;
    const report = await getMonthlyReport(ctx, month);
    const dashboardUrl = `${tenantUrl(ctx.services.config.appUrl, ctx.tenant)}/dashboard`;
    return { tenantName: ctx.tenant.name, ...report, dashboardUrl };
  },
  subject: ({ tenantName, month }, _brand, locale) =>
    emailText.of(locale).monthlyReport.subject(tenantName, month),
  preheader: summarize,
  view: MonthlyReport,
  sample: {
    tenantName: SAMPLE.tenantName,
    month: new Date("2026-10-01T00:00:00Z"),
    figures: [
      { metric: "members", value: 148, previous: 132 },
      { metric: "projects", value: 27, previous: 27 },
      { metric: "projects_created", value: 3, previous: null },
      { metric: "api_calls", value: 7_387, previous: 7_714 },
      { metric: "storage_bytes", value: 48_213_004, previous: 45_800_112, unit: "bytes" },
    ],
    gap: null,
    daily: SAMPLE_CALLS.map((value, index) => ({
      day: `2026-10-${String(index + 1).padStart(2, "0")}`,
      value,
    })),
    dashboardUrl: `${SAMPLE.workspace}/dashboard`,
  },
});
