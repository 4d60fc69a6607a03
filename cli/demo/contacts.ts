import { newContact } from "../../src/contacts/contact.ts";
import { createContact, updateContact } from "../../src/contacts/contacts.ts";
import { startImport } from "../../src/contacts/imports/imports.ts";
import { stageImport } from "../../src/contacts/imports/staging.ts";
import { contactUrl, unsubscribeUrl } from "../../src/contacts/links.ts";
import { createContactList } from "../../src/contacts/lists.ts";
import { createSegment } from "../../src/contacts/segments.ts";
import type { TenantContext } from "../../src/context.ts";

/** What the pages about contacts show. */
export type ContactsScene = {
  contactId: string;
  listId: string;
  segmentId: string;
  /** An import that waits, and one that has run. */
  imports: { ready: string; running: string };
  /** Where the contact chooses what they get. */
  ownUrl: string;
  unsubscribeUrl: string;
};

const PEOPLE: [email: string, name: string, tags: string[], city: string, consent: boolean][] = [
  ["mira.sol@example.com", "Mira Sol", ["customer", "vip"], "Lisbon", true],
  ["yusuf@example.com", "Yusuf Demir", ["customer"], "İzmir", true],
  ["amal.k@example.com", "أمل الخطيب", ["press"], "Amman", true],
  ["hana@example.com", "Hana Novák", ["customer", "retail"], "Brno", false],
  ["otto@example.com", "", [], "", false],
  ["signe@example.com", "Signe Dahl", ["customer", "wholesale"], "Bergen", true],
];

const FILE = `Email,Full name,City,Tags
nils@example.com,Nils Berg,Oslo,customer
mira.sol@example.com,Mira Sol,Porto,vip
nils@example.com,,Bergen,vip
not an address,Ana,,
yusuf@example.com,,,
`;

/** Fills a workspace's pages about contacts. */
export async function addContactPages(ctx: TenantContext): Promise<ContactsScene> {
  const news = await createContactList(ctx, {
    name: "Monthly newsletter",
    description: "What we built, and what is next.",
  });
  await createContactList(ctx, { name: "Sample sales", description: "" });
  const ids: string[] = [];
  for (const [index, [email, name, tags, city, consent]] of PEOPLE.entries()) {
    const fields: Record<string, string> = city ? { city } : {};
    const input = {
      email,
      name,
      tags,
      fields,
      consent,
      lists: consent ? [news.id] : [],
      externalId: `c-${index}`,
    };
    ids.push((await createContact(ctx, newContact.parse(input))).id);
  }
  await updateContact(ctx, ids[1]!, { consent: false });
  const segment = await createSegment(ctx, {
    name: "Customers near the sea",
    filter: {
      match: "all",
      conditions: [
        { type: "tag", op: "has", value: "customer" },
        {
          type: "group",
          match: "any",
          conditions: [
            { type: "field", key: "city", op: "is", value: "Lisbon" },
            { type: "field", key: "city", op: "is", value: "Bergen" },
          ],
        },
        { type: "event", op: "did_not", value: "ordered", days: 30 },
      ],
    },
  });
  const bytes = new TextEncoder().encode(FILE);
  const running = await stageImport(ctx, { fileName: "fair-lyon.csv", bytes });
  await startImport(ctx, running);
  const ready = await stageImport(ctx, { fileName: "shop-customers.csv", bytes });
  return {
    contactId: ids[0]!,
    listId: news.id,
    segmentId: segment.id,
    imports: { ready, running },
    ownUrl: contactUrl(ctx, ids[0]!),
    unsubscribeUrl: unsubscribeUrl(ctx, ids[0]!),
  };
}
