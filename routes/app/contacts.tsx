import type { Context } from "hono";
import { z } from "zod";
import { authorize } from "../../src/access/authorize.ts";
import { isEntitled, requireFeature } from "../../src/billing/plan_features.ts";
import {
  type Contact,
  contactChanges,
  newContact,
  TAG_SEPARATOR,
  titleOf,
} from "../../src/contacts/contact.ts";
import {
  createContact,
  deleteContact,
  getContact,
  getContactWithHistory,
  listContacts,
  updateContact,
} from "../../src/contacts/contacts.ts";
import { CAMPAIGNS, CAMPAIGNS_MANAGE } from "../../src/contacts/permissions.ts";
import type { Column } from "../../src/platform/csv.ts";
import { parseInput } from "../../src/platform/input.ts";
import { everyItem } from "../../src/platform/list.ts";
import { MAX_PAGE_SIZE } from "../../src/platform/list_query.ts";
import {
  ContactFormPage,
  type ContactFormProps,
  DeletePage,
} from "../../views/pages/contacts/contact_form.tsx";
import { ContactList, ContactsActions, ContactsPage } from "../../views/pages/contacts/contact_list.tsx";
import { ContactActions, ContactPage } from "../../views/pages/contacts/contact_page.tsx";
import { contactText } from "../../views/pages/contacts/text.ts";
import { sendCsv } from "../csv.ts";
import type { Fields, MemberEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { done, form, type Page, page, type RefusedForm } from "../page.tsx";
import { wireErrors } from "../wire.ts";
import { contactQuery, listsOf, showContacts } from "./contact_list.tsx";
import { MemberPages } from "./member_pages.ts";

/** Everything in a contact's form is text. `src` checks what it means. */
const contactForm = z.object({
  email: z.string().default(""),
  name: z.string().default(""),
  externalId: z.string().trim().default(""),
  tags: z.string().default(""),
  fields: z.string().default(""),
  lists: z.string().default(""),
  consent: z.string().default(""),
});
const editedContact = contactForm.extend({ version: z.coerce.number().int().positive() });
type ContactInput = z.output<typeof contactForm>;

const CSV_COLUMNS: Column<Contact>[] = [
  { heading: "Email", cell: ({ email }) => email },
  { heading: "Name", cell: ({ name }) => name },
  { heading: "ID", cell: ({ externalId }) => externalId },
  { heading: "Tags", cell: ({ tags }) => tags.join(", ") },
  { heading: "Subscription", cell: ({ consent }) => contactText.of("en").consents[consent] },
  { heading: "Since", cell: ({ consentAt }) => consentAt },
  { heading: "Fields", cell: ({ fields }) => fieldLines(fields) },
  { heading: "Added", cell: ({ createdAt }) => createdAt },
];

const pages = new MemberPages({
  label: (locale) => contactText.of(locale).title,
  href: "/contacts",
  also: ["/segments"],
  icon: "address-book",
  group: "main",
  position: 40,
  permission: CAMPAIGNS_MANAGE,
});
export default pages;

pages.get("/contacts", async (c) => {
  const list = await showContacts(c);
  return await page(c, {
    title: textOf(c).title,
    actions: list.missingPlan ? undefined : <ContactsActions />,
    body: <ContactsPage {...list} />,
    partial: <ContactList {...list} />,
  });
});

pages.get("/contacts.csv", (c) => {
  const ctx = c.get("member");
  const query = { ...contactQuery(c.req.query()), limit: MAX_PAGE_SIZE };
  return sendCsv(c, "contacts.csv", CSV_COLUMNS, everyItem(query, (part) => listContacts(ctx, part)));
});

pages.get("/contacts/new", async (c) => {
  const ctx = c.get("member");
  authorize(ctx, CAMPAIGNS_MANAGE);
  requireFeature(ctx, CAMPAIGNS);
  return await page(c, await formPage(c, { values: {} }));
});

pages.post("/contacts", async (c) => {
  const ctx = c.get("member");
  authorize(ctx, CAMPAIGNS_MANAGE);
  return await form(c, {
    schema: contactForm,
    fields: await readContactForm(c),
    submit: (input, { idFor }) =>
      createContact(
        ctx,
        parseInput(newContact, { ...inputOf(input), consent: input.consent === "yes" }),
        idFor("contact"),
      ),
    done: (contact) => ({ to: `/contacts/${contact.id}`, flash: textOf(c).created(titleOf(contact)) }),
    refusals: ["invalid", "limit_reached"],
    refused: (refused) => formPage(c, again(refused)),
  });
});

pages.get("/contacts/:id", async (c) => {
  const ctx = c.get("member");
  const [{ contact, consent }, lists] = await Promise.all([
    getContactWithHistory(ctx, c.req.param("id")),
    listsOf(ctx),
  ]);
  return await page(c, {
    title: titleOf(contact),
    trail: trailOf(c),
    actions: <ContactActions id={contact.id} canChange={isEntitled(ctx, CAMPAIGNS)} />,
    body: <ContactPage contact={contact} consent={consent} lists={lists} now={ctx.services.clock.now()} />,
  });
});

pages.get("/contacts/:id/edit", async (c) => {
  const ctx = c.get("member");
  const contact = await getContact(ctx, c.req.param("id"));
  requireFeature(ctx, CAMPAIGNS);
  const { externalId, tags, fields, listIds, consent, ...others } = contact;
  const values = {
    ...others,
    external_id: externalId ?? "",
    tags: tags.join(", "),
    fields: fieldLines(fields),
    lists: listIds.join(" "),
    consent: consent === "given" ? "yes" : "",
  };
  return await page(c, await formPage(c, { contact, values }));
});

pages.post("/contacts/:id", async (c) => {
  const ctx = c.get("member");
  const contact = await getContact(ctx, c.req.param("id"));
  return await form(c, {
    schema: editedContact,
    fields: await readContactForm(c),
    submit: ({ version, ...input }) => {
      // Nobody sees the box of a person who unsubscribed.
      const consent = contact.consent === "withdrawn" ? undefined : input.consent === "yes";
      return updateContact(
        ctx,
        contact.id,
        parseInput(contactChanges, { ...inputOf(input), consent }),
        [version],
      );
    },
    done: (saved) => ({ to: `/contacts/${contact.id}`, flash: textOf(c).saved(titleOf(saved)) }),
    refusals: ["invalid", "precondition_failed"],
    refused: async (refused) =>
      await formPage(c, { contact: await getContact(ctx, contact.id), ...again(refused) }),
  });
});

pages.get("/contacts/:id/delete", async (c) => {
  const contact = await getContact(c.get("member"), c.req.param("id"));
  const { remove, deleteWarning } = textOf(c);
  return await page(c, {
    title: remove,
    trail: trailOf(c, contact),
    body: (
      <DeletePage
        action={`/contacts/${contact.id}/delete`}
        back={`/contacts/${contact.id}`}
        warning={deleteWarning}
        name={titleOf(contact)}
        button={remove}
      />
    ),
  });
});

pages.post("/contacts/:id/delete", async (c) => {
  const contact = await deleteContact(c.get("member"), c.req.param("id"));
  return await done(c, { to: "/contacts", flash: textOf(c).deleted(titleOf(contact)) });
});

async function formPage(c: Context<MemberEnv>, props: Omit<ContactFormProps, "lists">): Promise<Page> {
  const lists = await listsOf(c.get("member"));
  return {
    title: props.contact ? textOf(c).edit : textOf(c).new,
    trail: trailOf(c, props.contact),
    body: <ContactFormPage {...props} lists={lists} />,
  };
}

/** The form's fields. Checked lists arrive as one field, separated by spaces. */
async function readContactForm(c: Context<MemberEnv>): Promise<Fields> {
  const { lists = [], ...fields } = await c.req.parseBody({ all: true });
  const texts = Object.entries(fields).map(([name, value]) => [name, [value].flat().at(-1)]);
  return { ...Object.fromEntries(texts), lists: [lists].flat().join(" ") };
}

function inputOf({ email, name, externalId, tags, fields, lists }: ContactInput) {
  return {
    email,
    name,
    externalId: externalId || null,
    tags: tags.split(TAG_SEPARATOR).map((tag) => tag.trim()).filter((tag) => tag !== ""),
    fields: Object.fromEntries(
      fields.split("\n").filter((line) => line.trim() !== "").map((line) => {
        const [key, ...value] = line.split(":");
        return [key!.trim().toLowerCase(), value.join(":").trim()];
      }),
    ),
    lists: lists.split(" ").filter((id) => id !== ""),
  };
}

/** The refused form, with the names that it sent. */
function again({ errors, ...refused }: RefusedForm) {
  return { ...refused, errors: wireErrors(errors) };
}

function fieldLines(fields: Record<string, string>): string {
  return Object.entries(fields).sort().map(([key, value]) => `${key}: ${value.replaceAll("\n", " ")}`).join(
    "\n",
  );
}

function trailOf(c: Context<MemberEnv>, contact?: { id: string; name: string; email: string }) {
  const list = { label: textOf(c).title, href: "/contacts" };
  return contact ? [list, { label: titleOf(contact), href: `/contacts/${contact.id}` }] : [list];
}

function textOf(c: Context<MemberEnv>) {
  return contactText.of(localeOf(c));
}
