import { and, eq, gt } from "drizzle-orm";
import { z } from "zod";
import { savedReports } from "../../../db/control/schema/saved_reports.ts";
import { systemActor } from "../../access/actor.ts";
import { authorize } from "../../access/authorize.ts";
import { isEntitled, requireFeature } from "../../billing/plan_features.ts";
import { type SystemContext, type TenantContext, tenantContext } from "../../context.ts";
import { notFound } from "../../errors.ts";
import { publish } from "../../events/publish.ts";
import { networkOf } from "../../platform/address_ranges.ts";
import { MemoryCache } from "../../platform/cache.ts";
import { after, DAY, MINUTE } from "../../platform/clock.ts";
import { newToken, sha256 } from "../../platform/crypto.ts";
import { problem } from "../../platform/problem.ts";
import { SharedLoads } from "../../platform/shared_loads.ts";
import { part } from "../../ports.ts";
import { enforce } from "../../rate_limits/limiter.ts";
import { rateLimit } from "../../rate_limits/rate_limit.ts";
import { admit } from "../../tenancy/admission.ts";
import { type Tenant, tenantUrl } from "../../tenancy/tenant.ts";
import { TENANTS } from "../../tenancy/tenant_directory.ts";
import { ADVANCED_ANALYTICS, REPORTS_MANAGE } from "../permissions.ts";
import { REPORT_SHARED, REPORT_UNSHARED } from "./events.ts";
import {
  makeSavedReport,
  type ReportFields,
  reportFields,
  type ReportKind,
  type ReportResult,
} from "./report_kinds.ts";
import { lockReport, named } from "./saved_reports.ts";

const LINK_NOT_FOUND = problem("report_link_not_found", "This link has expired or was revoked.");

const MAX_LINK_DAYS = 30;
const DEFAULT_LINK_DAYS = 7;
const TOKEN = /^[\w-]{43}$/;

export const newReportLink = z.object({ days: z.int().min(1).max(MAX_LINK_DAYS).default(DEFAULT_LINK_DAYS) });

/** Anyone may open a link, so it has a limit. */
export const SHARED_REPORTS = rateLimit("shared_reports", { limit: 60, window: MINUTE, whenDown: "open" });

export type ReportLink = { url: string; expiresAt: Date };
export type SharedReport = ReportResult & Pick<ReportFields, "days" | "event" | "property"> & {
  workspace: string;
  name: string;
  kind: ReportKind;
  expiresAt: Date;
};

/** The results of shared reports by link, so that readers don't keep the workspace itself from its reports. */
export const SHARED_RESULTS = part(
  "shared reports",
  () => ({
    known: new MemoryCache<{ tenantId: string; result: ReportResult }>({ capacity: 500, ttl: 5 * MINUTE }),
    running: new SharedLoads<ReportResult>(),
  }),
  { forgetTenant: ({ known }, id) => known.deleteWhere(({ tenantId }) => tenantId === id) },
);

/** Makes a link with which anyone can read the report until it expires. It replaces the report's earlier link. Throws `not_found`. */
export async function shareReport(
  ctx: TenantContext,
  id: string,
  { days }: z.output<typeof newReportLink>,
): Promise<ReportLink> {
  authorize(ctx, REPORTS_MANAGE);
  requireFeature(ctx, ADVANCED_ANALYTICS);
  const { tenant, system, services } = ctx;
  const token = newToken();
  const expiresAt = after(services.clock.now(), days * DAY);
  const url = `${tenantUrl(services.config.appUrl, tenant)}/shared-reports/${token}`;
  return await system.tx(async (tx) => {
    const report = await lockReport(ctx, tx, id);
    await tx.update(savedReports).set({ linkHash: sha256(token), linkExpiresAt: expiresAt })
      .where(eq(savedReports.id, report.id));
    const details = { until: expiresAt.toISOString() };
    await publish(system, tx, REPORT_SHARED, { after: named(report), details, schema: tenant.schemaName });
    return { url, expiresAt };
  });
}

/** Revokes the report's link, if it has one. Throws `not_found`. */
export async function unshareReport(ctx: TenantContext, id: string): Promise<void> {
  authorize(ctx, REPORTS_MANAGE);
  const { tenant, system } = ctx;
  await system.tx(async (tx) => {
    const report = await lockReport(ctx, tx, id);
    if (report.linkHash === null) return;
    await tx.update(savedReports).set({ linkHash: null, linkExpiresAt: null }).where(
      eq(savedReports.id, report.id),
    );
    await publish(system, tx, REPORT_UNSHARED, {
      after: named(report),
      details: {},
      schema: tenant.schemaName,
    });
  });
}

/**
 * The report that a link leads to, at most five minutes old. `host` is the tenant whose host was called. Throws `not_found` if the link is
 * unknown, expired or revoked, or if the tenant's plan no longer includes reports.
 */
export async function openSharedReport(
  ctx: SystemContext,
  token: string,
  host: Tenant | null,
): Promise<SharedReport> {
  if (ctx.ipAddress !== undefined) await enforce(ctx, SHARED_REPORTS, networkOf(ctx.ipAddress));
  const { services } = ctx;
  const [report] = TOKEN.test(token)
    ? await ctx.control.select().from(savedReports)
      .where(
        and(eq(savedReports.linkHash, sha256(token)), gt(savedReports.linkExpiresAt, services.clock.now())),
      )
    : [];
  const tenant = report && await services.use(TENANTS).findById(report.tenantId);
  if (!report || !tenant || host?.id !== tenant.id) throw notFound(LINK_NOT_FOUND);
  if (!isEntitled({ tenant, services }, ADVANCED_ANALYTICS)) throw notFound(LINK_NOT_FOUND);
  admit(services, tenant);
  const reader = tenantContext(services, tenant, systemActor("Shared report"), ctx.requestId);
  const result = await resultOf(
    reader,
    report.linkHash!,
    () => makeSavedReport(reader, report.kind, report.query),
  );
  const { days, event, property } = reportFields.parse(report.query);
  return {
    ...result,
    days,
    event,
    property,
    workspace: tenant.name,
    name: report.name,
    kind: report.kind,
    expiresAt: report.linkExpiresAt!,
  };
}

async function resultOf(
  { services, tenant }: TenantContext,
  link: string,
  make: () => Promise<ReportResult>,
): Promise<ReportResult> {
  const { known, running } = services.use(SHARED_RESULTS);
  const cached = known.get(link);
  if (cached) return cached.result;
  return await running.run(link, async () => {
    const result = await make();
    known.set(link, { tenantId: tenant.id, result });
    return result;
  });
}
