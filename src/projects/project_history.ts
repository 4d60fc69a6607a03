import { eq } from "drizzle-orm";
import { projects } from "../../db/tenant/schema/projects.ts";
import { authorize } from "../access/authorize.ts";
import { type WithActorColor, withActorColors } from "../access/members.ts";
import { type AuditEntry, auditOfSubject } from "../audit/audit_log.ts";
import type { TenantContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { isId } from "../platform/ids.ts";
import { type Project, PROJECT_NOT_FOUND, PROJECTS_READ } from "./projects.ts";

const HISTORY_LENGTH = 20;

/** A project and its latest events from the audit log, newest first. Throws `not_found`. */
export async function getProjectHistory(
  ctx: TenantContext,
  id: string,
): Promise<{ project: Project; history: WithActorColor<AuditEntry>[] }> {
  authorize(ctx, PROJECTS_READ);
  if (!isId(id)) throw notFound(PROJECT_NOT_FOUND);
  const [[project], history] = await ctx.read((tx) => [
    tx.select().from(projects).where(eq(projects.id, id)),
    auditOfSubject(tx, { subjectId: id, limit: HISTORY_LENGTH }),
  ]);
  if (!project) throw notFound(PROJECT_NOT_FOUND);
  return { project, history: await withActorColors(ctx, history) };
}
