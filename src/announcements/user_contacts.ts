import { sql } from "drizzle-orm";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import type { UserId } from "../access/actor.ts";
import { type PlanKey, PLANS } from "../billing/plans.ts";
import { formerHashOf } from "../contacts/former_contacts.ts";
import { textArray } from "../platform/array_literals.ts";
import { newId } from "../platform/ids.ts";

/** The tag of contacts who use the product and want news about it. */
export const USER_TAG = "product-user";
const MANAGED_TAGS = textArray([USER_TAG, ...PLANS.map(planTag)]);

/** The tag of users who belong to a workspace with the plan. */
export function planTag(plan: PlanKey): string {
  return `plan:${plan}`;
}

/** A user who wants news about the product, with the plans of their workspaces. */
export type NewsReader = {
  id: UserId;
  email: string;
  name: string;
  plans: PlanKey[];
  /** Whether the address gets no campaigns, so that it gives no consent. */
  isSuppressed: boolean;
};

/**
 * Makes users contacts, with their names and tags. Someone whose address changed stays the same contact. Who unsubscribed stays so, and
 * who had their data erased isn't added. Returns how many contacts are new.
 */
export async function keepContacts(
  tx: TenantTx,
  readers: readonly NewsReader[],
  now: Date,
  { addsNew }: { addsNew: boolean },
): Promise<number> {
  const at = sql`${now.toISOString()}::timestamptz`;
  const rows = JSON.stringify(readers.map(({ id, email, name, plans, isSuppressed }) => ({
    contact_id: newId(),
    user_id: id,
    email,
    name,
    tags: [USER_TAG, ...plans.map(planTag)].sort(),
    is_suppressed: isSuppressed,
  })));
  const users = sql`users as materialized (
    select u.*, f.reason as former
    from jsonb_to_recordset(${rows}::jsonb) as u(contact_id uuid, user_id text, email text, name text, tags text[],
        is_suppressed boolean)
      left join former_contacts f on f.email_hash = ${formerHashOf(sql`u.email`)})`;
  await tx.execute(sql`
    with ${users}, moved as (
      update contacts c set email = u.email, version = c.version + 1, updated_at = ${at}
      from users u join contacts before on before.external_id = u.user_id and before.email <> u.email
      where c.id = before.id and u.former is null and not exists (select from contacts o where o.email = u.email)
      returning before.email as email, c.consent
    )
    insert into former_contacts (email_hash, reason, at)
    select ${formerHashOf(sql`email`)}, 'unsubscribed', ${at} from moved where consent = 'withdrawn'
    on conflict do nothing`);
  const [result] = await tx.execute<{ added: number }>(sql`
    with ${users}, known as (
      select c.id, u.*, c.consent = 'none' and not u.is_suppressed as agrees,
        coalesce(nullif(u.name, ''), c.name) as new_name,
        array(select tag from (select unnest(c.tags) as tag union select unnest(u.tags)) tags
          where tag = any(u.tags) or tag <> all(${MANAGED_TAGS}::text[]) order by tag collate "C") as new_tags,
        coalesce(c.external_id, ${unlessTaken()}) as new_external_id
      from users u join contacts c on c.email = u.email
    ), changed as (
      update contacts c set name = k.new_name, tags = k.new_tags, external_id = k.new_external_id,
        consent = case when k.agrees then 'given' else c.consent end,
        consent_at = case when k.agrees then ${at} else c.consent_at end,
        version = c.version + 1, updated_at = ${at}
      from known k where c.id = k.id
        and (k.agrees or (c.name, c.tags, c.external_id) is distinct from (k.new_name, k.new_tags, k.new_external_id))
      returning c.id, k.agrees
    ), added as (
      insert into contacts (id, email, name, external_id, tags, consent, consent_at, created_at, updated_at)
      select u.contact_id, u.email, u.name, ${unlessTaken()}, u.tags, state.consent,
        case when state.consent <> 'none' then ${at} end, ${at}, ${at}
      from users u, lateral (select case when u.former = 'unsubscribed' then 'withdrawn'
        when u.is_suppressed then 'none' else 'given' end as consent) state
      where ${addsNew} and u.former is distinct from 'erased'
        and not exists (select from contacts c where c.email = u.email)
      on conflict do nothing returning id, consent
    ), recorded as (
      insert into consent_records (id, contact_id, kind, source, at)
      select gen_random_uuid(), id, 'given', 'account', ${at} from added where consent = 'given'
      union all select gen_random_uuid(), id, 'given', 'account', ${at} from changed where agrees
    )
    select count(*)::int as added from added`);
  return result!.added;
}

/** The next contacts with the tag of users, in the order of their ids. */
export async function taggedContacts(
  tx: TenantTx,
  { after, limit }: { after: string | null; limit: number },
): Promise<{ id: string; email: string }[]> {
  return await tx.execute(sql`
    select id, email from contacts where tags @> array[${USER_TAG}]::text[]
      and (${after}::uuid is null or id > ${after}::uuid)
    order by id limit ${limit}`);
}

/** Takes the tags of users from contacts. They keep their consent. */
export async function removeTags(tx: TenantTx, ids: readonly string[], now: Date): Promise<void> {
  await tx.execute(sql`
    update contacts set version = version + 1, updated_at = ${now.toISOString()}::timestamptz,
      tags = array(select tag from unnest(tags) as tag where tag <> all(${MANAGED_TAGS}::text[]) order by tag)
    where id = any(${textArray(ids)}::uuid[])`);
}

/** The user's id, unless another contact has it. */
function unlessTaken() {
  return sql`case when not exists (select from contacts o where o.external_id = u.user_id) then u.user_id end`;
}
