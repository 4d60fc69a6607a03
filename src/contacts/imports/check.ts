import { eq, type SQL, sql } from "drizzle-orm";
import type { TenantTx } from "../../../db/connection/with_tenant.ts";
import { contactImports } from "../../../db/tenant/schema/contacts.ts";
import type { TenantContext } from "../../context.ts";
import { MINUTE } from "../../platform/clock.ts";
import { problem } from "../../platform/problem.ts";
import { MAX_FIELDS, MAX_TAGS, TOO_MANY_FIELDS } from "../contact.ts";
import { CONTACT_ERASED_BEFORE, formerHashOf } from "../former_contacts.ts";

const ID_OF_ANOTHER = problem("import_id_of_another", "Another contact has this ID.");
const ID_TWICE = problem("import_id_twice", "An earlier row has this ID with another address.");
const ROW_TAGS_TOO_MANY = problem(
  "import_tags_too_many",
  "With these, the contact would have more than {maximum} tags.",
);

/** The problems that depend on the contacts as they are now. */
const CURRENT = [
  CONTACT_ERASED_BEFORE.code,
  ID_OF_ANOTHER.code,
  TOO_MANY_FIELDS.code,
  ROW_TAGS_TOO_MANY.code,
];

const CHECK_TIME = MINUTE;

/** How many rows end how. `kept` are those of people who unsubscribed, and stay so. */
export type ImportCounts = {
  new: number;
  updated: number;
  unchanged: number;
  merged: number;
  refused: number;
  kept: number;
};

/** What the rows of a file were read with. */
export type Reading = Partial<Pick<typeof contactImports.$inferSelect, "headings" | "columns" | "rows">>;

/**
 * Checks all rows of an import against each other and against the contacts, and counts what would come of them. Then it is ready, with
 * the columns that the rows were read with.
 */
export async function checkRows(ctx: TenantContext, id: string, reading: Reading): Promise<void> {
  await ctx.tx(async (tx) => {
    await mergeRows(tx, id);
    await recheckRows(ctx, tx, id, reading);
  }, { statementTimeout: CHECK_TIME });
}

/** Checks all rows against the contacts again, after the import's list, tags or consent changed. */
export async function recheckRows(
  ctx: TenantContext,
  tx: TenantTx,
  id: string,
  reading: Reading = {},
): Promise<void> {
  const counts = await judgeRows(tx, id, { first: 1, last: null });
  await tx.update(contactImports)
    .set({ ...reading, status: "ready", position: 0, counts, updatedAt: ctx.services.clock.now() })
    .where(eq(contactImports.id, id));
}

export type Range = { first: number; last: number | null };

/** The condition on the position of a row `r`. */
export function within({ first, last }: Range): SQL {
  return last === null ? sql`r.position >= ${first}` : sql`r.position between ${first} and ${last}`;
}

/**
 * Joins rows with the same address in the last of them: a later cell replaces an earlier one unless it is empty, and tags add up.
 * Refuses rows with an ID that an earlier row has for another address.
 */
async function mergeRows(tx: TenantTx, id: string): Promise<void> {
  await tx.execute(sql`
    with valid as (
      select * from contact_import_rows r where import_id = ${id} and outcome is null and exists (
        select from contact_import_rows o where o.import_id = ${id} and o.email = r.email
          and o.position <> r.position and o.outcome is null)
    ), texts as (
      select email, max(position) as position,
        coalesce((array_agg(name order by position desc) filter (where name <> ''))[1], '') as name,
        (array_agg(external_id order by position desc) filter (where external_id is not null))[1] as external_id
      from valid group by email
    ), tagged as (
      select email, array_agg(distinct tag order by tag) as tags from valid, unnest(tags) as tag group by email
    ), filled as (
      select email, jsonb_object_agg(key, value order by position) as fields
      from valid, jsonb_each(fields) group by email
    )
    update contact_import_rows r set
      outcome = case when r.position < t.position then 'merged' end,
      name = t.name, external_id = t.external_id,
      tags = coalesce(g.tags, '{}'), fields = coalesce(f.fields, '{}')
    from texts t left join tagged g using (email) left join filled f using (email)
    where r.import_id = ${id} and r.email = t.email and r.outcome is null`);
  await tx.execute(sql`
    update contact_import_rows r set outcome = 'refused', problem = ${ID_TWICE.code}
    from (
      select external_id, min(position) as position from contact_import_rows
      where import_id = ${id} and outcome is null and external_id is not null
      group by external_id having count(*) > 1
    ) first
    where r.import_id = ${id} and r.outcome is null and r.external_id = first.external_id
      and r.position > first.position`);
}

/** Whether the row `r` of the import `i` changes the contact `c`. */
export const CHANGES_CONTACT = sql`(
  (r.name <> '' and r.name <> c.name)
  or (r.external_id is not null and r.external_id is distinct from c.external_id)
  or not (r.tags || i.tags) <@ c.tags
  or not r.fields <@ c.fields
  or (i.list_id is not null and not c.list_ids @> array[i.list_id])
  or (i.consent_given <> '' and c.consent = 'none' and not r.is_suppressed))`;

/** Refuses rows that don't fit the contacts as they are now, and counts what comes of all rows. */
export async function judgeRows(tx: TenantTx, id: string, range: Range): Promise<ImportCounts> {
  const tags = sql`array(select distinct tag from unnest(coalesce(c.tags, '{}') || r.tags || i.tags) as tag)`;
  const hasTooManyTags = sql`
    cardinality(r.tags) + cardinality(i.tags) + coalesce(cardinality(c.tags), 0) > ${MAX_TAGS}
      and cardinality(${tags}) > ${MAX_TAGS}`;
  const hasTooManyFields = sql`
    r.fields <> '{}' and (select count(*) from jsonb_object_keys(coalesce(c.fields, '{}') || r.fields)) > ${MAX_FIELDS}`;
  const countOf = (condition: SQL) => sql`(count(*) filter (where ${condition}))::int`;
  const [counts] = await tx.execute<ImportCounts>(sql`
    with judged as materialized (
      select r.position,
        case when c.id is null then 'new' when ${CHANGES_CONTACT} then 'updated' else 'unchanged' end as outcome,
        case
          when f.reason = 'erased' then ${CONTACT_ERASED_BEFORE.code}
          when o.id is not null then ${ID_OF_ANOTHER.code}
          when ${hasTooManyFields} then ${TOO_MANY_FIELDS.code}
          when ${hasTooManyTags} then ${ROW_TAGS_TOO_MANY.code}
        end as problem,
        case
          when ${hasTooManyFields} then ${JSON.stringify({ maximum: MAX_FIELDS })}
          when ${hasTooManyTags} then ${JSON.stringify({ maximum: MAX_TAGS })}
        end as problem_value,
        r.is_suppressed or coalesce(c.consent = 'withdrawn', false) or coalesce(f.reason = 'unsubscribed', false)
          as is_kept
      from contact_import_rows r
        join contact_imports i on i.id = r.import_id
        left join contacts c on c.email = r.email
        left join contacts o on o.external_id = r.external_id and o.email <> r.email
        left join former_contacts f on f.email_hash = ${formerHashOf(sql`r.email`)} and c.id is null
      where r.import_id = ${id} and ${within(range)} and (r.outcome is null or r.problem in ${CURRENT})
    ), marked as (
      update contact_import_rows r set outcome = case when j.problem is not null then 'refused' end,
        problem = j.problem, problem_value = j.problem_value, is_kept = j.is_kept
      from judged j where r.import_id = ${id} and r.position = j.position
        and (r.problem, r.is_kept) is distinct from (j.problem, j.is_kept)
    ), settled as (
      select ${countOf(sql`outcome = 'merged'`)} as merged, ${countOf(sql`outcome = 'refused'`)} as refused
      from contact_import_rows r where import_id = ${id} and ${within(range)}
        and outcome is not null and coalesce(problem, '') not in ${CURRENT}
    )
    select ${countOf(sql`problem is null and outcome = 'new'`)} as new,
      ${countOf(sql`problem is null and outcome = 'updated'`)} as updated,
      ${countOf(sql`problem is null and outcome = 'unchanged'`)} as unchanged,
      (select merged from settled) as merged,
      ${countOf(sql`problem is not null`)} + (select refused from settled) as refused,
      ${countOf(sql`problem is null and is_kept`)} as kept
    from judged`);
  return counts!;
}
