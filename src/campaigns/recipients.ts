import { and, eq, gt, type SQL, sql } from "drizzle-orm";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { campaignRecipients, campaigns } from "../../db/tenant/schema/campaigns.ts";
import { contacts, segments } from "../../db/tenant/schema/contacts.ts";
import { matching, segmentFilter } from "../contacts/segment_filter.ts";
import type { Tenant } from "../tenancy/tenant.ts";
import type { Campaign } from "./campaign.ts";
import type { MergeField } from "./merge_fields.ts";

/** How many contacts become recipients in one transaction. */
const BATCH = 2_500;

/** Who would get the campaign: contacts of its segment who gave their consent. Null: the segment is gone. */
export async function audienceOf(
  tx: TenantTx,
  { segmentId }: Pick<Campaign, "segmentId">,
  now: Date,
  tenant: Pick<Tenant, "timeZones">,
): Promise<SQL | null> {
  const hasConsent = eq(contacts.consent, "given");
  if (segmentId === null) return hasConsent;
  const [segment] = await tx.select().from(segments).where(eq(segments.id, segmentId));
  return segment ? and(hasConsent, matching(segmentFilter.parse(segment.filter), now, tenant))! : null;
}

/** How many contacts would get the campaign. */
export async function countAudience(tx: TenantTx, audience: SQL): Promise<number> {
  return await tx.$count(contacts, audience);
}

/** How many contacts of an audience lack a value for the field. */
export async function countLacking(tx: TenantTx, audience: SQL, { source }: MergeField): Promise<number> {
  if (source.of === "email") return 0;
  const value = source.of === "name" ? sql`${contacts.name}` : sql`${contacts.fields} ->> ${source.key}`;
  return await tx.$count(contacts, and(audience, sql`btrim(coalesce(${value}, '')) = ''`));
}

/**
 * Makes the next 2,500 contacts of the audience recipients, in the order of their ids. Returns whether there may be more. A repeated
 * batch adds nobody twice.
 */
export async function expandBatch(
  tx: TenantTx,
  campaign: Pick<Campaign, "id" | "expandedTo" | "testShare" | "subjectB">,
  audience: SQL,
  now: Date,
): Promise<{ expandedTo: string | null; hasMore: boolean }> {
  const { id, expandedTo } = campaign;
  const rest = expandedTo === null ? undefined : gt(contacts.id, expandedTo);
  const [batch] = await tx.execute<{ count: number; last: string | null }>(sql`
    with batch as (select ${contacts.id} as id from ${contacts} where ${and(audience, rest)}
      order by ${contacts.id} limit ${BATCH}),
    added as (insert into ${campaignRecipients} (campaign_id, contact_id, variant)
      select ${id}::uuid, id, ${
    variantSql(campaign)
  } from batch on conflict (campaign_id, contact_id) do nothing)
    select count(*)::int as count, (select id from batch order by id desc limit 1) as last from batch`);
  const { count, last } = batch!;
  const hasMore = count === BATCH;
  await tx.update(campaigns).set({ expandedTo: last ?? expandedTo, expandedAt: hasMore ? null : now })
    .where(eq(campaigns.id, id));
  return { expandedTo: last ?? expandedTo, hasMore };
}

/** Half of the test's share gets each subject. A hash of campaign and contact decides, so that it never changes. */
function variantSql({ id, testShare, subjectB }: Pick<Campaign, "id" | "testShare" | "subjectB">): SQL {
  if (subjectB === null || testShare === null) return sql`null`;
  const bucket = sql`(('x' || substr(md5(${id}::text || id::text), 1, 7))::bit(28)::int % 1000)`;
  return sql`case when ${bucket} < ${testShare * 5}::int then 'a' when ${bucket} < ${
    testShare * 10
  }::int then 'b' end`;
}
