import { count, desc, sql } from "drizzle-orm";
import { prepareQuery } from "../../db/connection/prepared.ts";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { projects } from "../../db/tenant/schema/projects.ts";
import { authorize, can } from "../access/authorize.ts";
import { countMembers, MEMBERS_READ, type WithActorColor, withActorColors } from "../access/members.ts";
import { SEATS } from "../access/seats.ts";
import { MONTHLY_API_CALLS } from "../api_access/monthly_calls.ts";
import type { TenantContext } from "../context.ts";
import { part } from "../ports.ts";
import { type Project, PROJECTS_READ } from "../projects/projects.ts";
import { canChangeSamples } from "../setup/sample_data.ts";
import { type ListedStep, listSteps, readPersonState, stateColumns } from "../setup/workspace_state.ts";
import { type Activity, recentActivity } from "./activity.ts";
import { type ApiCalls, callsOf, readCalls } from "./api_calls.ts";
import { dayOf, startOfMonth } from "./days.ts";
import { type Gauge, gaugesOf, readGauges } from "./gauges.ts";
import { ANALYTICS_READ } from "./permissions.ts";
import { measureStorage } from "./storage.ts";

const RECENT_ENTRIES = 5;
const RECENT_PROJECTS = 5;
/** The days of the charts, today included. */
const CHART_DAYS = 30;
/** A month's share of the plan's API calls is spread over this many days. */
const DAYS_A_MONTH = 30;

/** Figures of a tenant: `apiCalls` of this calendar month (UTC), `storageUsed` in bytes, `revenue` in cents. */
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
  samples: { exist: boolean; canChange: boolean };
};

/** The query of the tenant's own state: one for the process, because it depends on the features. */
export const DASHBOARD = part("dashboard", (services) => ({
  readState: prepareQuery((db) => db.select({ projects: count(), ...stateColumns(services) }).from(projects)),
}));

/** The figures of the API. Throws `forbidden`. */
export async function getDashboardStats(ctx: TenantContext): Promise<DashboardStats> {
  authorize(ctx, ANALYTICS_READ);
  const now = ctx.services.clock.now();
  const [users, storageUsed, [usage]] = await Promise.all([
    countMembers(ctx),
    measureStorage(ctx),
    ctx.read((tx) => [readCalls(tx, now, CHART_DAYS)]),
  ]);
  // Revenue is payments by the tenant. It is always 0, because nothing is for sale yet.
  return {
    users,
    revenue: 0,
    currency: "usd",
    apiCalls: callsOf(usage, now, CHART_DAYS).thisMonth,
    storageUsed,
  };
}

/**
 * Reads all data of the dashboard page: one flight on the tenant's tables, one statement about the person, and one about the people
 * in the log. Throws `forbidden`.
 */
export async function getDashboard(ctx: TenantContext): Promise<Dashboard> {
  authorize(ctx, ANALYTICS_READ);
  const { services, tenant } = ctx;
  const now = services.clock.now();
  const [person, storageUsed, [[state], usage, measured, activity, recentProjects]] = await Promise.all([
    readPersonState(ctx),
    measureStorage(ctx),
    ctx.read((tx) => [
      services.use(DASHBOARD).readState(tx),
      readCalls(tx, now, CHART_DAYS),
      readGauges(tx, now, CHART_DAYS),
      readActivity(ctx, tx),
      readRecentProjects(ctx, tx),
    ]),
  ]);
  const current = { projects: state!.projects, members: person.members, storage_bytes: storageUsed };
  const isNew = tenant.createdAt >= startOfMonth(dayOf(now).slice(0, 7));
  const gauges = gaugesOf(measured, current, now, CHART_DAYS);
  const included = MONTHLY_API_CALLS[tenant.plan];
  return {
    // A tenant that was created this month started with its owner and without projects.
    projects: isNew ? { ...gauges.projects, before: 0 } : gauges.projects,
    members: {
      ...isNew ? { ...gauges.members, before: 1 } : gauges.members,
      seats: SEATS.included[tenant.plan],
    },
    storage: gauges.storage_bytes,
    apiCalls: {
      ...callsOf(usage, now, CHART_DAYS),
      included,
      dailyShare: included === null ? null : Math.round(included / DAYS_A_MONTH),
    },
    recentProjects,
    activity: await withActorColors(ctx, activity),
    steps: listSteps(ctx, person, state!),
    samples: { exist: state!.hasSamples, canChange: canChangeSamples(ctx) },
  };
}

/** Empty if the actor can't see what it names. */
function readActivity(ctx: TenantContext, tx: TenantTx): PromiseLike<Activity[]> {
  const canSee = can(ctx, PROJECTS_READ) && can(ctx, MEMBERS_READ);
  return recentActivity(tx, { limit: canSee ? RECENT_ENTRIES : 0 });
}

/** Empty if the actor can't see projects. */
function readRecentProjects(ctx: TenantContext, tx: TenantTx): PromiseLike<RecentProject[]> {
  return recentProjects(tx, { limit: can(ctx, PROJECTS_READ) ? RECENT_PROJECTS : 0 });
}

const recentProjects = prepareQuery((db) =>
  db.select({
    id: projects.id,
    name: projects.name,
    isSample: projects.isSample,
    updatedAt: projects.updatedAt,
  }).from(projects).orderBy(desc(projects.updatedAt), desc(projects.id)).limit(sql.placeholder("limit"))
);
