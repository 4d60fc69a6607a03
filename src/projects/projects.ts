import { eq, ilike, or } from "drizzle-orm";
import { z } from "zod";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { projects } from "../../db/tenant/schema/projects.ts";
import { describeActor, type UserId } from "../access/actor.ts";
import { authorize } from "../access/authorize.ts";
import { permission } from "../access/permissions.ts";
import { limit } from "../billing/limit.ts";
import { release, reserve } from "../billing/limits.ts";
import type { TenantContext } from "../context.ts";
import { notFound, preconditionFailed } from "../errors.ts";
import { changedFields } from "../events/changes.ts";
import { event } from "../events/event.ts";
import { publish } from "../events/publish.ts";
import { type WebhookData, webhookData } from "../events/webhook_data.ts";
import { isId, newId } from "../platform/ids.ts";
import { list, type ListQuery, type Page, type PlacedPage } from "../platform/list.ts";
import { equalFilter, searchFilter } from "../platform/list_filters.ts";
import { momentKey, nameKey } from "../platform/list_keys.ts";
import { problem } from "../platform/problem.ts";
import { multiLine, singleLine } from "../platform/text.ts";
import { searchSource } from "../search/search_source.ts";

export const PROJECT_NOT_FOUND = problem("project_not_found", "This project was not found.");
const PROJECT_NAME_MISSING = problem("project_name_missing", "Enter a name.");
const PROJECT_STATUS_UNKNOWN = problem("project_status_unknown", "Choose active or archived.");
const PROJECT_CHANGED_MEANWHILE = problem(
  "project_changed_meanwhile",
  "Someone has changed this project since you opened it. Review the changes before you save.",
);

export const PROJECTS_READ = permission("projects:read", {
  roles: ["owner", "admin", "member", "viewer"],
  support: "read",
  label: "See projects",
});

export const PROJECTS_WRITE = permission("projects:write", {
  roles: ["owner", "admin", "member"],
  support: "change",
  implies: [PROJECTS_READ],
  label: "Create and change projects",
});

export const PROJECT_LIMIT = limit("projects", {
  nouns: { one: "project", several: "projects" },
  included: { starter: 3, team: 50, premium: null, enterprise: null },
});

export type ProjectStatus = "active" | "archived";

/** A project of a tenant. It is the sample feature to copy. `version` increases with every change. */
export type Project = {
  id: string;
  name: string;
  description: string;
  status: ProjectStatus;
  /** Whether the project belongs to the sample data and doesn't count toward the limit. It does once someone edits it. */
  isSample: boolean;
  /** Null if the product itself created the project. */
  ownerId: UserId | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;
};

const sentProject = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  status: z.enum(["active", "archived"]),
  owner_id: z.uuid().nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

export const PROJECT_CREATED = event<Project>("project.created", {
  sentence: "created the project {name}",
  webhook: projectData("A project was created."),
});
export const PROJECT_UPDATED = event<Project>("project.updated", {
  sentence: "changed the project {name}",
  withoutValues: ["description"],
  bookkeeping: ["version", "updatedAt"],
  webhook: projectData("A project's name or description changed."),
});
export const PROJECT_ARCHIVED = event<Project>("project.archived", {
  sentence: "archived the project {name}",
  webhook: projectData("A project was archived."),
});
export const PROJECT_RESTORED = event<Project>("project.restored", {
  sentence: "restored the project {name}",
  webhook: projectData("An archived project was restored."),
});
export const PROJECT_DELETED = event<Project>("project.deleted", {
  sentence: "deleted the project {name}",
  webhook: projectData("A project was deleted."),
});

const MAX_NAME_LENGTH = 120;
const MAX_DESCRIPTION_LENGTH = 2_000;

const status = z.enum(["active", "archived"], { error: PROJECT_STATUS_UNKNOWN.code });
const name = singleLine(MAX_NAME_LENGTH, PROJECT_NAME_MISSING);
const description = multiLine(MAX_DESCRIPTION_LENGTH);

export const newProject = z.object({
  name,
  description: description.default(""),
  status: status.default("active"),
});
export type NewProject = z.output<typeof newProject>;

export const projectChanges = z.object({ name, description, status }).partial();
export type ProjectChanges = z.output<typeof projectChanges>;

export const PROJECT_LIST = list("projects", {
  select: (db) => db.select().from(projects),
  id: projects.id,
  sorts: {
    name: nameKey(projects.name),
    createdAt: momentKey(projects.createdAt),
    updatedAt: momentKey(projects.updatedAt),
  },
  defaultSort: "-createdAt",
  filters: {
    search: searchFilter((pattern) =>
      or(ilike(projects.name, pattern), ilike(projects.description, pattern))
    ),
    status: equalFilter(status, projects.status),
  },
  count: (db, counts) => db.select(counts).from(projects),
  tabs: "status",
});

export const PROJECT_SEARCH = searchSource("projects", {
  label: "Projects",
  permission: PROJECTS_READ,
  position: 20,
  select: (db) =>
    db.select({ id: projects.id, title: projects.name, detail: projects.description }).from(projects),
  id: projects.id,
  columns: [projects.name, projects.description],
  href: ({ id }) => `/projects/${id}`,
});

/** One page of the tenant's projects. Throws `invalid` for a cursor from another list, order, or filter. */
export async function listProjects(
  ctx: TenantContext,
  query: ListQuery<typeof PROJECT_LIST>,
): Promise<Page<Project>> {
  authorize(ctx, PROJECTS_READ);
  const [page] = await ctx.read((tx) => [PROJECT_LIST.page(tx, query)]);
  return page;
}

/** Like `listProjects`, with the page's place in the list and the number of projects in each status. */
export async function browseProjects(
  ctx: TenantContext,
  query: ListQuery<typeof PROJECT_LIST>,
): Promise<PlacedPage<Project, ProjectStatus>> {
  authorize(ctx, PROJECTS_READ);
  return await PROJECT_LIST.placedPage(ctx.read, query);
}

/** Throws `not_found`. */
export async function getProject(ctx: TenantContext, id: string): Promise<Project> {
  authorize(ctx, PROJECTS_READ);
  if (!isId(id)) throw notFound(PROJECT_NOT_FOUND);
  const [[project]] = await ctx.read((tx) => [tx.select().from(projects).where(eq(projects.id, id))]);
  if (!project) throw notFound(PROJECT_NOT_FOUND);
  return project;
}

/**
 * Creates a project that the actor owns. If a project with `id` exists, the request is a repeat and creates nothing.
 * Throws `limit_reached`.
 */
export async function createProject(ctx: TenantContext, input: NewProject, id = newId()): Promise<Project> {
  authorize(ctx, PROJECTS_WRITE);
  const now = ctx.services.clock.now();
  return await ctx.tx(async (tx) => {
    const values = { ...input, id, ownerId: describeActor(ctx.actor).id, createdAt: now, updatedAt: now };
    const [project] = await tx.insert(projects).values(values)
      .onConflictDoNothing({ target: projects.id }).returning();
    if (!project) return await readProject(tx, id);
    await reserve(ctx, tx, PROJECT_LIMIT);
    await publish(ctx, tx, PROJECT_CREATED, { after: project });
    return project;
  });
}

/**
 * Updates the fields in `changes`. With `expectedVersions`, only if the project still has one of them. If no value
 * differs, nothing happens: no new version, and no line in the audit log.
 * A sample that gets another name or description becomes the workspace's own, and counts toward the limit.
 * Throws `not_found`, `precondition_failed`, or `limit_reached`.
 */
export async function updateProject(
  ctx: TenantContext,
  id: string,
  changes: ProjectChanges,
  expectedVersions?: readonly number[],
): Promise<Project> {
  authorize(ctx, PROJECTS_WRITE);
  if (!isId(id)) throw notFound(PROJECT_NOT_FOUND);
  return await ctx.tx(async (tx) => {
    const before = await lockProject(tx, id);
    if (expectedVersions && !expectedVersions.includes(before.version)) throw changedMeanwhile();
    const changed = changedFields<Project>(before, changes);
    if (Object.keys(changed).length === 0) return before;
    const updatedAt = ctx.services.clock.now();
    const isSample = before.isSample && changed.name === undefined && changed.description === undefined;
    if (before.isSample && !isSample) await reserve(ctx, tx, PROJECT_LIMIT);
    const version = before.version + 1;
    const [project] = await tx.update(projects).set({ ...changed, isSample, updatedAt, version })
      .where(eq(projects.id, id)).returning();
    await publishChanges(ctx, tx, before, changed);
    return project!;
  });
}

/**
 * Permanently deletes a project. With `expectedVersions`, only if the project still has one of them. Returns the
 * deleted project. Throws `not_found` or `precondition_failed`.
 */
export async function deleteProject(
  ctx: TenantContext,
  id: string,
  expectedVersions?: readonly number[],
): Promise<Project> {
  authorize(ctx, PROJECTS_WRITE);
  if (!isId(id)) throw notFound(PROJECT_NOT_FOUND);
  return await ctx.tx(async (tx) => {
    if (expectedVersions) {
      const { version } = await lockProject(tx, id);
      if (!expectedVersions.includes(version)) throw changedMeanwhile();
    }
    const [project] = await tx.delete(projects).where(eq(projects.id, id)).returning();
    if (!project) throw notFound(PROJECT_NOT_FOUND);
    if (!project.isSample) await release(tx, PROJECT_LIMIT);
    await publish(ctx, tx, PROJECT_DELETED, { before: project });
    return project;
  });
}

async function lockProject(tx: TenantTx, id: string): Promise<Project> {
  const [project] = await tx.select().from(projects).where(eq(projects.id, id)).for("update");
  if (!project) throw notFound(PROJECT_NOT_FOUND);
  return project;
}

async function readProject(tx: TenantTx, id: string): Promise<Project> {
  const [project] = await tx.select().from(projects).where(eq(projects.id, id));
  if (!project) throw notFound(PROJECT_NOT_FOUND);
  return project;
}

function changedMeanwhile() {
  return preconditionFailed(PROJECT_CHANGED_MEANWHILE);
}

/** Archiving and restoring have their own events, separate from the event for other changes. */
async function publishChanges(
  ctx: TenantContext,
  tx: TenantTx,
  before: Project,
  { status, ...others }: Partial<Project>,
): Promise<void> {
  const after = { ...before, ...others };
  await publish(ctx, tx, PROJECT_UPDATED, { before, after });
  if (status) await publish(ctx, tx, status === "archived" ? PROJECT_ARCHIVED : PROJECT_RESTORED, { after });
}

/** What webhooks send about a project: the same as `GET /projects/{id}`. */
function projectData(description: string): WebhookData<Project> {
  return webhookData<Project, typeof sentProject>({
    description,
    permission: PROJECTS_READ,
    schema: sentProject,
    sample: {
      id: "0198c0de-3a1b-7c22-9d4e-5f60718293a4",
      name: "Website relaunch",
      description: "Content freeze two weeks before the launch.",
      status: "active",
      owner_id: "0198c0de-11f0-7a3c-8b5d-6e7f80910213",
      created_at: "2026-03-02T09:00:00.000Z",
      updated_at: "2026-03-02T09:00:00.000Z",
    },
    of: ({ id, name, description, status, ownerId, createdAt, updatedAt }) => ({
      id,
      name,
      description,
      status,
      owner_id: ownerId,
      created_at: createdAt.toISOString(),
      updated_at: updatedAt.toISOString(),
    }),
  });
}
