import { z } from "@hono/zod-openapi";
import { ANALYTICS_READ, REPORTS_MANAGE } from "../../src/analytics/permissions.ts";
import {
  REPORT_DELETED,
  REPORT_SAVED,
  REPORT_SHARED,
  REPORT_UNSHARED,
} from "../../src/analytics/saved_reports/events.ts";
import {
  newReportLink,
  openSharedReport,
  SHARED_REPORTS,
  type SharedReport,
  shareReport,
  unshareReport,
} from "../../src/analytics/saved_reports/report_links.ts";
import { REPORT_KINDS, type ReportResult } from "../../src/analytics/saved_reports/report_kinds.ts";
import {
  deleteSavedReport,
  listSavedReports,
  newSavedReport,
  openSavedReport,
  SAVED_REPORT_LIST,
  type SavedReport,
  saveReport,
} from "../../src/analytics/saved_reports/saved_reports.ts";
import { model } from "../operation_document.ts";
import {
  activeUsersReport,
  breakdownReport,
  funnelReport,
  retentionReport,
  shownUsage,
  usageReport,
} from "./analytics_models.ts";
import { publicResource, tenantResource } from "./audiences.ts";

const NEEDS = "Needs a plan with `advanced_analytics`.";

const EXAMPLE = {
  id: "0198c0de-7d4e-7a51-8c62-1f2e3d4c5b6a",
  name: "Sign-up to first project",
  kind: "funnel" as const,
  days: 30,
  steps: ["signed_up", "project_created"],
  windowHours: 168,
  createdAt: "2026-03-02T09:00:00.000Z",
  linkExpiresAt: null,
};

const savedReport = model("SavedReport", {
  id: z.uuid(),
  name: z.string(),
  kind: z.enum(REPORT_KINDS),
  days: z.int().optional(),
  steps: z.array(z.string()).optional(),
  windowHours: z.int().optional(),
  event: z.string().optional(),
  property: z.string().optional(),
  createdAt: z.iso.datetime(),
  linkExpiresAt: z.iso.datetime().nullable().openapi({ description: "Null: there is no link." }),
}, EXAMPLE);

/** One of them, under the name of the report's kind. */
const results = {
  usage: usageReport.optional(),
  activeUsers: activeUsersReport.optional(),
  funnel: funnelReport.optional(),
  retention: retentionReport.optional(),
  breakdown: breakdownReport.optional(),
};
const RESULT = {
  funnel: {
    steps: [
      { event: "signed_up", people: 400, share: 1 },
      { event: "project_created", people: 260, share: 0.65 },
    ],
  },
};
const openedReport = model("OpenedReport", { ...savedReport.shape, ...results }, { ...EXAMPLE, ...RESULT });

const sharedReport = model("SharedReport", {
  workspace: z.string(),
  name: z.string(),
  kind: z.enum(REPORT_KINDS),
  expiresAt: z.iso.datetime(),
  ...results,
}, {
  workspace: "Acme Robotics",
  name: EXAMPLE.name,
  kind: EXAMPLE.kind,
  expiresAt: "2026-03-09T09:00:00.000Z",
  ...RESULT,
});

const link = model("ReportLink", { url: z.url(), expiresAt: z.iso.datetime() }, {
  url: "https://acme.denizen.example/shared-reports/sample-token",
  expiresAt: "2026-03-09T09:00:00.000Z",
});

const reports = tenantResource("Analytics");
export default reports;

reports.list("/saved-reports", {
  operationId: "listSavedReports",
  summary: "List saved reports",
  permission: ANALYTICS_READ,
  list: SAVED_REPORT_LIST,
  name: "SavedReportList",
  item: savedReport,
  answer: "A page of reports, the oldest first",
  run: listSavedReports,
});

reports.operation("post", "/saved-reports", {
  operationId: "saveReport",
  summary: "Save a report",
  description:
    `The report covers the last \`days\`. A funnel also needs \`steps\`, a breakdown \`event\` and \`property\`. ${NEEDS}`,
  permission: REPORTS_MANAGE,
  events: [REPORT_SAVED],
  body: newSavedReport,
  example: {
    name: EXAMPLE.name,
    kind: EXAMPLE.kind,
    steps: EXAMPLE.steps,
    windowHours: EXAMPLE.windowHours,
  },
  answer: { status: 201, description: "The saved report", schema: savedReport },
  run: (ctx, { body }) => saveReport(ctx, body),
});

reports.operation("get", "/saved-reports/{id}", {
  operationId: "openSavedReport",
  summary: "Get a saved report with its result",
  description: `The result is in the field of its kind. ${NEEDS}`,
  permission: ANALYTICS_READ,
  answer: { description: "The report as of now", schema: openedReport },
  refusals: [422],
  withoutEtag: true,
  run: (ctx, { id }) => openSavedReport(ctx, id),
  present: (report: SavedReport & ReportResult) => shown(report),
});

reports.operation("delete", "/saved-reports/{id}", {
  operationId: "deleteSavedReport",
  summary: "Delete a saved report and its link",
  permission: REPORTS_MANAGE,
  events: [REPORT_DELETED],
  answer: { status: 204, description: "The report was deleted" },
  run: (ctx, { id }) => deleteSavedReport(ctx, id),
});

reports.operation("post", "/saved-reports/{id}/link", {
  operationId: "shareReport",
  summary: "Make a link to a saved report",
  description:
    `Anyone with the link can read the report for \`days\`, 30 at most. It replaces an earlier link, and can't be shown again. ${NEEDS}`,
  permission: REPORTS_MANAGE,
  events: [REPORT_SHARED],
  body: newReportLink,
  example: { days: 7 },
  answer: { description: "The link", schema: link },
  run: (ctx, { id, body }) => shareReport(ctx, id, body),
});

reports.operation("delete", "/saved-reports/{id}/link", {
  operationId: "unshareReport",
  summary: "Revoke the link to a saved report",
  permission: REPORTS_MANAGE,
  events: [REPORT_UNSHARED],
  answer: { status: 204, description: "The link no longer works" },
  run: (ctx, { id }) => unshareReport(ctx, id),
});

const MAX_TOKEN_LENGTH = 100;

/** Reports that someone shared by a link. */
export const shared = publicResource("Analytics");

shared.operation("get", "/shared-reports/{token}", {
  operationId: "openSharedReport",
  summary: "Read a report by its link",
  description: "The link itself opens a page. Needs no credentials. The result is at most five minutes old.",
  parameter: z.string().max(MAX_TOKEN_LENGTH).openapi({ description: "The token at the end of the link" }),
  limits: [SHARED_REPORTS],
  answer: { description: "The report", schema: sharedReport },
  refusals: [403, 422],
  withoutEtag: true,
  run: (ctx, { id: token, c }) => openSharedReport(ctx, token, c.get("tenant")),
  present: (report: SharedReport) => shown(report),
});

function shown<Report extends ReportResult>({ usage, ...report }: Report) {
  return { ...report, usage: usage && shownUsage(usage) };
}
