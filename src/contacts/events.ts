import { z } from "zod";
import { type Event, event } from "../events/event.ts";
import { type WebhookData, webhookData } from "../events/webhook_data.ts";
import type { Contact } from "./contact.ts";
import { CAMPAIGNS_MANAGE } from "./permissions.ts";

type Named = { id: string; name: string };

const sentContact = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  external_id: z.string().nullable(),
  fields: z.record(z.string(), z.string()),
  tags: z.array(z.string()),
  lists: z.array(z.uuid()),
  consent: z.boolean(),
  consent_status: z.enum(["none", "given", "withdrawn"]),
  consent_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

export const CONTACT_CREATED = contactEvent("contact.created", {
  sentence: "added a contact",
  webhook: contactData("A contact was added, other than by an import."),
});
export const CONTACT_UPDATED = contactEvent("contact.updated", {
  sentence: "changed a contact",
  webhook: contactData("A contact changed, other than by an import."),
});
export const CONTACT_DELETED = contactEvent("contact.deleted", {
  sentence: "deleted a contact",
  webhook: contactData("A contact was deleted."),
});
export const CONTACT_SUBSCRIBED = contactEvent("contact.subscribed", {
  sentence: "recorded a contact's consent",
  webhook: contactData("A contact gave consent to get email."),
});
export const CONTACT_UNSUBSCRIBED = contactEvent("contact.unsubscribed", {
  sentence: "recorded that a contact unsubscribed",
  webhook: contactData("A contact withdrew the consent to get email."),
});
export const CONTACT_ERASED = contactEvent("contact.erased", {
  sentence: "erased a contact's data, as the contact asked",
});

export const CONTACTS_IMPORTED = event<Named>("contact_import.started", {
  sentence: "imported contacts from {name}",
});
export const CONTACT_LIST_CREATED = event<Named>("contact_list.created", {
  sentence: "created the contact list {name}",
});
export const CONTACT_LIST_UPDATED = event<Named>("contact_list.updated", {
  sentence: "changed the contact list {name}",
});
export const CONTACT_LIST_DELETED = event<Named>("contact_list.deleted", {
  sentence: "deleted the contact list {name}",
});
export const SEGMENT_CREATED = event<Named>("segment.created", { sentence: "created the segment {name}" });
export const SEGMENT_UPDATED = event<Named>("segment.updated", { sentence: "changed the segment {name}" });
export const SEGMENT_DELETED = event<Named>("segment.deleted", { sentence: "deleted the segment {name}" });

export const EVENTS = [
  CONTACT_CREATED,
  CONTACT_UPDATED,
  CONTACT_DELETED,
  CONTACT_SUBSCRIBED,
  CONTACT_UNSUBSCRIBED,
  CONTACT_ERASED,
  CONTACTS_IMPORTED,
  CONTACT_LIST_CREATED,
  CONTACT_LIST_UPDATED,
  CONTACT_LIST_DELETED,
  SEGMENT_CREATED,
  SEGMENT_UPDATED,
  SEGMENT_DELETED,
];

/** The audit log can't forget, so it names a contact by the id only, and says which fields changed without their values. */
function contactEvent(
  name: Event["name"],
  { sentence, webhook }: { sentence: string; webhook?: WebhookData<Contact> },
): Event<Contact, "tenant"> {
  return {
    ...event<Contact>(name, {
      sentence,
      withoutValues: ["email", "name", "externalId", "fields", "tags", "listIds"],
      bookkeeping: ["version", "updatedAt", "consent", "consentAt"],
      webhook,
    }),
    subject: ({ id }) => ({ id, name: "" }),
  };
}

/** The same as `GET /contacts/{id}`. */
function contactData(description: string): WebhookData<Contact> {
  return webhookData<Contact, typeof sentContact>({
    description,
    permission: CAMPAIGNS_MANAGE,
    schema: sentContact,
    sample: {
      id: "0198c0de-4b1c-7d33-9e4f-60718293a4b6",
      email: "mira@example.com",
      name: "Mira Sol",
      external_id: "customer-1042",
      fields: { city: "Lisbon" },
      tags: ["customer"],
      lists: [],
      consent: true,
      consent_status: "given",
      consent_at: "2026-03-02T09:00:00.000Z",
      created_at: "2026-03-02T09:00:00.000Z",
      updated_at: "2026-03-02T09:00:00.000Z",
    },
    of: (
      { id, email, name, externalId, fields, tags, listIds, consent, consentAt, createdAt, updatedAt },
    ) => ({
      id,
      email,
      name,
      external_id: externalId,
      fields,
      tags,
      lists: listIds,
      consent: consent === "given",
      consent_status: consent,
      consent_at: consentAt?.toISOString() ?? null,
      created_at: createdAt.toISOString(),
      updated_at: updatedAt.toISOString(),
    }),
  });
}
