import assert from "node:assert/strict";
import { publishedEvents } from "../../db/control/schema/published_events.ts";
import { MINUTE } from "../../src/platform/clock.ts";
import { World } from "../support/world.ts";

/** Protects: /api/v1/contacts and /contact-lists keep their contract, status by status, and a withdrawn consent stays withdrawn. */

const MIRA = { email: "Mira@Example.com", consent: true };

Deno.test("contacts are created, read, changed and deleted", async () => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));
  const { json: list } = await world.api("POST", "/contact-lists", { token, body: { name: "Newsletter" } });

  const created = await world.api("POST", "/contacts", {
    token,
    body: {
      ...MIRA,
      name: "Mira Sol",
      external_id: "42",
      fields: { city: "Lisbon" },
      tags: ["VIP", "customer", "vip"],
      lists: [list.id],
    },
  });
  const path = `/contacts/${created.json.id}`;
  const read = await world.api("GET", path, { token });
  const changed = await world.api("PATCH", path, {
    token,
    body: { fields: { city: "Porto" }, consent: false },
  });
  const deleted = await world.api("DELETE", path, { token });
  const gone = await world.api("GET", path, { token });

  const { id: _, ...contact } = created.json;
  assert.equal(created.status, 201);
  assert.deepEqual(contact, {
    email: "mira@example.com",
    name: "Mira Sol",
    external_id: "42",
    fields: { city: "Lisbon" },
    tags: ["customer", "vip"],
    lists: [list.id],
    consent: true,
    consent_status: "given",
    consent_at: "2026-03-02T09:00:00.000Z",
    created_at: "2026-03-02T09:00:00.000Z",
    updated_at: "2026-03-02T09:00:00.000Z",
  });
  assert.deepEqual(read.json, created.json);
  assert.deepEqual([changed.json.fields, changed.json.consent_status], [{ city: "Porto" }, "withdrawn"]);
  assert.equal(deleted.status, 204);
  assert.equal(gone.status, 404);
});

Deno.test("200 for a list by search, consent, tag and list, in pages", async () => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));
  const { json: list } = await world.api("POST", "/contact-lists", { token, body: { name: "Newsletter" } });
  for (
    const body of [
      { email: "ada@example.com", consent: true, tags: ["customer"], lists: [list.id] },
      { email: "ben@example.com", consent: false, tags: ["customer"], name: "Ben 100%" },
      { email: "cleo@example.com", consent: true },
    ]
  ) {
    await world.api("POST", "/contacts", { token, body });
    world.clock.advance(MINUTE);
  }

  const found = async (query: string) => {
    const { json } = await world.api("GET", `/contacts?sort=created_at&${query}`, { token });
    return json.data.map(({ email }: { email: string }) => email.split("@")[0]);
  };
  const first = await world.api("GET", "/contacts?limit=2", { token });
  const second = await world.api("GET", `/contacts?limit=2&cursor=${first.json.next_cursor}`, { token });

  assert.deepEqual(await found("search=0%25"), ["ben"]);
  assert.deepEqual(await found("consent_status=given"), ["ada", "cleo"]);
  assert.deepEqual(await found("tag=Customer"), ["ada", "ben"]);
  assert.deepEqual(await found(`list=${list.id}&tag=customer`), ["ada"]);
  assert.deepEqual(second.json.data.map(({ email }: { email: string }) => email), ["ada@example.com"]);
});

Deno.test("a repeat of the same values changes nothing, and If-Match prevents a lost update", async () => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));
  const { json, headers } = await world.api("POST", "/contacts", {
    token,
    body: { ...MIRA, fields: { city: "Lisbon" }, tags: ["a"] },
  });
  const path = `/contacts/${json.id}`;

  const same = await world.api("PATCH", path, {
    token,
    body: { fields: { city: "Lisbon" }, tags: ["A"], consent: true },
  });
  await world.api("PATCH", path, { token, body: { name: "Mira" } });
  const stale = await world.api("PATCH", path, {
    token,
    headers: { "If-Match": headers.etag as string },
    body: { name: "Lost" },
  });

  assert.equal(same.headers.etag, headers.etag);
  assert.equal(stale.status, 412);
});

Deno.test("what events say of a changed contact is what GET answers", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  const { json } = await world.api("POST", "/contacts", { token, body: MIRA });
  world.clock.advance(MINUTE);
  await world.api("PATCH", `/contacts/${json.id}`, { token, body: { name: "Mira Sol", consent: false } });

  const { json: contact } = await world.api("GET", `/contacts/${json.id}`, { token });
  const published = await world.system.control.select().from(publishedEvents);

  const events = published.map(({ event }) => event as { type: string; data: unknown });
  assert.deepEqual(events.find(({ type }) => type === "contact.updated")!.data, contact);
});

Deno.test("401 without credentials, 403 for a member, and 403 on a plan without campaigns", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.member(acme, "ben@acme.example", "member");
  const small = await world.company("small", "Small", undefined, "starter");

  const nobody = await world.api("GET", "/contacts");
  const member = await world.api("GET", "/contacts", { token: await world.token(acme, "ben@acme.example") });
  const starter = await world.api("POST", "/contacts", { token: await world.token(small), body: MIRA });

  assert.deepEqual([nobody.status, member.status, starter.status], [401, 403, 403]);
  assert.match(starter.json.type, /feature-not-in-plan$/);
});

Deno.test("422 with every field that needs another value", async (t) => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));
  await world.api("POST", "/contacts", { token, body: { ...MIRA, external_id: "42" } });
  const many = Object.fromEntries(Array.from({ length: 31 }, (_, index) => [`f${index}`, "x"]));
  const cases: [field: RegExp, body: Record<string, unknown>][] = [
    [/email/, { ...MIRA, email: "mira" }],
    [/email/, { ...MIRA, email: "MIRA@example.com" }],
    [/external_id/, { ...MIRA, email: "other@example.com", external_id: "42" }],
    [/consent/, { email: "other@example.com" }],
    [/fields/, { ...MIRA, email: "other@example.com", fields: { "a b": "x" } }],
    [/fields/, { ...MIRA, email: "other@example.com", fields: { email: "x" } }],
    [/fields/, { ...MIRA, email: "other@example.com", fields: many }],
    [/fields/, { ...MIRA, email: "other@example.com", fields: { city: "x".repeat(501) } }],
    [/tags/, { ...MIRA, email: "other@example.com", tags: ["a,b"] }],
    [/lists/, { ...MIRA, email: "other@example.com", lists: ["0198c0de-0000-7000-8000-000000000000"] }],
    [/name/, { ...MIRA, email: "other@example.com", name: "x".repeat(121) }],
  ];

  for (const [field, body] of cases) {
    await t.step(`${field} ${JSON.stringify(body).slice(0, 60)}`, async () => {
      const answer = await world.api("POST", "/contacts", { token, body });

      assert.equal(answer.status, 422, answer.text);
      assert.match(answer.json.errors.map(({ field }: { field: string }) => field).join(), field);
    });
  }
});

Deno.test("a person who unsubscribed can't be given consent again, however the address comes back", async () => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));
  const { json } = await world.api("POST", "/contacts", { token, body: MIRA });
  const path = `/contacts/${json.id}`;
  await world.api("PATCH", path, { token, body: { consent: false } });

  const again = await world.api("PATCH", path, { token, body: { consent: true } });
  await world.api("DELETE", path, { token });
  const readded = await world.api("POST", "/contacts", { token, body: MIRA });
  const without = await world.api("POST", "/contacts", { token, body: { ...MIRA, consent: false } });
  const other = await world.api("POST", "/contacts", {
    token,
    body: { email: "other@example.com", consent: true },
  });
  await world.api("PATCH", `/contacts/${without.json.id}`, { token, body: { email: "mira2@example.com" } });
  const renamed = await world.api("PATCH", `/contacts/${other.json.id}`, {
    token,
    body: { email: MIRA.email },
  });

  assert.deepEqual([again.status, again.json.errors[0].field], [422, "consent"]);
  assert.equal(readded.status, 422);
  assert.deepEqual([without.status, without.json.consent_status], [201, "withdrawn"]);
  assert.deepEqual([renamed.status, renamed.json.errors[0].field], [422, "email"]);
});

Deno.test("S26 parallel creates stop exactly at the plan's limit, and a deletion makes room", async () => {
  await using world = await World.open();
  const company = await world.company("acme", "Acme", undefined, "team");
  const token = await world.token(company);
  await company.ctx.tx((tx) => tx.execute("insert into limit_counters values ('contacts', 9995)"));

  const answers = await Promise.all(
    Array.from(
      { length: 10 },
      (_, index) =>
        world.api("POST", "/contacts", { token, body: { email: `p${index}@example.com`, consent: false } }),
    ),
  );
  const created = answers.filter(({ status }) => status === 201);
  const refused = answers.find(({ status }) => status === 403)!;
  await world.api("DELETE", `/contacts/${created[0]!.json.id}`, { token });
  const afterwards = await world.api("POST", "/contacts", { token, body: MIRA });

  assert.equal(created.length, 5);
  assert.deepEqual([refused.json.limit, refused.json.used], [10_000, 10_000]);
  assert.equal(afterwards.status, 201);
});

Deno.test("lists are created, changed and deleted, and their contacts stay", async () => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));
  const { json: list, status } = await world.api("POST", "/contact-lists", {
    token,
    body: { name: "Newsletter", description: "Monthly" },
  });
  const { json: contact } = await world.api("POST", "/contacts", {
    token,
    body: { ...MIRA, lists: [list.id] },
  });

  const changed = await world.api("PATCH", `/contact-lists/${list.id}`, { token, body: { name: "News" } });
  const listed = await world.api("GET", "/contact-lists", { token });
  const deleted = await world.api("DELETE", `/contact-lists/${list.id}`, { token });
  const gone = await world.api("GET", `/contact-lists/${list.id}`, { token });
  const kept = await world.api("GET", `/contacts/${contact.id}`, { token });

  assert.equal(status, 201);
  assert.equal(changed.json.name, "News");
  assert.deepEqual(listed.json.data, [changed.json]);
  assert.deepEqual([deleted.status, gone.status], [204, 404]);
  assert.deepEqual(kept.json.lists, []);
});

Deno.test("the audit log says what happened to a contact without saying who it is", async () => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));
  const { json } = await world.api("POST", "/contacts", { token, body: { ...MIRA, name: "Mira Sol" } });
  await world.api("PATCH", `/contacts/${json.id}`, { token, body: { name: "Mira Sole", tags: ["vip"] } });
  await world.api("DELETE", `/contacts/${json.id}`, { token });

  const { text } = await world.api("GET", "/audit-log", { token });

  for (const action of ["created", "updated", "deleted", "subscribed"]) {
    assert.match(text, new RegExp(`contact.${action}`));
  }
  assert.doesNotMatch(text, /mira/i);
});
