import { asc, eq } from "drizzle-orm";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { consentRecords, contacts } from "../../db/tenant/schema/contacts.ts";
import type { TenantActor } from "../access/actor.ts";
import type { TenantContext } from "../context.ts";
import { invalid } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { newId } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import type { Contact } from "./contact.ts";
import { CONTACT_SUBSCRIBED, CONTACT_UNSUBSCRIBED } from "./events.ts";

export const CONSENT_WITHDRAWN = problem(
  "consent_withdrawn",
  "This person unsubscribed. They can subscribe again themselves.",
);

const MAX_RECORDS = 100;

export type ConsentRecord = typeof consentRecords.$inferSelect;
export type ConsentSource = ConsentRecord["source"];

/** How a consent was given or withdrawn. `campaignId` is the campaign whose link the person used. */
export type ConsentChange = { source: ConsentSource; detail?: string; campaignId?: string | null };

/** A contact's consent, from the first record to the last. */
export function consentHistory(tx: TenantTx, contactId: string) {
  return tx.select().from(consentRecords).where(eq(consentRecords.contactId, contactId))
    .orderBy(asc(consentRecords.at), asc(consentRecords.id)).limit(MAX_RECORDS);
}

/** How the actor records a consent. */
export function sourceOf(actor: TenantActor): ConsentSource {
  return actor.type === "key" ? "api" : "member";
}

/** The columns of a contact that gives consent, or doesn't. Throws `invalid` if others give consent for somebody who withdrew it. */
export function consentAfter(
  { consent }: Pick<Contact, "consent">,
  isGiven: boolean,
  now: Date,
  by: "person" | "others" = "others",
): Pick<Contact, "consent" | "consentAt"> | null {
  if (isGiven) {
    if (consent === "given") return null;
    if (consent === "withdrawn" && by === "others") throw invalid({ consent: CONSENT_WITHDRAWN });
    return { consent: "given", consentAt: now };
  }
  return consent === "given" ? { consent: "withdrawn", consentAt: now } : null;
}

/** Adds the record of a contact's new consent, and publishes it. */
export async function recordConsent(
  ctx: TenantContext,
  tx: TenantTx,
  contact: Contact,
  { source, detail = "", campaignId = null }: ConsentChange,
): Promise<void> {
  const kind = contact.consent === "given" ? "given" : "withdrawn";
  const at = ctx.services.clock.now();
  await tx.insert(consentRecords).values({ id: newId(), contactId: contact.id, kind, source, detail, at });
  const details = { source, ...(campaignId && { campaign_id: campaignId }) };
  await publish(ctx, tx, kind === "given" ? CONTACT_SUBSCRIBED : CONTACT_UNSUBSCRIBED, {
    after: contact,
    details,
  });
}

/**
 * Withdraws a contact's consent for the contact, or after a complaint. Returns false if there is nothing to withdraw. Works for
 * everyone who holds the contact's link, so it checks no permission.
 */
export async function withdrawConsent(
  ctx: TenantContext,
  tx: TenantTx,
  contactId: string,
  change: ConsentChange,
): Promise<boolean> {
  const [contact] = await tx.select().from(contacts).where(eq(contacts.id, contactId)).for("update");
  if (!contact || contact.consent === "withdrawn") return false;
  const now = ctx.services.clock.now();
  const [after] = await tx.update(contacts)
    .set({ consent: "withdrawn", consentAt: now, updatedAt: now, version: contact.version + 1 })
    .where(eq(contacts.id, contactId)).returning();
  await recordConsent(ctx, tx, after!, change);
  return true;
}
