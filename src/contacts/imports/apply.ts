import { eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { TenantTx } from "../../../db/connection/with_tenant.ts";
import { contactImports } from "../../../db/tenant/schema/contacts.ts";
import { reserve } from "../../billing/limits.ts";
import type { TenantContext } from "../../context.ts";
import { DomainError } from "../../errors.ts";
import { job, tenantOf } from "../../outbox/job.ts";
import { textArray } from "../../platform/array_literals.ts";
import { newId } from "../../platform/ids.ts";
import { formerHashOf } from "../former_contacts.ts";
import { CONTACT_LIMIT } from "../permissions.ts";
import { CHANGES_CONTACT, type ImportCounts, judgeRows, type Range, within } from "./check.ts";
import type { ContactImport } from "./staging.ts";

const BATCH_ROWS = 1_000;

/** Applies the rows of an import in batches. Each batch commits its position, so that a repeated job goes on from there. */
export const IMPORT_CONTACTS = job("contacts.import", {
  queue: "analytics",
  payload: z.object({ importId: z.uuid() }),
  run: async (run, { importId }) => {
    const ctx = tenantOf(run);
    while (!run.signal.aborted && await applyBatch(ctx, importId));
    if (run.signal.aborted) {
      throw new Error("The import takes longer than a job may. The next attempt goes on.");
    }
  },
});

/** Applies the next rows. Returns false if there are none, or if the plan's limit is reached. */
async function applyBatch(ctx: TenantContext, id: string): Promise<boolean> {
  try {
    return await ctx.tx(async (tx) => {
      const [found] = await tx.select().from(contactImports).where(eq(contactImports.id, id)).for("update");
      if (found?.status !== "running") return false;
      const range = { first: found.position + 1, last: found.position + BATCH_ROWS };
      const counts = await judgeRows(tx, id, range);
      if (counts.updated > 0) await updateContacts(ctx, tx, found, range);
      if (counts.new > 0) {
        await reserve(ctx, tx, CONTACT_LIMIT, counts.new);
        await addContacts(ctx, tx, found, range, counts.new);
      }
      await forgetRows(tx, id, range);
      return await moveOn(ctx, tx, found, range, counts);
    });
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind !== "limit_reached") throw error;
    await ctx.tx((tx) =>
      tx.update(contactImports).set({ status: "stopped" }).where(eq(contactImports.id, id))
    );
    return false;
  }
}

async function addContacts(
  ctx: TenantContext,
  tx: TenantTx,
  { id, tags, listId, consentGiven, fileName }: ContactImport,
  range: Range,
  count: number,
): Promise<void> {
  const now = ctx.services.clock.now().toISOString();
  const ids = textArray(Array.from({ length: count }, () => newId()));
  await tx.execute(sql`
    with added as (
      insert into contacts (id, email, name, external_id, fields, tags, list_ids, consent, consent_at, created_at, updated_at)
      select (${ids}::uuid[])[row_number() over (order by r.position)], r.email, r.name, r.external_id, r.fields,
        array(select distinct tag from unnest(r.tags || ${textArray(tags)}::text[]) as tag order by tag),
        ${textArray(listId ? [listId] : [])}::uuid[], state.consent,
        case when state.consent <> 'none' then ${now}::timestamptz end, ${now}::timestamptz, ${now}::timestamptz
      from contact_import_rows r
        left join former_contacts f on f.email_hash = ${formerHashOf(sql`r.email`)},
        lateral (select case
        when f.reason = 'unsubscribed' then 'withdrawn'
        when r.is_suppressed or ${consentGiven === ""} then 'none'
        else 'given' end as consent) state
      where r.import_id = ${id} and ${within(range)} and r.outcome is null
        and not exists (select from contacts c where c.email = r.email)
      returning id, consent
    )
    insert into consent_records (id, contact_id, kind, source, detail, at)
    select gen_random_uuid(), id, 'given', 'import', ${detailOf(fileName, consentGiven)}, ${now}::timestamptz
    from added where consent = 'given'`);
}

async function updateContacts(
  ctx: TenantContext,
  tx: TenantTx,
  { id, tags, listId, consentGiven, fileName }: ContactImport,
  range: Range,
): Promise<void> {
  const now = ctx.services.clock.now().toISOString();
  const isAgreeing = sql`(${consentGiven !== ""} and c.consent = 'none' and not r.is_suppressed)`;
  const rows = sql`r.import_id = ${id} and ${within(range)} and r.outcome is null and i.id = ${id}
    and ${CHANGES_CONTACT}`;
  await tx.execute(sql`
    with agreeing as (
      select c.id from contacts c join contact_import_rows r on r.email = c.email, contact_imports i
      where ${rows} and ${isAgreeing}
    ), updated as (
      update contacts c set
        name = case when r.name <> '' then r.name else c.name end,
        external_id = coalesce(r.external_id, c.external_id),
        fields = c.fields || r.fields,
        tags = array(select distinct tag from unnest(c.tags || r.tags || ${
    textArray(tags)
  }::text[]) as tag order by tag),
        list_ids = array(select distinct list from unnest(c.list_ids || ${
    textArray(listId ? [listId] : [])
  }::uuid[]) as list order by list),
        consent = case when ${isAgreeing} then 'given' else c.consent end,
        consent_at = case when ${isAgreeing} then ${now}::timestamptz else c.consent_at end,
        version = c.version + 1, updated_at = ${now}::timestamptz
      from contact_import_rows r, contact_imports i where r.email = c.email and ${rows}
    )
    insert into consent_records (id, contact_id, kind, source, detail, at)
    select gen_random_uuid(), id, 'given', 'import', ${detailOf(fileName, consentGiven)}, ${now}::timestamptz
    from agreeing`);
}

/** Keeps the rows that the page lists: refused ones, and those of people who stay unsubscribed. */
async function forgetRows(tx: TenantTx, id: string, range: Range): Promise<void> {
  await tx.execute(sql`
    delete from contact_import_rows r where import_id = ${id} and ${within(range)}
      and outcome is distinct from 'refused' and not is_kept`);
}

async function moveOn(
  ctx: TenantContext,
  tx: TenantTx,
  { id, position, rows, counts: before }: ContactImport,
  { last }: Range,
  counts: ImportCounts,
): Promise<boolean> {
  const isDone = last! >= rows;
  const earlier = position === 0 ? {} : before;
  const sum = Object.fromEntries(
    Object.entries(counts).map(([name, value]) => [name, value + (earlier[name] ?? 0)]),
  );
  await tx.update(contactImports).set({
    position: Math.min(last!, rows),
    counts: sum,
    status: isDone ? "done" : "running",
    updatedAt: ctx.services.clock.now(),
  }).where(eq(contactImports.id, id));
  return !isDone;
}

function detailOf(fileName: string, consentGiven: string): string {
  return `${consentGiven} (${fileName})`;
}
