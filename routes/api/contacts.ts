import { z } from "zod";
import { CONSENTS, type Contact, contactChanges, newContact } from "../../src/contacts/contact.ts";
import {
  CONTACT_LIST,
  createContact,
  deleteContact,
  getContact,
  listContacts,
  updateContact,
} from "../../src/contacts/contacts.ts";
import {
  CONTACT_CREATED,
  CONTACT_DELETED,
  CONTACT_LIST_CREATED,
  CONTACT_LIST_DELETED,
  CONTACT_LIST_UPDATED,
  CONTACT_SUBSCRIBED,
  CONTACT_UNSUBSCRIBED,
  CONTACT_UPDATED,
} from "../../src/contacts/events.ts";
import {
  contactListChanges,
  createContactList,
  deleteContactList,
  getContactList,
  LIST_OF_LISTS,
  listContactLists,
  newContactList,
  updateContactList,
} from "../../src/contacts/lists.ts";
import { CAMPAIGNS_MANAGE } from "../../src/contacts/permissions.ts";
import { model } from "../operation_document.ts";
import { tenantResource } from "./audiences.ts";

const contact = model("Contact", {
  id: z.uuid(),
  email: z.string(),
  name: z.string().describe("Empty if it is unknown"),
  externalId: z.string().nullable().describe("The person's ID in your product, as events carry it"),
  fields: z.record(z.string(), z.string()),
  tags: z.array(z.string()),
  lists: z.array(z.uuid()),
  consent: z.boolean().describe("Whether you may send campaigns to this person"),
  consentStatus: z.enum(CONSENTS),
  consentAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
}, {
  id: "0198c0de-4b1c-7d33-9e4f-60718293a4b6",
  email: "mira@example.com",
  name: "Mira Sol",
  externalId: "customer-1042",
  fields: { city: "Lisbon" },
  tags: ["customer"],
  lists: ["0198c0de-4b1c-7d33-9e4f-60718293a4b7"],
  consent: true,
  consentStatus: "given",
  consentAt: "2026-03-02T09:00:00.000Z",
  createdAt: "2026-03-02T09:00:00.000Z",
  updatedAt: "2026-03-02T09:00:00.000Z",
});

const contactList = model("ContactList", {
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  createdAt: z.iso.datetime(),
}, {
  id: "0198c0de-4b1c-7d33-9e4f-60718293a4b7",
  name: "Newsletter",
  description: "Once a month: what we built, and why.",
  createdAt: "2026-03-02T09:00:00.000Z",
});

const versionOf = ({ version }: Contact) => version;

const contacts = tenantResource("Contacts", "The people that the tenant sends campaigns to.");
export default contacts;

contacts.list("/contacts", {
  operationId: "listContacts",
  summary: "List contacts",
  permission: CAMPAIGNS_MANAGE,
  list: CONTACT_LIST,
  name: "ContactPage",
  item: contact,
  answer: "A page of contacts",
  run: async (ctx, query) => {
    const { items, nextCursor } = await listContacts(ctx, query);
    return { items: items.map(shown), nextCursor };
  },
});

contacts.operation("post", "/contacts", {
  operationId: "createContact",
  summary: "Add a contact",
  description:
    "With `consent`, you state that this person agreed to get your campaigns. A person who unsubscribed " +
    "can give consent again only themselves.",
  permission: CAMPAIGNS_MANAGE,
  events: [CONTACT_CREATED, CONTACT_SUBSCRIBED],
  body: newContact,
  example: { email: "mira@example.com", name: "Mira Sol", tags: ["customer"], consent: true },
  answer: { status: 201, description: "The new contact", schema: contact },
  versionOf,
  run: (ctx, { body }) => createContact(ctx, body),
  present: shown,
});

contacts.operation("get", "/contacts/{id}", {
  operationId: "getContact",
  summary: "Get a contact",
  permission: CAMPAIGNS_MANAGE,
  answer: { description: "The contact", schema: contact },
  versionOf,
  run: (ctx, { id }) => getContact(ctx, id),
  present: shown,
});

contacts.operation("patch", "/contacts/{id}", {
  operationId: "updateContact",
  summary: "Change a contact",
  description: "`fields`, `tags` and `lists` replace the ones before.",
  permission: CAMPAIGNS_MANAGE,
  events: [CONTACT_UPDATED, CONTACT_SUBSCRIBED, CONTACT_UNSUBSCRIBED],
  body: contactChanges,
  example: { tags: ["customer", "berlin"] },
  answer: { description: "The changed contact", schema: contact },
  versionOf,
  checksMatch: true,
  run: (ctx, { id, body, expectedVersions }) => updateContact(ctx, id, body, expectedVersions),
  present: shown,
});

contacts.operation("delete", "/contacts/{id}", {
  operationId: "deleteContact",
  summary: "Delete a contact",
  permission: CAMPAIGNS_MANAGE,
  events: [CONTACT_DELETED],
  answer: { status: 204, description: "The contact was deleted" },
  versionOf,
  checksMatch: true,
  run: (ctx, { id, expectedVersions }) => deleteContact(ctx, id, expectedVersions),
});

contacts.list("/contact-lists", {
  operationId: "listContactLists",
  summary: "List the lists of contacts",
  permission: CAMPAIGNS_MANAGE,
  list: LIST_OF_LISTS,
  name: "ContactListPage",
  item: contactList,
  answer: "A page of lists",
  run: listContactLists,
});

contacts.operation("post", "/contact-lists", {
  operationId: "createContactList",
  summary: "Create a list of contacts",
  permission: CAMPAIGNS_MANAGE,
  events: [CONTACT_LIST_CREATED],
  refusals: [409],
  body: newContactList,
  example: { name: "Newsletter", description: "Once a month: what we built, and why." },
  answer: { status: 201, description: "The new list", schema: contactList },
  run: (ctx, { body }) => createContactList(ctx, body),
});

contacts.operation("get", "/contact-lists/{id}", {
  operationId: "getContactList",
  summary: "Get a list of contacts",
  permission: CAMPAIGNS_MANAGE,
  withoutEtag: true,
  answer: { description: "The list", schema: contactList },
  run: (ctx, { id }) => getContactList(ctx, id),
});

contacts.operation("patch", "/contact-lists/{id}", {
  operationId: "updateContactList",
  summary: "Change a list of contacts",
  permission: CAMPAIGNS_MANAGE,
  events: [CONTACT_LIST_UPDATED],
  body: contactListChanges,
  example: { name: "Monthly newsletter" },
  answer: { description: "The changed list", schema: contactList },
  run: (ctx, { id, body }) => updateContactList(ctx, id, body),
});

contacts.operation("delete", "/contact-lists/{id}", {
  operationId: "deleteContactList",
  summary: "Delete a list of contacts",
  description: "Its contacts stay, with their consent.",
  permission: CAMPAIGNS_MANAGE,
  events: [CONTACT_LIST_DELETED],
  answer: { status: 204, description: "The list was deleted" },
  run: (ctx, { id }) => deleteContactList(ctx, id),
});

function shown({ listIds, consent, ...contact }: Contact) {
  return { ...contact, lists: listIds, consent: consent === "given", consentStatus: consent };
}
