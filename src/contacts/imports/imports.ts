import { and, asc, desc, eq, or } from "drizzle-orm";
import { z } from "zod";
import type { TenantTx } from "../../../db/connection/with_tenant.ts";
import { contactImportRows, contactImports, contactLists } from "../../../db/tenant/schema/contacts.ts";
import { limitCounters } from "../../../db/tenant/schema/billing.ts";
import { authorize, authorizeReading } from "../../access/authorize.ts";
import { includedOf } from "../../billing/entitlements.ts";
import { requireFeature } from "../../billing/plan_features.ts";
import type { TenantContext } from "../../context.ts";
import { conflict, invalid, notFound } from "../../errors.ts";
import { publish } from "../../events/publish.ts";
import { enqueue } from "../../outbox/outbox.ts";
import { isId } from "../../platform/ids.ts";
import { findProblem, type Problem, problem } from "../../platform/problem.ts";
import { multiLine } from "../../platform/text.ts";
import { tag } from "../contact.ts";
import { CONTACTS_IMPORTED } from "../events.ts";
import { CAMPAIGNS, CAMPAIGNS_MANAGE, CONTACT_LIMIT } from "../permissions.ts";
import { IMPORT_CONTACTS } from "./apply.ts";
import { checkRows, recheckRows } from "./check.ts";
import { type ColumnMeaning, readColumns } from "./columns.ts";
import { type ContactImport, restageRows } from "./staging.ts";

const IMPORT_NOT_FOUND = problem("contact_import_not_found", "This import was not found.");
const IMPORT_STARTED = problem("contact_import_started", "This import has started.");
const IMPORT_NOT_READY = problem("contact_import_not_ready", "This file is still being read.");
const CONSENT_UNEXPLAINED = problem("import_consent_unexplained", "Say how these people agreed.");
const CONSENT_UNCHOSEN = problem("import_consent_unchosen", "Choose whether these people agreed.");
const EMAIL_COLUMN_MISSING = problem(
  "import_email_column_missing",
  "Choose the column with the email addresses.",
);
const LIST_UNKNOWN = problem("import_list_unknown", "This list was not found.");
const NO_ROOM = problem(
  "import_over_limit",
  "This file adds {new} contacts, and your plan has room for {room}. Choose a larger plan, or a smaller file.",
);

const MAX_TAGS = 10;
const MAX_STATEMENT_LENGTH = 500;
const SHOWN_ROWS = 100;
const SHOWN_IMPORTS = 50;

/** `columns` has the meaning of each column. `consentGiven` says how these people gave consent; empty if they gave none. */
export const importPlan = z.object({
  columns: z.array(z.string().max(50)).max(100),
  tags: z.array(tag).max(MAX_TAGS),
  listId: z.uuid().nullable(),
  consent: z.enum(["given", "none"], { error: CONSENT_UNCHOSEN.code }),
  consentGiven: multiLine(MAX_STATEMENT_LENGTH),
});
export type ImportPlan = z.output<typeof importPlan>;

/** A row that is refused, or that belongs to somebody who stays unsubscribed. Then `problem` is null. */
export type ImportIssue = { line: number; email: string; problem: Problem | null; column: string | null };

/** The latest imports. */
export async function listImports(ctx: TenantContext): Promise<ContactImport[]> {
  authorizeReading(ctx, CAMPAIGNS_MANAGE);
  const [imports] = await ctx.read((tx) => [
    tx.select().from(contactImports).orderBy(desc(contactImports.createdAt), desc(contactImports.id))
      .limit(SHOWN_IMPORTS),
  ]);
  return imports;
}

/** An import with the first rows that need attention, and its first row. Throws `not_found`. */
export async function getImport(
  ctx: TenantContext,
  id: string,
): Promise<{ found: ContactImport; issues: ImportIssue[]; sample: string[] }> {
  authorizeReading(ctx, CAMPAIGNS_MANAGE);
  if (!isId(id)) throw notFound(IMPORT_NOT_FOUND);
  const ofImport = eq(contactImportRows.importId, id);
  const [[found], rows, [first]] = await ctx.read((tx) => [
    tx.select().from(contactImports).where(eq(contactImports.id, id)),
    tx.select().from(contactImportRows)
      .where(and(ofImport, or(eq(contactImportRows.outcome, "refused"), eq(contactImportRows.isKept, true))))
      .orderBy(asc(contactImportRows.position)).limit(SHOWN_ROWS),
    tx.select({ cells: contactImportRows.cells }).from(contactImportRows)
      .where(and(ofImport, eq(contactImportRows.position, 1))),
  ]);
  if (!found) throw notFound(IMPORT_NOT_FOUND);
  return { found, issues: rows.map((row) => toIssue(found, row)), sample: first?.cells ?? [] };
}

/** Changes what the columns mean, and what all contacts of the file get, and checks the rows again. Throws `invalid` or `conflict`. */
export async function planImport(ctx: TenantContext, id: string, plan: ImportPlan): Promise<void> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  requireFeature(ctx, CAMPAIGNS);
  const columns = readColumns(plan.columns);
  if (!columns.includes("email")) throw invalid({ columns: EMAIL_COLUMN_MISSING });
  const consentGiven = plan.consent === "given" ? plan.consentGiven : "";
  if (plan.consent === "given" && consentGiven === "") throw invalid({ consent_given: CONSENT_UNEXPLAINED });
  const isSame = await ctx.tx(async (tx) => {
    const before = await lockReady(tx, id);
    if (plan.listId) await requireList(tx, plan.listId);
    const isSame = columns.join("\n") === before.columns.join("\n");
    const now = ctx.services.clock.now();
    const reading = { status: "reading" as const, columns: [], updatedAt: now };
    await tx.update(contactImports)
      .set({ tags: plan.tags, listId: plan.listId, consentGiven, ...(isSame ? {} : reading) })
      .where(eq(contactImports.id, id));
    if (isSame) await recheckRows(ctx, tx, id);
    return isSame;
  });
  if (!isSame) await readAgain(ctx, id, columns);
}

/** If it fails, the import has no columns, so it can't start before its rows were read as a whole. */
async function readAgain(ctx: TenantContext, id: string, columns: ColumnMeaning[]): Promise<void> {
  try {
    await restageRows(ctx, id, columns);
    await checkRows(ctx, id, { columns });
  } catch (error) {
    await ctx.tx((tx) =>
      tx.update(contactImports).set({ status: "ready" })
        .where(and(eq(contactImports.id, id), eq(contactImports.status, "reading")))
    );
    throw error;
  }
}

/** Starts a checked import, or continues one that stopped. Throws `conflict`, or `invalid` if the plan has no room for it. */
export async function startImport(ctx: TenantContext, id: string): Promise<ContactImport> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  requireFeature(ctx, CAMPAIGNS);
  const started = await ctx.tx(async (tx) => {
    const found = await lockImport(tx, id);
    if (found.status === "running" || found.status === "done") return found;
    if (found.status === "reading") throw conflict(IMPORT_NOT_READY);
    if (!found.columns.includes("email")) throw invalid({ columns: EMAIL_COLUMN_MISSING });
    if (found.status === "ready") await requireRoom(ctx, tx, found.counts.new ?? 0);
    const [running] = await tx.update(contactImports)
      .set({ status: "running", updatedAt: ctx.services.clock.now() })
      .where(eq(contactImports.id, id)).returning();
    const { fileName, rows, consentGiven } = found;
    await publish(ctx, tx, CONTACTS_IMPORTED, {
      after: { id, name: fileName },
      details: { rows, consent: consentGiven },
    });
    return running!;
  });
  // A job that is enqueued twice does nothing twice: each batch locks the import. So a repeated start helps a job that got lost.
  if (started.status === "running") {
    const tenantId = ctx.tenant.id;
    await ctx.system.tx((tx) => enqueue(ctx.system, tx, IMPORT_CONTACTS, { importId: id }, { tenantId }));
  }
  return started;
}

/** Deletes an import and its rows. The contacts that it added stay. Throws `not_found`, or `conflict` while it runs. */
export async function deleteImport(ctx: TenantContext, id: string): Promise<void> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  await ctx.tx(async (tx) => {
    const { status } = await lockImport(tx, id);
    if (status === "running") throw conflict(IMPORT_STARTED);
    await tx.delete(contactImports).where(eq(contactImports.id, id));
  });
}

async function requireRoom(ctx: TenantContext, tx: TenantTx, added: number): Promise<void> {
  const included = includedOf(ctx.tenant, CONTACT_LIMIT, ctx.services.clock.now());
  if (included === null) return;
  const [counter] = await tx.select().from(limitCounters).where(eq(limitCounters.limit, CONTACT_LIMIT.name));
  const room = Math.max(0, included - (counter?.used ?? 0));
  if (added > room) throw invalid({ file: NO_ROOM.with({ new: added, room }) });
}

async function requireList(tx: TenantTx, id: string): Promise<void> {
  const [found] = await tx.select({ id: contactLists.id }).from(contactLists).where(eq(contactLists.id, id));
  if (!found) throw invalid({ list_id: LIST_UNKNOWN });
}

async function lockReady(tx: TenantTx, id: string): Promise<ContactImport> {
  const found = await lockImport(tx, id);
  if (found.status === "reading") throw conflict(IMPORT_NOT_READY);
  if (found.status !== "ready") throw conflict(IMPORT_STARTED);
  return found;
}

async function lockImport(tx: TenantTx, id: string): Promise<ContactImport> {
  const [found] = isId(id)
    ? await tx.select().from(contactImports).where(eq(contactImports.id, id)).for("update")
    : [];
  if (!found) throw notFound(IMPORT_NOT_FOUND);
  return found;
}

function toIssue(
  { headings }: ContactImport,
  { line, email, cells, outcome, problem, problemValue }: typeof contactImportRows.$inferSelect,
): ImportIssue {
  const { column, ...values } = JSON.parse(problemValue ?? "{}");
  const shown = email || cells.find((cell) => cell.includes("@")) || cells[0] || "";
  return {
    line,
    email: shown,
    problem: outcome === "refused" ? findProblem(problem ?? "", values) : null,
    column: typeof column === "number" ? headings[column] ?? null : null,
  };
}
