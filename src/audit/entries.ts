import { and, eq, inArray, type Placeholder, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { TransactionDb } from "../../db/connection/transaction.ts";
import { platformAuditLog } from "../../db/control/schema/audit.ts";
import { auditLog } from "../../db/tenant/schema/audit.ts";
import { authorize } from "../access/authorize.ts";
import { requireFeature } from "../billing/plan_features.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { ID_LENGTH, isId } from "../platform/ids.ts";
import { list, type ListQuery, type Page, type PlacedPage, readingFrom } from "../platform/list.ts";
import { equalFilter, type Filter, momentFilter } from "../platform/list_filters.ts";
import { momentKey } from "../platform/list_keys.ts";
import { problem } from "../platform/problem.ts";
import { type LogEntry, type LogRow, toEntry } from "./entry.ts";
import { AUDIT_LOG, AUDIT_READ, PLATFORM_AUDIT_READ } from "./permissions.ts";

const ENTRY_NOT_FOUND = problem("audit_entry_not_found", "This entry was not found.");
const ACTOR_INVALID = problem("audit_actor_invalid", "Use a user's ID, or one of staff, job, system.");
const ACTION_INVALID = problem("audit_action_invalid", "Use an action such as project.created.");
const SUBJECT_INVALID = problem("audit_subject_invalid", "Use an ID.");

/** The actors who are no users. */
const OTHER_ACTORS = ["staff", "job", "system"];
const MAX_CHOICES = 500;

/** The columns that both logs have. The tenant's has no erased ones. */
type Log = typeof platformAuditLog;

export const AUDIT_LIST = entryList("audit", auditLog as unknown as Log);
export const PLATFORM_AUDIT_LIST = entryList("platform audit", platformAuditLog);

/** What the filters of a log offer: who acted in it, and what they did. */
export type AuditChoices = { actors: { id: string; name: string }[]; actions: string[] };

/** A page of the tenant's log. Throws `invalid` for a cursor of another order or filter. */
export async function listAudit(
  ctx: TenantContext,
  query: ListQuery<typeof AUDIT_LIST>,
): Promise<Page<LogEntry>> {
  authorize(ctx, AUDIT_READ);
  requireFeature(ctx, AUDIT_LOG);
  const [page] = await ctx.read((tx) => [AUDIT_LIST.page(tx, query)]);
  return { ...page, items: page.items.map(toEntry) };
}

/** Like `listAudit`, for the page that people see. */
export async function browseAudit(
  ctx: TenantContext,
  query: ListQuery<typeof AUDIT_LIST>,
): Promise<PlacedPage<LogEntry>> {
  authorize(ctx, AUDIT_READ);
  requireFeature(ctx, AUDIT_LOG);
  const page = await AUDIT_LIST.placedPage(ctx.read, query);
  return { ...page, items: page.items.map(toEntry) };
}

/** What the tenant's log can be filtered by. */
export async function getAuditChoices(ctx: TenantContext): Promise<AuditChoices> {
  authorize(ctx, AUDIT_READ);
  requireFeature(ctx, AUDIT_LOG);
  const [actors, actions] = await ctx.read((tx) => choicesOf(tx, auditLog as unknown as Log));
  return toChoices(actors, actions);
}

/** An entry of the tenant's log, and whether its subject was deleted. Throws `not_found`. */
export async function getAuditEntry(
  ctx: TenantContext,
  id: string,
): Promise<LogEntry & { isSubjectGone: boolean }> {
  authorize(ctx, AUDIT_READ);
  requireFeature(ctx, AUDIT_LOG);
  if (!isId(id)) throw notFound(ENTRY_NOT_FOUND);
  return await ctx.tx(async (tx) => {
    const entry = await findEntry(tx, auditLog as unknown as Log, id);
    const { type, id: subject } = entry.subject;
    const isLast = inArray(auditLog.action, [`${type}.deleted`, `${type}.revoked`]);
    const isDeletion = and(eq(auditLog.subjectId, subject ?? ""), isLast);
    const [deletion] = subject
      ? await tx.select({ id: auditLog.id }).from(auditLog).where(isDeletion).limit(1)
      : [];
    return { ...entry, isSubjectGone: deletion !== undefined };
  });
}

/** A page of the platform's log. */
export async function listPlatformEntries(
  ctx: SystemContext,
  query: ListQuery<typeof PLATFORM_AUDIT_LIST>,
): Promise<Page<LogEntry>> {
  authorize(ctx, PLATFORM_AUDIT_READ);
  const page = await PLATFORM_AUDIT_LIST.page(ctx.control, query);
  return { ...page, items: page.items.map(toEntry) };
}

/** Like `listPlatformEntries`, for the page that staff see. */
export async function browsePlatformEntries(
  ctx: SystemContext,
  query: ListQuery<typeof PLATFORM_AUDIT_LIST>,
): Promise<PlacedPage<LogEntry>> {
  authorize(ctx, PLATFORM_AUDIT_READ);
  const page = await PLATFORM_AUDIT_LIST.placedPage(readingFrom(ctx.control), query);
  return { ...page, items: page.items.map(toEntry) };
}

/** What the platform's log can be filtered by. */
export async function getPlatformAuditChoices(ctx: SystemContext): Promise<AuditChoices> {
  authorize(ctx, PLATFORM_AUDIT_READ);
  const [actors, actions] = await Promise.all(choicesOf(ctx.control, platformAuditLog));
  return toChoices(actors, actions);
}

/** An entry of the platform's log. Throws `not_found`. */
export async function getPlatformAuditEntry(ctx: SystemContext, id: string): Promise<LogEntry> {
  authorize(ctx, PLATFORM_AUDIT_READ);
  if (!isId(id)) throw notFound(ENTRY_NOT_FOUND);
  return await findEntry(ctx.control, platformAuditLog, id);
}

async function findEntry(db: TransactionDb, log: Log, id: string): Promise<LogEntry> {
  const [row] = await selectEntries(db, log).where(eq(log.id, id));
  if (!row) throw notFound(ENTRY_NOT_FOUND);
  return toEntry(row);
}

function entryList(name: string, log: Log) {
  return list(name, {
    select: (db) => selectEntries(db, log),
    id: log.id,
    sorts: { at: momentKey(log.at) },
    defaultSort: "-at",
    filters: {
      actor: actorFilter(log),
      action: equalFilter(z.string().regex(/^[a-z_]{1,50}\.[a-z_]{1,50}$/, ACTION_INVALID.code), log.action),
      subject: equalFilter(z.uuid(SUBJECT_INVALID.code), log.subjectId),
      since: momentFilter(log.at, "since"),
      until: momentFilter(log.at, "until"),
    },
  });
}

/** Keeps the lines of a user, or of a kind of other actors. Both are found in the index of users. */
function actorFilter(log: Log): Filter<z.ZodString> {
  const isActor = (value: string) => isId(value) || OTHER_ACTORS.includes(value);
  return {
    schema: z.string().max(ID_LENGTH, ACTOR_INVALID.code).refine(isActor, ACTOR_INVALID.code),
    condition: (value, parameter: Placeholder): SQL =>
      isId(value)
        ? eq(log.actorId, parameter)
        : sql`(${log.actorId} is null and coalesce(${log.origin} ->> 'kind', 'system') = ${parameter})`,
    toParameter: (value) => value,
    shapeOf: (value) => isId(value) ? "user" : "other",
  };
}

function selectEntries(db: TransactionDb, log: Log) {
  const {
    id,
    sequence,
    at,
    action,
    actorId,
    actorName,
    subjectType,
    subjectId,
    subjectName,
    details,
    origin,
  } = log;
  const columns = {
    id,
    sequence,
    at,
    action,
    actorId,
    actorName,
    subjectType,
    subjectId,
    subjectName,
    details,
    origin,
  };
  return db.select<{ [Name in keyof LogRow]: typeof columns[Name] }>(columns).from(log);
}

function choicesOf(db: TransactionDb, log: Log) {
  return [
    db.execute<{ id: string; name: string | null }>(sql`
      select value as id,
        (select actor_name from ${log} where actor_id = value order by at desc, ${log.id} desc limit 1) as name
      from ${valuesOf(log, sql`${log.actorId}`)}`),
    db.execute<{ action: string }>(sql`select value as action from ${valuesOf(log, sql`${log.action}`)}`),
  ] as const;
}

/** The values of a column. Finds one after another in its index, however long the log is. */
function valuesOf(log: Log, column: SQL): SQL {
  const next = (isNext: SQL) =>
    sql`(select ${column} from ${log} where ${isNext} order by ${column} limit 1)`;
  return sql`(
    with recursive found as (
      select ${next(sql`${column} is not null`)} as value
      union all
      select ${next(sql`${column} > found.value`)} from found where found.value is not null)
    select value from found where value is not null limit ${MAX_CHOICES}) as found`;
}

function toChoices(
  actors: readonly { id: string; name: string | null }[],
  actions: readonly { action: string }[],
): AuditChoices {
  return {
    actors: actors.flatMap(({ id, name }) => name === null ? [] : [{ id, name }])
      .sort((one, other) => one.name.localeCompare(other.name)),
    actions: actions.map(({ action }) => action),
  };
}
