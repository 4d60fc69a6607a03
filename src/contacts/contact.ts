import { z } from "zod";
import type { contacts } from "../../db/tenant/schema/contacts.ts";
import { problem } from "../platform/problem.ts";
import { emailAddress, multiLine, oneLine, singleLine, TEXT_TOO_LONG } from "../platform/text.ts";

export const CONTACT_NOT_FOUND = problem("contact_not_found", "This contact was not found.");
const TAG_MISSING = problem("contact_tag_missing", "Enter a tag.");
const TAG_WITH_SEPARATOR = problem(
  "contact_tag_with_separator",
  "A tag can't contain a comma, semicolon or |.",
);
const TOO_MANY_TAGS = problem("contact_tags_too_many", "A contact can have {maximum} tags.");
const FIELD_KEY_INVALID = problem(
  "contact_field_key_invalid",
  "Name fields with the letters a to z, digits and _, up to 40 characters.",
);
export const TOO_MANY_FIELDS = problem("contact_fields_too_many", "A contact can have {maximum} fields.");
const EXTERNAL_ID_MISSING = problem("contact_external_id_missing", "Enter an ID.");

export const MAX_NAME_LENGTH = 120;
export const MAX_TAGS = 50;
export const MAX_FIELDS = 30;
const MAX_TAG_LENGTH = 40;
const MAX_FIELD_LENGTH = 500;
const MAX_EXTERNAL_ID_LENGTH = 200;
const MAX_LISTS = 100;

/** Characters that separate tags in a text. */
export const TAG_SEPARATOR = /[,;|]/;
export const FIELD_KEY = /^[a-z0-9_]{1,40}$/;
/** A contact's own columns, which no field can be named after. */
const OWN_COLUMNS = new Set(["id", "email", "name", "external_id", "tags", "lists", "consent", "created_at"]);

export type Contact = typeof contacts.$inferSelect;
export const CONSENTS = ["given", "none", "withdrawn"] as const;
export type Consent = Contact["consent"];

export const contactEmail = emailAddress;
/** Empty if nobody knows it. Files bring all kinds of spaces and control characters, which become spaces. */
export const contactName = z.string()
  .overwrite((text) => text.length > MAX_NAME_LENGTH * 4 ? text : oneLine(text.normalize("NFC")))
  .max(MAX_NAME_LENGTH, TEXT_TOO_LONG.code);
export const externalId = singleLine(MAX_EXTERNAL_ID_LENGTH, EXTERNAL_ID_MISSING);
export const fieldValue = multiLine(MAX_FIELD_LENGTH);

export const tag = singleLine(MAX_TAG_LENGTH, TAG_MISSING).overwrite((text) => text.toLowerCase())
  .refine((text) => !TAG_SEPARATOR.test(text), TAG_WITH_SEPARATOR.code);

const tags = z.array(tag).max(MAX_TAGS, TOO_MANY_TAGS.code).overwrite((all) => [...new Set(all)].sort());
const lists = z.array(z.uuid()).max(MAX_LISTS).overwrite((all) => [...new Set(all)].sort());
const fields = z.record(z.string().regex(FIELD_KEY, FIELD_KEY_INVALID.code), fieldValue)
  .refine((all) => Object.keys(all).every(isFieldKey), FIELD_KEY_INVALID.code)
  .refine((all) => Object.keys(all).length <= MAX_FIELDS, {
    error: TOO_MANY_FIELDS.code,
    params: { maximum: MAX_FIELDS },
  })
  .meta({ maxProperties: MAX_FIELDS, propertyNames: { pattern: FIELD_KEY.source } });

export const newContact = z.object({
  email: contactEmail,
  name: contactName.default(""),
  externalId: externalId.nullable().default(null),
  fields: fields.default({}),
  tags: tags.default([]),
  lists: lists.default([]),
  consent: z.boolean(),
});
export type NewContact = z.output<typeof newContact>;

/** `fields` and the lists of tags and lists replace the ones before. */
export const contactChanges = z.object({
  email: contactEmail,
  name: contactName,
  externalId: externalId.nullable(),
  fields,
  tags,
  lists,
  consent: z.boolean(),
}).partial();
export type ContactChanges = z.output<typeof contactChanges>;

/** Whether a field may have this key. */
export function isFieldKey(key: string): boolean {
  return FIELD_KEY.test(key) && !OWN_COLUMNS.has(key) && key !== "__proto__";
}

/** How people call the contact. */
export function titleOf({ name, email }: Pick<Contact, "name" | "email">): string {
  return name || email;
}
