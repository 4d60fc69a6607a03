// Protects: the one query of a segment finds exactly the contacts that its conditions describe, whatever they contain.
import assert from "node:assert/strict";
import fc from "fast-check";
import { campaignRecipients, campaigns } from "../../db/tenant/schema/campaigns.ts";
import { contacts } from "../../db/tenant/schema/contacts.ts";
import { CONSENTS, type Contact, newContact } from "../../src/contacts/contact.ts";
import { createContact } from "../../src/contacts/contacts.ts";
import {
  isGroup,
  matching,
  type SegmentCondition,
  type SegmentFilter,
  segmentFilter,
  type SegmentGroup,
} from "../../src/contacts/segment_filter.ts";
import { countSegment } from "../../src/contacts/segments.ts";
import { after, DAY } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { addEvents } from "../support/analytics.ts";
import { World } from "../support/world.ts";

const WORDS = ["", "a", "A b", "100%", "x_y", "o'clock", "back\\slash", 'quo"te', "{brace}", "$1", "--", "é"];
const TAGS = ["vip", "customer", "50%", "o'brien", "a\\b"];
const LISTS = ["0198c0de-0000-7000-8000-000000000001", "0198c0de-0000-7000-8000-000000000002"];
const KEYS = ["city", "plan_2"];
const EVENTS = ["opened", "it's", "50%"];
const NOW = new Date("2026-03-02T09:00:00.000Z");

type Did = { userId: string; event: string; at: Date };

const word = fc.constantFrom(...WORDS);
const day = fc.integer({ min: 0, max: 40 }).map((days) => after(NOW, -days * DAY));

const contact: fc.Arbitrary<Contact> = fc.record({
  id: fc.constant("").map(() => newId()),
  email: fc.uuid().map((id) => `${id}@example.com`),
  name: word,
  externalId: fc.option(fc.constantFrom("u1", "u2", "u3", "u4", "u5", "u6")),
  fields: fc.dictionary(fc.constantFrom(...KEYS), word, { noNullPrototype: true }),
  tags: fc.uniqueArray(fc.constantFrom(...TAGS)),
  listIds: fc.uniqueArray(fc.constantFrom(...LISTS)),
  consent: fc.constantFrom(...CONSENTS),
  consentAt: fc.constant(null),
  version: fc.constant(1),
  createdAt: day,
  updatedAt: fc.constant(NOW),
});

const condition: fc.Arbitrary<SegmentCondition> = fc.oneof(
  fc.record({
    type: fc.constant("field" as const),
    key: fc.constantFrom("email", "name", "external_id", ...KEYS),
    op: fc.constantFrom(
      "is" as const,
      "is_not" as const,
      "contains" as const,
      "is_empty" as const,
      "is_set" as const,
    ),
    value: fc.constantFrom("u1", "example", "B", "%", "_", ...WORDS.slice(1)),
  }),
  fc.record({
    type: fc.constant("tag" as const),
    op: fc.constantFrom("has" as const, "has_not" as const),
    value: fc.constantFrom(...TAGS),
  }),
  fc.record({
    type: fc.constant("list" as const),
    op: fc.constantFrom("has" as const, "has_not" as const),
    value: fc.constantFrom(...LISTS),
  }),
  fc.record({
    type: fc.constant("consent" as const),
    op: fc.constantFrom("is" as const, "is_not" as const),
    value: fc.constantFrom(...CONSENTS),
  }),
  fc.record({
    type: fc.constant("created" as const),
    op: fc.constantFrom("before" as const, "since" as const),
    value: day.map((at) => at.toISOString().slice(0, 10)),
  }),
  fc.record({
    type: fc.constant("event" as const),
    op: fc.constantFrom("did" as const, "did_not" as const),
    value: fc.constantFrom(...EVENTS),
    days: fc.integer({ min: 1, max: 40 }),
  }),
  fc.record({
    type: fc.constantFrom("clicked" as const, "opened" as const),
    op: fc.constantFrom("did" as const, "did_not" as const),
    days: fc.integer({ min: 1, max: 40 }),
  }) as fc.Arbitrary<SegmentCondition>,
);

const match = fc.constantFrom("all" as const, "any" as const);
const group: fc.Arbitrary<SegmentGroup> = fc.record({
  type: fc.constant("group" as const),
  match,
  conditions: fc.array(condition, { maxLength: 3 }),
});
const filter: fc.Arbitrary<SegmentFilter> = fc.record({
  match,
  conditions: fc.array(fc.oneof({ weight: 3, arbitrary: condition }, group), { minLength: 1, maxLength: 4 }),
});

Deno.test("a segment's query finds the same contacts as a plain loop over all of them", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const globex = await world.company("globex");
  const events: Did[] = fc.sample(
    fc.record({
      userId: fc.constantFrom("u1", "u2", "u3", "u4"),
      event: fc.constantFrom(...EVENTS),
      at: day,
    }),
    20,
  );
  await addEvents(world, acme, events.map((each) => ({ ...each, at: each.at.toISOString() })));
  await addEvents(world, globex, [{ event: "opened", userId: "u5", at: NOW.toISOString() }]);
  const all = withUniqueIds(fc.sample(contact, 60));
  const reactions = all.slice(0, 40).map(({ id }, index) => ({
    contactId: id,
    clickedAt: index % 3 === 0 ? after(NOW, -index * DAY) : null,
    openedAt: index % 2 === 0 ? after(NOW, -index * DAY) : null,
  }));
  await acme.ctx.tx(async (tx) => {
    await tx.insert(contacts).values(all);
    const campaignId = newId();
    await tx.insert(campaigns).values({ id: campaignId, name: "News", createdAt: NOW, updatedAt: NOW });
    await tx.insert(campaignRecipients).values(reactions.map((each) => ({ ...each, campaignId })));
  });

  await fc.assert(
    fc.asyncProperty(filter, async (filter) => {
      const [found] = await acme.ctx.read((tx) => [
        tx.select({ id: contacts.id }).from(contacts).where(matching(filter, NOW, acme.tenant)),
      ]);

      const expected = all.filter((each) => isIn(filter, each, { events, reactions })).map(({ id }) => id);
      assert.deepEqual(found.map(({ id }) => id).sort(), expected.sort());
    }),
    { numRuns: 200 },
  );
});

Deno.test("the day on which a contact was added starts at the workspace's midnight", async () => {
  await using world = await World.open();
  const { ctx } = await world.company("acme");
  world.clock.advance(new Date("2026-03-02T23:30:00.000Z").getTime() - NOW.getTime());
  await createContact(ctx, newContact.parse({ email: "late@example.com", consent: false }));
  const since = (timeZones: typeof ctx.tenant.timeZones) => {
    const tenant = { ...ctx.tenant, timeZones };
    const conditions = [{ type: "created" as const, op: "since" as const, value: "2026-03-03" }];
    return countSegment({ ...ctx, tenant }, { match: "all", conditions });
  };

  const inUtc = await since([]);
  const inBerlin = await since([{ zone: "Europe/Berlin", from: null }]);

  assert.deepEqual([inUtc.contacts, inBerlin.contacts], [0, 1]);
});

Deno.test("a filter that makes no sense is refused with the place of each mistake", () => {
  const tag = { type: "tag", op: "has", value: "vip" };
  const cases: [path: string, filter: unknown][] = [
    ["conditions", { match: "all", conditions: [] }],
    ["conditions", { match: "all", conditions: [{ type: "group", match: "any", conditions: [] }] }],
    ["conditions", {
      match: "all",
      conditions: [{ type: "group", match: "any", conditions: Array(11).fill(tag) }, ...Array(10).fill(tag)],
    }],
    ["match", { match: "none", conditions: [tag] }],
    ["conditions.0.type", { match: "all", conditions: [{ type: "sql", value: "1=1" }] }],
    ["conditions.0.key", {
      match: "all",
      conditions: [{ type: "field", key: "a') or 1=1 --", op: "is", value: "x" }],
    }],
    ["conditions.0.value", {
      match: "all",
      conditions: [{ type: "field", key: "city", op: "is", value: "" }],
    }],
    ["conditions.0.value", {
      match: "all",
      conditions: [{ type: "created", op: "before", value: "yesterday" }],
    }],
    ["conditions.0.value", {
      match: "all",
      conditions: [{ type: "created", op: "since", value: "0000-01-01" }],
    }],
    ["conditions.0.days", {
      match: "all",
      conditions: [{ type: "event", op: "did", value: "opened", days: 366 }],
    }],
    ["conditions.1.conditions.0.type", {
      match: "all",
      conditions: [tag, {
        type: "group",
        match: "all",
        conditions: [{ type: "group", match: "all", conditions: [tag] }],
      }],
    }],
  ];

  for (const [path, filter] of cases) {
    const { error } = segmentFilter.safeParse(filter);
    assert.deepEqual(error?.issues[0]?.path.join("."), path, JSON.stringify(filter));
  }
});

Deno.test("a segment counts who belongs to it now, and who of them gets email", async () => {
  await using world = await World.open();
  const { ctx } = await world.company("acme");
  for (
    const [email, consent, tags] of [["a", true, ["vip"]], ["b", false, ["vip"]], ["c", true, []]] as const
  ) {
    await createContact(ctx, newContact.parse({ email: `${email}@example.com`, consent, tags: [...tags] }));
  }

  const counted = await countSegment(ctx, {
    match: "all",
    conditions: [{ type: "tag", op: "has", value: "vip" }],
  });

  assert.deepEqual({ ...counted, sample: counted.sample.toSorted() }, {
    contacts: 2,
    subscribed: 1,
    sample: ["a@example.com", "b@example.com"],
  });
});

type Activity = {
  events: Did[];
  reactions: { contactId: string; clickedAt: Date | null; openedAt: Date | null }[];
};

function isIn(
  { match, conditions }: SegmentFilter | SegmentGroup,
  contact: Contact,
  activity: Activity,
): boolean {
  const results = conditions.map((each) =>
    isGroup(each) ? isIn(each, contact, activity) : meets(each, contact, activity)
  );
  if (results.length === 0) return true;
  return match === "all" ? results.every(Boolean) : results.some(Boolean);
}

function meets(condition: SegmentCondition, contact: Contact, { events, reactions }: Activity): boolean {
  const unlessNot = (isMet: boolean) => condition.op.endsWith("_not") ? !isMet : isMet;
  switch (condition.type) {
    case "field": {
      const { key, op, value } = condition;
      const own: Record<string, string> = {
        email: contact.email,
        name: contact.name,
        external_id: contact.externalId ?? "",
      };
      const text = own[key] ?? contact.fields[key] ?? "";
      if (op === "is_empty") return text === "";
      if (op === "is_set") return text !== "";
      if (op === "contains") return text.toLowerCase().includes(value.toLowerCase());
      return op === "is" ? text === value : text !== value;
    }
    case "tag":
      return unlessNot(contact.tags.includes(condition.value));
    case "list":
      return unlessNot(contact.listIds.includes(condition.value));
    case "consent":
      return unlessNot(contact.consent === condition.value);
    case "created": {
      const isBefore = contact.createdAt < new Date(condition.value);
      return condition.op === "before" ? isBefore : !isBefore;
    }
    case "event":
      return unlessNot(
        events.some(({ userId, event, at }) =>
          userId === contact.externalId && event === condition.value &&
          at >= after(NOW, -condition.days * DAY)
        ),
      );
    case "clicked":
    case "opened":
      return unlessNot(reactions.some(({ contactId, clickedAt, openedAt }) => {
        const at = condition.type === "clicked" ? clickedAt : openedAt;
        return contactId === contact.id && at !== null && at >= after(NOW, -condition.days * DAY);
      }));
  }
}

function withUniqueIds(all: Contact[]): Contact[] {
  const taken = new Set<string>();
  return all.map((each) => {
    if (each.externalId === null || taken.has(each.externalId)) return { ...each, externalId: null };
    taken.add(each.externalId);
    return each;
  });
}
