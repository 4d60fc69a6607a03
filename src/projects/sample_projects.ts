import { count, eq, sql } from "drizzle-orm";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { projects } from "../../db/tenant/schema/projects.ts";
import { describeActor } from "../access/actor.ts";
import { authorize } from "../access/authorize.ts";
import { lockLimit } from "../billing/limits.ts";
import type { TenantContext } from "../context.ts";
import { publish } from "../events/publish.ts";
import { newId } from "../platform/ids.ts";
import { type Translate, type Wording, wording } from "../platform/wording.ts";
import type { SampleData } from "../setup/sample_data.ts";
import {
  type NewProject,
  PROJECT_CREATED,
  PROJECT_DELETED,
  PROJECT_LIMIT,
  PROJECTS_WRITE,
  type ProjectStatus,
} from "./projects.ts";

type SampleProject = { name: Wording; description: Wording; status: ProjectStatus };

/** From the oldest to the newest, which the list shows first. */
const SAMPLES: readonly SampleProject[] = [
  sample("annual_report_2025", "Annual report 2025", "Figures, letter and print run.", "archived"),
  sample(
    "customer_survey",
    "Customer survey",
    "Forty interviews in five countries. First findings in March.",
  ),
  sample(
    "trade_fair_milan",
    "Trade fair Milan",
    "Booth, travel and leads. Hand over to sales after the fair.",
  ),
  sample("returns_portal", "Returns portal", "Labels that customers print themselves."),
  sample("supplier_audit", "Supplier audit", "Visits in Porto and Lyon. One checklist for both."),
  sample("warehouse_move", "Warehouse move", "Racking plan for the new site."),
  sample("website_relaunch", "Website relaunch", "Content freeze two weeks before the launch."),
  sample("spring_collection", "Spring collection", "Lookbook, samples and shoot."),
];

export const PROJECT_SAMPLES: SampleData = {
  permission: PROJECTS_WRITE,
  exists: sql`exists (select from ${projects} where ${projects.isSample})`,
  add: addSampleProjects,
  remove: removeSampleProjects,
};

/** Samples don't count toward the plan's limit, so that they never take the place of people's own projects. */
async function addSampleProjects(ctx: TenantContext, translate: Translate): Promise<number> {
  authorize(ctx, PROJECTS_WRITE);
  return await ctx.tx(async (tx) => {
    await lockLimit(tx, PROJECT_LIMIT);
    const [existing] = await tx.select({ count: count() }).from(projects).where(eq(projects.isSample, true));
    if (existing!.count > 0) return 0;
    for (const sample of SAMPLES) await insertSample(ctx, tx, inLanguage(sample, translate));
    return SAMPLES.length;
  });
}

async function removeSampleProjects(ctx: TenantContext): Promise<number> {
  authorize(ctx, PROJECTS_WRITE);
  return await ctx.tx(async (tx) => {
    const removed = await tx.delete(projects).where(eq(projects.isSample, true)).returning();
    for (const project of removed) await publish(ctx, tx, PROJECT_DELETED, { before: project });
    return removed.length;
  });
}

async function insertSample(ctx: TenantContext, tx: TenantTx, sample: NewProject): Promise<void> {
  const now = ctx.services.clock.now();
  const ownerId = describeActor(ctx.actor).id;
  const [project] = await tx.insert(projects)
    .values({ ...sample, id: newId(), isSample: true, ownerId, createdAt: now, updatedAt: now })
    .returning();
  await publish(ctx, tx, PROJECT_CREATED, { after: project! });
}

function inLanguage({ name, description, status }: SampleProject, translate: Translate): NewProject {
  return { name: translate(name), description: translate(description), status };
}

function sample(
  key: string,
  name: string,
  description: string,
  status: ProjectStatus = "active",
): SampleProject {
  return {
    name: wording(`sample.project.${key}.name`, name),
    description: wording(`sample.project.${key}.description`, description),
    status,
  };
}
