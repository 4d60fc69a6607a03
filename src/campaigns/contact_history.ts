import { and, asc, eq, isNotNull } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { campaignRecipients as r, campaigns } from "../../db/tenant/schema/campaigns.ts";
import { sequenceEmails as e, sequences } from "../../db/tenant/schema/sequences.ts";

const MAX_EMAILS = 10_000;

/** The campaigns that a contact got or would have got, and what the contact did with each email. */
export function campaignHistory(tx: TenantTx, contactId: string) {
  return tx.select({
    campaign: campaigns.name,
    ...outcomeOf(r, r.sentAt),
    opened_at: r.openedAt,
    complained_at: r.complainedAt,
    unsubscribed_at: r.unsubscribedAt,
  }).from(r).innerJoin(campaigns, eq(campaigns.id, r.campaignId)).where(eq(r.contactId, contactId))
    .orderBy(asc(campaigns.createdAt), asc(r.id)).limit(MAX_EMAILS);
}

/** The emails of sequences that were for a contact, from the first to the last. */
export function sequenceHistory(tx: TenantTx, contactId: string) {
  return tx.select({
    sequence: sequences.name,
    ...outcomeOf(e, e.claimedAt),
  }).from(e).innerJoin(sequences, eq(sequences.id, e.sequenceId)).where(eq(e.contactId, contactId))
    .orderBy(asc(e.claimedAt), asc(e.id)).limit(MAX_EMAILS);
}

/** Forgets what mail servers said about emails to a contact, because they may have quoted the address. */
export async function forgetReasons(tx: TenantTx, contactId: string): Promise<void> {
  await tx.update(r).set({ reason: null }).where(and(eq(r.contactId, contactId), isNotNull(r.reason)));
  await tx.update(e).set({ reason: null }).where(and(eq(e.contactId, contactId), isNotNull(e.reason)));
}

/** What came of an email. */
function outcomeOf<Email extends typeof r | typeof e, SentAt extends PgColumn>(
  { state, reason, clickedAt, bouncedAt }: Pick<Email, "state" | "reason" | "clickedAt" | "bouncedAt">,
  sentAt: SentAt,
) {
  return { state, reason, sent_at: sentAt, clicked_at: clickedAt, bounced_at: bouncedAt };
}
