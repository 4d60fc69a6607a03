import { count, desc, sql } from "drizzle-orm";
import { jsonRows } from "../../db/connection/json_rows.ts";
import { prepareQuery } from "../../db/connection/prepared.ts";
import type { TransactionDb } from "../../db/connection/transaction.ts";
import { projects } from "../../db/tenant/schema/projects.ts";
import { authorize, can } from "../access/authorize.ts";
import { countMembers, MEMBERS_READ, type WithActorColor, withActorColors } from "../access/members.ts";
import { SEATS } from "../access/seats.ts";
import { hasApiKeys } from "../api_access/api_keys.ts";
import { apiCallsOf, includedOf } from "../billing/entitlements.ts";
import { paidSince } from "../billing/payments.ts";
import type { TenantContext } from "../context.ts";
import { part } from "../ports.ts";
import { type Project, PROJECTS_READ } from "../projects/projects.ts";
import { isOn } from "../flags/flags.ts";
import { canChangeSamples, SAMPLE_DATA } from "../setup/sample_data.ts";
import { type ListedStep, listSteps, type PersonState, stateColumns } from "../setup/workspace_state.ts";
import { type Activity, activityColumn } from "./activity.ts";
import { type ApiCalls, callsOf, readCalls } from "./api_calls.ts";
import { dayOf, startOfMonth } from "./days.ts";
import { type Gauge, gaugesWith } from "./gauges.ts";
import { ANALYTICS_READ } from "./permissions.ts";
import { readSeries } from "./series.ts";
import { measureStorage } from "./storage.ts";

const RECENT_ENTRIES = 5;
const RECENT_PROJECTS = 5;
/** The days of the charts, today included. */
const CHART_DAYS = 30;
/** A month's share of the plan's API calls is spread over this many days. */
const DAYS_A_MONTH = 30;

/**
 * Figures of a tenant: `apiCalls` of this calendar month (UTC), `storageUsed` in bytes, `revenue` what the tenant paid in this month
 * without refunds, in cents.
 */
export type DashboardStats = {
  users: number;
  revenue: number;
  currency: "usd";
  apiCalls: number;
  storageUsed: number;
};

export type RecentProject = Pick<Project, "id" | "name" | "isSample" | "updatedAt">;

export type Dashboard = {
  projects: Gauge;
  /** `seats` is what the plan includes, or null for any number. */
  members: Gauge & { seats: number | null };
  storage: Gauge;
  /** `included` is what the plan includes for a month, and `dailyShare` for a day. Null means any number. */
  apiCalls: ApiCalls & { included: number | null; dailyShare: number | null };
  recentProjects: RecentProject[];
  activity: WithActorColor<Activity>[];
  /** Empty if everything is done, or the member dismissed the checklist. */
  steps: ListedStep[];
  samples: { exist: boolean; canAdd: boolean; canRemove: boolean };
};

/** The query of the tenant's own tables: one for the process, because it depends on the features. */
export const DASHBOARD = part("dashboard", (services) => ({
  readTables: prepareQuery((db) =>
    db.select({
      projects: count(),
      ...stateColumns(services),
      recentProjects: recentProjectsColumn(db),
      activity: activityColumn(db),
    }).from(projects)
  ),
}));

/** The figures of the API. Throws `forbidden`. */
export async function getDashboardStats(ctx: TenantContext): Promise<DashboardStats> {
  authorize(ctx, ANALYTICS_READ);
  const now = ctx.services.clock.now();
  const [users, revenue, storageUsed, [usage]] = await Promise.all([
    countMembers(ctx),
    paidSince(ctx, "usd", startOfMonth(dayOf(now).slice(0, 7))),
    measureStorage(ctx),
    ctx.read((tx) => [readCalls(tx, now, CHART_DAYS)]),
  ]);
  return {
    users,
    revenue,
    currency: "usd",
    apiCalls: callsOf(usage, now, CHART_DAYS).thisMonth,
    storageUsed,
  };
}

/**
 * Reads all data of the dashboard page in one statement on the tenant's tables. The charts, the storage and the people come from
 * caches. Throws `forbidden`.
 */
export async function getDashboard(ctx: TenantContext, person: PersonState): Promise<Dashboard> {
  authorize(ctx, ANALYTICS_READ);
  const { services, tenant } = ctx;
  const now = services.clock.now();
  const [members, hasApiKey, storageUsed, series, [[tables]]] = await Promise.all([
    countMembers(ctx),
    person.isDismissed || hasApiKeys(ctx),
    measureStorage(ctx),
    readSeries(ctx, now, CHART_DAYS),
    ctx.read((tx) => [services.use(DASHBOARD).readTables(tx, limitsFor(ctx))]),
  ]);
  const current = { projects: tables!.projects, members, storage_bytes: storageUsed };
  const isNew = tenant.createdAt >= startOfMonth(dayOf(now).slice(0, 7));
  const canChange = canChangeSamples(ctx);
  const gauges = gaugesWith(current, series.gauges, series.today);
  const included = apiCallsOf(tenant, now);
  return {
    // A tenant that was created this month started with its owner and without projects.
    projects: isNew ? { ...gauges.projects, before: 0 } : gauges.projects,
    members: {
      ...isNew ? { ...gauges.members, before: 1 } : gauges.members,
      seats: includedOf(tenant, SEATS, now),
    },
    storage: gauges.storage_bytes,
    apiCalls: {
      ...series.apiCalls,
      included,
      dailyShare: included === null ? null : Math.round(included / DAYS_A_MONTH),
    },
    recentProjects: tables!.recentProjects,
    activity: await withActorColors(ctx, tables!.activity),
    steps: listSteps(ctx, { ...person, members, hasApiKey }, tables!),
    samples: {
      exist: tables!.hasSamples,
      canAdd: canChange && await isOn(ctx, SAMPLE_DATA),
      canRemove: canChange,
    },
  };
}

/** Nothing of what the actor can't see. */
function limitsFor(ctx: TenantContext): { projectLimit: number; activityLimit: number } {
  const seesProjects = can(ctx, PROJECTS_READ);
  const seesActivity = seesProjects && can(ctx, MEMBERS_READ);
  return {
    projectLimit: seesProjects ? RECENT_PROJECTS : 0,
    activityLimit: seesActivity ? RECENT_ENTRIES : 0,
  };
}

type JsonProject = { id: string; name: string; is_sample: boolean; updated_at: string };

/** The `projectLimit` projects that changed last. */
function recentProjectsColumn(db: TransactionDb) {
  const recent = db.select({
    id: projects.id,
    name: projects.name,
    is_sample: projects.isSample,
    updated_at: projects.updatedAt,
  }).from(projects).orderBy(desc(projects.updatedAt), desc(projects.id)).limit(
    sql.placeholder("projectLimit"),
  );
  return jsonRows(recent, (project: JsonProject): RecentProject => ({
    id: project.id,
    name: project.name,
    isSample: project.is_sample,
    updatedAt: new Date(project.updated_at),
  }));
}
