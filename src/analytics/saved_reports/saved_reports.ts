import { and, count, eq } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../../db/connection/with_tenant.ts";
import { savedReports } from "../../../db/control/schema/saved_reports.ts";
import { tenants } from "../../../db/control/schema/tenants.ts";
import { describeActor } from "../../access/actor.ts";
import { authorize } from "../../access/authorize.ts";
import { requireFeature } from "../../billing/plan_features.ts";
import type { TenantContext } from "../../context.ts";
import { conflict, notFound } from "../../errors.ts";
import { publish } from "../../events/publish.ts";
import { isId, newId } from "../../platform/ids.ts";
import { list, type ListQuery, type Page } from "../../platform/list.ts";
import { momentKey } from "../../platform/list_keys.ts";
import { problem } from "../../platform/problem.ts";
import { singleLine } from "../../platform/text.ts";
import { ADVANCED_ANALYTICS, ANALYTICS_READ, REPORTS_MANAGE } from "../permissions.ts";
import { type NamedReport, REPORT_DELETED, REPORT_SAVED } from "./events.ts";
import {
  fieldsOf,
  makeSavedReport,
  REPORT_KINDS,
  type ReportFields,
  reportFields,
  type ReportKind,
  type ReportResult,
} from "./report_kinds.ts";

export const REPORT_NOT_FOUND = problem("saved_report_not_found", "This report was not found.");
const NAME_MISSING = problem("saved_report_name_missing", "Enter a name.");
const TOO_MANY_REPORTS = problem("saved_reports_too_many", "A workspace can save {maximum} reports.");

const MAX_REPORTS = 200;
const MAX_NAME_LENGTH = 120;

export const newSavedReport = reportFields.extend({
  name: singleLine(MAX_NAME_LENGTH, NAME_MISSING),
  kind: z.enum(REPORT_KINDS),
});

export type SavedReportRow = typeof savedReports.$inferSelect;

/** `linkExpiresAt` is null if there is no link, or if it has expired. */
export type SavedReport = Partial<ReportFields> & Pick<ReportFields, "days"> & {
  id: string;
  name: string;
  kind: ReportKind;
  createdAt: Date;
  linkExpiresAt: Date | null;
};

export const SAVED_REPORT_LIST = list("saved reports", {
  select: (db) => db.select().from(savedReports),
  id: savedReports.id,
  sorts: { createdAt: momentKey(savedReports.createdAt) },
  defaultSort: "createdAt",
  filters: {},
  scope: { tenant: (id) => eq(savedReports.tenantId, id) },
});

/** One page of the tenant's saved reports, the oldest first. */
export async function listSavedReports(
  ctx: TenantContext,
  query: ListQuery<typeof SAVED_REPORT_LIST>,
): Promise<Page<SavedReport>> {
  authorize(ctx, ANALYTICS_READ);
  const page = await SAVED_REPORT_LIST.page(ctx.system.control, query, { tenant: ctx.tenant.id });
  return { ...page, items: page.items.map((row) => toSavedReport(ctx, row)) };
}

/**
 * Saves a report under a name. With an `id` that was used before, returns that report. Throws `feature_not_in_plan`, `invalid`, or
 * `conflict` if there are too many.
 */
export async function saveReport(
  ctx: TenantContext,
  { name, kind, ...fields }: z.output<typeof newSavedReport>,
  id = newId(),
): Promise<SavedReport> {
  authorize(ctx, REPORTS_MANAGE);
  requireFeature(ctx, ADVANCED_ANALYTICS);
  const query = fieldsOf(kind, fields);
  const { tenant, system, services } = ctx;
  const now = services.clock.now();
  return await system.tx(async (tx) => {
    await tx.select({ id: tenants.id }).from(tenants).where(eq(tenants.id, tenant.id)).for("no key update");
    const [repeated] = await tx.select().from(savedReports).where(isOwn(ctx, id));
    if (repeated) return toSavedReport(ctx, repeated);
    const [counted] = await tx.select({ count: count() }).from(savedReports)
      .where(eq(savedReports.tenantId, tenant.id));
    if (counted!.count >= MAX_REPORTS) throw conflict(TOO_MANY_REPORTS.with({ maximum: MAX_REPORTS }));
    const [saved] = await tx.insert(savedReports).values({
      id,
      tenantId: tenant.id,
      name,
      kind,
      query,
      createdBy: describeActor(ctx.actor).id,
      createdAt: now,
      updatedAt: now,
    }).onConflictDoNothing({ target: savedReports.id }).returning();
    if (!saved) throw notFound(REPORT_NOT_FOUND); // another tenant's report has this id
    await publish(system, tx, REPORT_SAVED, { after: named(saved), schema: tenant.schemaName });
    return toSavedReport(ctx, saved);
  });
}

/** A saved report without its result, whatever the plan includes. Throws `not_found`. */
export async function getSavedReport(ctx: TenantContext, id: string): Promise<SavedReport> {
  authorize(ctx, ANALYTICS_READ);
  const [row] = isId(id) ? await ctx.system.control.select().from(savedReports).where(isOwn(ctx, id)) : [];
  if (!row) throw notFound(REPORT_NOT_FOUND);
  return toSavedReport(ctx, row);
}

/** A saved report with its result as of now. Throws `not_found`, and what its kind throws. */
export async function openSavedReport(
  ctx: TenantContext,
  id: string,
): Promise<SavedReport & ReportResult> {
  authorize(ctx, ANALYTICS_READ);
  requireFeature(ctx, ADVANCED_ANALYTICS);
  const report = await getSavedReport(ctx, id);
  return { ...report, ...await makeSavedReport(ctx, report.kind, report) };
}

/** Deletes a saved report and its link. Throws `not_found`. */
export async function deleteSavedReport(ctx: TenantContext, id: string): Promise<void> {
  authorize(ctx, REPORTS_MANAGE);
  const { tenant, system } = ctx;
  await system.tx(async (tx) => {
    const before = await lockReport(ctx, tx, id);
    await tx.delete(savedReports).where(eq(savedReports.id, before.id));
    await publish(system, tx, REPORT_DELETED, { before: named(before), schema: tenant.schemaName });
  });
}

/** The tenant's own report, locked until the transaction ends. Throws `not_found`. */
export async function lockReport(ctx: TenantContext, tx: ControlTx, id: string): Promise<SavedReportRow> {
  const [row] = isId(id) ? await tx.select().from(savedReports).where(isOwn(ctx, id)).for("update") : [];
  if (!row) throw notFound(REPORT_NOT_FOUND);
  return row;
}

function toSavedReport(
  { services }: Pick<TenantContext, "services">,
  { id, name, kind, query, createdAt, linkExpiresAt }: SavedReportRow,
): SavedReport {
  const isLinked = linkExpiresAt !== null && linkExpiresAt > services.clock.now();
  return {
    ...query as Partial<ReportFields> & Pick<ReportFields, "days">,
    id,
    name,
    kind,
    createdAt,
    linkExpiresAt: isLinked ? linkExpiresAt : null,
  };
}

/** What events say about a report. */
export function named({ id, name }: SavedReportRow): NamedReport {
  return { id, name };
}

function isOwn({ tenant }: TenantContext, id: string) {
  return and(eq(savedReports.tenantId, tenant.id), eq(savedReports.id, id));
}
