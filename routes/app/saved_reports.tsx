import type { Context } from "hono";
import { z } from "zod";
import { authorize, can } from "../../src/access/authorize.ts";
import { ADVANCED_ANALYTICS, REPORTS_MANAGE } from "../../src/analytics/permissions.ts";
import { newReportLink, shareReport, unshareReport } from "../../src/analytics/saved_reports/report_links.ts";
import {
  deleteSavedReport,
  getSavedReport,
  listSavedReports,
  newSavedReport,
  openSavedReport,
  SAVED_REPORT_LIST,
  saveReport,
} from "../../src/analytics/saved_reports/saved_reports.ts";
import { isEntitled } from "../../src/billing/plan_features.ts";
import { planOf } from "../../src/billing/plans.ts";
import { SAVED_PATH as PATH } from "../../views/pages/analytics/address.ts";
import { AnalyticsFrame, MissingPlan } from "../../views/pages/analytics/frame.tsx";
import { type SavedFields, SaveForm } from "../../views/pages/analytics/save_form.tsx";
import {
  DeleteReportPage,
  ReportLinkPage,
  SavedReportPage,
} from "../../views/pages/analytics/saved_report_page.tsx";
import { SavedReportsCard } from "../../views/pages/analytics/saved_reports_page.tsx";
import { analyticsText } from "../../views/pages/analytics/text.ts";
import type { Fields, MemberEnv } from "../http.ts";
import { pageLinks, readListAddress } from "../list_address.ts";
import { localeOf } from "../locale.ts";
import { attempt, done, form, page, type RefusedForm } from "../page.tsx";
import { readView, reasonOf, REPORT_REFUSALS } from "./analytics_view.ts";
import { MemberPages } from "./member_pages.ts";

/** Numbers and lists arrive as texts, and the steps in a field each. */
const reportForm = z.preprocess(
  ({ step1, step2, step3, step4, step5, days, window_hours, ...fields }: Fields) => {
    const steps = [step1, step2, step3, step4, step5].filter((step) => step !== undefined);
    return {
      ...fields,
      days: Number(days),
      ...(steps.length > 0 ? { steps } : {}),
      ...(window_hours ? { windowHours: Number(window_hours) } : {}),
    };
  },
  newSavedReport,
);

/** Reports that the workspace saved. */
const pages = new MemberPages();
export default pages;

pages.get("/analytics/reports", async (c) => {
  const ctx = c.get("member");
  const { items, ...cursors } = await listSavedReports(
    ctx,
    readListAddress(c.req.query(), SAVED_REPORT_LIST),
  );
  const isIncluded = isEntitled(ctx, ADVANCED_ANALYTICS);
  return await page(c, {
    title: textOf(c).title,
    body: (
      <AnalyticsFrame current="saved" view={readView(c)}>
        {isIncluded ? null : <MissingPlan plan={planOf(ADVANCED_ANALYTICS.from).name} />}
        {isIncluded || items.length > 0
          ? <SavedReportsCard reports={items} pages={pageLinks(c.req.path, cursors)} />
          : null}
      </AnalyticsFrame>
    ),
  });
});

pages.post("/analytics/reports", async (c) => {
  const ctx = c.get("member");
  authorize(ctx, REPORTS_MANAGE);
  return await form(c, {
    schema: reportForm,
    submit: (input, { idFor }) => saveReport(ctx, input, idFor("saved report")),
    done: ({ id }) => ({ to: `${PATH}/${id}`, flash: textOf(c).saved }),
    refusals: ["invalid", "conflict"],
    refused: (refused) => ({
      title: textOf(c).save,
      trail: trailOf(c),
      body: <SaveForm {...refilled(refused)} />,
    }),
  });
});

pages.get("/analytics/reports/:id", async (c) => {
  const ctx = c.get("member");
  const id = c.req.param("id");
  const report = await getSavedReport(ctx, id);
  const made = await attempt(REPORT_REFUSALS, () => openSavedReport(ctx, id));
  return await page(c, {
    title: report.name,
    trail: trailOf(c),
    body: (
      <SavedReportPage
        report={made.refusal ? report : made.value}
        problem={made.refusal ? reasonOf(c, made.refusal) : undefined}
        canManage={can(ctx, REPORTS_MANAGE)}
      />
    ),
  });
});

pages.post("/analytics/reports/:id/link", async (c) => {
  const id = c.req.param("id");
  const { url } = await shareReport(c.get("member"), id, newReportLink.parse({}));
  return await page(c, {
    title: textOf(c).link,
    trail: trailOf(c),
    body: <ReportLinkPage id={id} url={url} />,
  });
});

pages.post("/analytics/reports/:id/link/revoke", async (c) => {
  await unshareReport(c.get("member"), c.req.param("id"));
  return await done(c, { to: `${PATH}/${c.req.param("id")}`, flash: textOf(c).revoked });
});

pages.get("/analytics/reports/:id/delete", async (c) => {
  const { id, name } = await getSavedReport(c.get("member"), c.req.param("id"));
  return await page(c, {
    title: textOf(c).remove,
    trail: trailOf(c),
    body: <DeleteReportPage id={id} name={name} />,
  });
});

pages.post("/analytics/reports/:id/delete", async (c) => {
  await deleteSavedReport(c.get("member"), c.req.param("id"));
  return await done(c, { to: PATH, flash: textOf(c).removed });
});

/** The form of a report that was refused, with what it was about. */
function refilled({ values: { name, form_key: _, ...fields }, errors, problem }: RefusedForm) {
  return { fields: fields as SavedFields, name, errors, problem };
}

function trailOf(c: Context<MemberEnv>) {
  const text = textOf(c);
  return [{ label: text.title, href: "/analytics" }, { label: text.tabs.saved, href: PATH }];
}

function textOf(c: Context<MemberEnv>) {
  return analyticsText.of(localeOf(c));
}
