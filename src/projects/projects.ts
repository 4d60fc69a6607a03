import { and, eq, ilike, or, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { prepareQuery } from "../../db/connection/prepared.ts";
import { projects } from "../../db/tenant/schema/projects.ts";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import type { UserId } from "../access/actor.ts";
import { limit, release, reserve } from "../billing/limits.ts";
import { changedFields, describeChanges } from "../audit/changes.ts";
import { type AuditAction, recordAudit } from "../audit/audit_log.ts";
import type { MemberContext, TenantContext } from "../context.ts";
import { notFound, preconditionFailed } from "../errors.ts";
import { isId, newId } from "../platform/ids.ts";
import { afterCursor, isMoment, type Page, pageSize, readCursor, toPage } from "../platform/keyset.ts";
import { inNameOrder } from "../platform/name_order.ts";
import { likePattern } from "../platform/like_pattern.ts";
import { multiLine, searchTerm, singleLine } from "../platform/text.ts";
import { authorize } from "../access/authorize.ts";
import { permission } from "../access/permissions.ts";

export const PROJECTS_READ = permission("projects:read", {
  roles: ["owner", "admin", "member", "viewer"],
  label: "See projects",
});

export const PROJECTS_WRITE = permission("projects:write", {
  roles: ["owner", "admin", "member"],
  label: "Create and change projects",
});

export const PROJECT_LIMIT = limit("projects", {
  nouns: { one: "project", several: "projects" },
  included: { starter: 3, team: 50, premium: null, enterprise: null },
});

export type ProjectStatus = "active" | "archived";

/** A project of a tenant: the sample of what a user's own resource looks like. `version` counts its changes. */
export type Project = {
  id: string;
  name: string;
  description: string;
  status: ProjectStatus;
  ownerId: UserId;
  version: number;
  createdAt: Date;
  updatedAt: Date;
};

const MAX_NAME_LENGTH = 120;
const MAX_DESCRIPTION_LENGTH = 2_000;
const MAX_SEARCH_LENGTH = 100;

const status = z.enum(["active", "archived"], { error: "Choose active or archived." });
const name = singleLine(MAX_NAME_LENGTH, "Enter a name.");
const description = multiLine(MAX_DESCRIPTION_LENGTH);

export const newProject = z.object({
  name,
  description: description.default(""),
  status: status.default("active"),
});
export type NewProject = z.output<typeof newProject>;

export const projectChanges = z.object({ name, description, status }).partial();
export type ProjectChanges = z.output<typeof projectChanges>;

export const PROJECT_SORTS = [
  "name",
  "-name",
  "created_at",
  "-created_at",
  "updated_at",
  "-updated_at",
] as const;
export type ProjectSort = typeof PROJECT_SORTS[number];

export const projectQuery = z.object({
  search: searchTerm(MAX_SEARCH_LENGTH).optional(),
  status: status.optional(),
  sort: z.enum(PROJECT_SORTS, { error: `Use one of ${PROJECT_SORTS.join(", ")}.` }).default("-created_at"),
  limit: pageSize,
  cursor: z.string().max(1_000).optional(),
});
export type ProjectQuery = z.output<typeof projectQuery>;

/** One page of the tenant's projects. Throws `invalid` on a cursor that isn't of this list. */
export async function listProjects(ctx: TenantContext, query: ProjectQuery): Promise<Page<Project>> {
  authorize(ctx, PROJECTS_READ);
  const { isKey, valueOf } = SORTS[query.sort];
  const values = {
    status: query.status,
    pattern: query.search && likePattern(query.search),
    limit: query.limit + 1,
    ...(query.cursor ? readCursor(query.cursor, query.sort, isKey) : {}),
  };
  const [rows] = await ctx.read((tx) => [listQueryFor(query)(tx, values)]);
  return toPage(rows, query.limit, query.sort, valueOf);
}

/** Throws `not_found`. */
export async function getProject(ctx: TenantContext, id: string): Promise<Project> {
  authorize(ctx, PROJECTS_READ);
  if (!isId(id)) throw notFound("This project");
  const [[project]] = await ctx.read((tx) => [tx.select().from(projects).where(eq(projects.id, id))]);
  if (!project) throw notFound("This project");
  return project;
}

/**
 * Creates a project that the actor owns. If `id` is given and exists, this is a repeat: nothing is created.
 * Throws `limit_reached`.
 */
export async function createProject(ctx: MemberContext, input: NewProject, id = newId()): Promise<Project> {
  authorize(ctx, PROJECTS_WRITE);
  const now = ctx.services.clock.now();
  return await ctx.tx(async (tx) => {
    const values = { ...input, id, ownerId: ctx.actor.id, createdAt: now, updatedAt: now };
    const [project] = await tx.insert(projects).values(values)
      .onConflictDoNothing({ target: projects.id }).returning();
    if (!project) return await readProject(tx, id);
    await reserve(ctx, tx, PROJECT_LIMIT);
    await record(ctx, tx, "project.created", project);
    return project;
  });
}

/**
 * Changes what `changes` names. With `expectedVersion`, only if nobody has changed the project since. Where every value is
 * the project's own already, nothing happens: no new version, no line in the audit log.
 * Throws `not_found`, or `precondition_failed`.
 */
export async function updateProject(
  ctx: TenantContext,
  id: string,
  changes: ProjectChanges,
  expectedVersion?: number,
): Promise<Project> {
  authorize(ctx, PROJECTS_WRITE);
  if (!isId(id)) throw notFound("This project");
  return await ctx.tx(async (tx) => {
    const before = await lockProject(tx, id);
    if (expectedVersion !== undefined && expectedVersion !== before.version) throw changedMeanwhile();
    const changed = changedFields<Project>(before, changes);
    if (Object.keys(changed).length === 0) return before;
    const updatedAt = ctx.services.clock.now();
    const [project] = await tx.update(projects).set({ ...changed, updatedAt, version: before.version + 1 })
      .where(eq(projects.id, id)).returning();
    await recordChanges(ctx, tx, before, changed);
    return project!;
  });
}

/** Removes a project for good. Returns what it was. Throws `not_found`. */
export async function deleteProject(ctx: TenantContext, id: string): Promise<Project> {
  authorize(ctx, PROJECTS_WRITE);
  if (!isId(id)) throw notFound("This project");
  return await ctx.tx(async (tx) => {
    const [project] = await tx.delete(projects).where(eq(projects.id, id)).returning();
    if (!project) throw notFound("This project");
    await release(tx, PROJECT_LIMIT);
    await record(ctx, tx, "project.deleted", project);
    return project;
  });
}

type Sort = {
  column: SQL;
  descending: boolean;
  valueOf: (project: Project) => string;
  isKey: (value: string) => boolean;
  keyOf: (value: SQL) => SQL;
};

const BY_NAME = {
  column: inNameOrder(projects.name),
  valueOf: ({ name }: Project) => name,
  isKey: () => true,
  keyOf: (value: SQL) => sql`${value}::text`,
};
const BY_MOMENT = { isKey: isMoment, keyOf: (value: SQL) => sql`${value}::timestamptz` };
const BY_CREATION = {
  ...BY_MOMENT,
  column: sql`${projects.createdAt}`,
  valueOf: ({ createdAt }: Project) => createdAt.toISOString(),
};
const BY_CHANGE = {
  ...BY_MOMENT,
  column: sql`${projects.updatedAt}`,
  valueOf: ({ updatedAt }: Project) => updatedAt.toISOString(),
};

const SORTS: Record<ProjectSort, Sort> = {
  "name": { ...BY_NAME, descending: false },
  "-name": { ...BY_NAME, descending: true },
  "created_at": { ...BY_CREATION, descending: false },
  "-created_at": { ...BY_CREATION, descending: true },
  "updated_at": { ...BY_CHANGE, descending: false },
  "-updated_at": { ...BY_CHANGE, descending: true },
};

type ListQuery = ReturnType<typeof prepareListQuery>;

const listQueries = new Map<string, ListQuery>();

/** The list is asked for often: each of its few shapes is built once. */
function listQueryFor({ sort, status, search, cursor }: ProjectQuery): ListQuery {
  const shape = [sort, status && "status", search && "search", cursor && "cursor"].join();
  const known = listQueries.get(shape) ?? prepareListQuery(SORTS[sort], { status, search, cursor });
  listQueries.set(shape, known);
  return known;
}

function prepareListQuery(
  { column, descending, keyOf }: Sort,
  given: Pick<ProjectQuery, "status" | "search" | "cursor">,
) {
  const direction = descending ? sql`desc` : sql`asc`;
  const condition = and(
    given.status && eq(projects.status, sql.placeholder("status")),
    given.search ? or(ilike(projects.name, PATTERN), ilike(projects.description, PATTERN)) : undefined,
    given.cursor ? afterCursor(column, sql`${projects.id}`, descending, keyOf) : undefined,
  );
  return prepareQuery((db) =>
    db.select().from(projects).where(condition)
      .orderBy(sql`${column} ${direction}, ${projects.id} ${direction}`).limit(sql.placeholder("limit"))
  );
}

const PATTERN = sql.placeholder("pattern");

async function lockProject(tx: TenantTx, id: string): Promise<Project> {
  const [project] = await tx.select().from(projects).where(eq(projects.id, id)).for("update");
  if (!project) throw notFound("This project");
  return project;
}

async function readProject(tx: TenantTx, id: string): Promise<Project> {
  const [project] = await tx.select().from(projects).where(eq(projects.id, id));
  if (!project) throw notFound("This project");
  return project;
}

function changedMeanwhile() {
  return preconditionFailed(
    "Someone has changed this project since you opened it. Look at it again before you save.",
  );
}

/** Archiving and restoring have a line of their own, beside the line of what else has changed. */
async function recordChanges(
  ctx: TenantContext,
  tx: TenantTx,
  before: Project,
  { status, ...others }: Partial<Project>,
): Promise<void> {
  const project = { ...before, ...others };
  if (Object.keys(others).length > 0) {
    const details = describeChanges(before, others, { withoutValues: ["description"] });
    await record(ctx, tx, "project.updated", project, details);
  }
  if (status) await record(ctx, tx, status === "archived" ? "project.archived" : "project.restored", project);
}

async function record(
  ctx: TenantContext,
  tx: TenantTx,
  action: AuditAction,
  { id, name }: Project,
  details?: Record<string, unknown>,
): Promise<void> {
  await recordAudit(ctx, tx, { action, subject: { type: "project", id, name }, details });
}
