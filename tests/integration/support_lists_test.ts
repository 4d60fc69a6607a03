import assert from "node:assert/strict";
import { memberships } from "../../db/control/schema/memberships.ts";
import { supportVisits } from "../../db/control/schema/support.ts";
import { users } from "../../db/control/schema/users.ts";
import type { UserId } from "../../src/access/actor.ts";
import { after, HOUR, MINUTE } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { grantSupport, newSupportGrant } from "../../src/support/grants.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/** Protects: an owner reaches every visit to the workspace, and staff find every member of a large one. */

const MEMBERS = 140;

Deno.test("an owner pages through all visits, also while someone visits", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const staff = await world.staff("grace@denizen.example", "Grace Hopper");
  const now = world.clock.now();
  const visit = (number: number) => ({
    id: newId(),
    tenantId: acme.tenant.id,
    staffId: staff.id,
    memberId: acme.owner.id,
    staffName: "Grace Hopper",
    memberName: acme.owner.name,
    reason: `Ticket ${number}.`,
    access: "read" as const,
    startedAt: after(now, -number * HOUR),
    expiresAt: after(now, -number * HOUR + 30 * MINUTE),
  });
  await world.system.control.insert(supportVisits).values(
    Array.from({ length: 60 }, (_, number) => visit(number)),
  );
  const browser = world.browser();
  const host = `http://${world.host("acme")}`;
  await browser.post(`${host}/login`, { email: acme.owner.email, password: PASSWORD });

  let page = await browser.get(`${host}/settings/support`);
  const pages = [page.text];
  for (let next = nextOf(page.text); next; next = nextOf(page.text)) {
    page = await browser.get(host + next);
    pages.push(page.text);
  }
  const tickets = pages.flatMap((text) =>
    [...text.matchAll(/Ticket (\d+)\./g)].map(([, number]) => Number(number))
  );

  assert.deepEqual(tickets, Array.from({ length: 60 }, (_, number) => number));
  for (const text of pages) assert.match(text, /End the visit/, "on every page while the newest lasts");
});

Deno.test("staff search for the member to act for in a large workspace, with and without JavaScript", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.company("globex");
  await addMany(world, acme);
  await grantSupport(acme.ctx, newSupportGrant.parse({ access: "read", duration: "day" }));
  await world.staff("grace@denizen.example", "Grace Hopper");
  const staff = await world.signedInBrowser("grace@denizen.example");
  const admin = `http://${world.host()}/admin/tenants/${acme.tenant.id}`;

  const all = await staff.get(admin);
  const found = await staff.get(`${admin}?member=person+139`);
  const inPlace = await staff.get(`${admin}?member=person139@`, { "HX-Request": "true" });
  const nobody = await staff.get(`${admin}?member=owner@globex`);
  const [, id] = /<option value="([^"]+)"[^>]*>Person 139</.exec(found.text)!;
  const unreasoned = await staff.post(`${admin}/visit`, { member: "person 139", member_id: id!, reason: "" });
  const started = await staff.post(`${admin}/visit`, { member_id: id!, reason: "Ticket 7." });

  assert.equal(optionsOf(all.text).length, 100);
  assert.match(all.text, /Showing 100 of 141 members\. Search to find others\./);
  assert.deepEqual(optionsOf(found.text), ["Person 139"]);
  assert.match(inPlace.text, /^<div id="member-choice">/);
  assert.deepEqual(optionsOf(inPlace.text), ["Person 139"]);
  assert.deepEqual(optionsOf(nobody.text), []);
  assert.match(nobody.text, /No member matches your search/);
  assert.equal(unreasoned.status, 422);
  assert.match(unreasoned.text, /<option value="[^"]+" selected[^>]*>Person 139</);
  assert.match(started.text, /You can now view the workspace as Person 139/);
});

function nextOf(text: string): string | undefined {
  return /href="([^"]+)"[^>]*rel="next"/.exec(text)?.[1]?.replaceAll("&amp;", "&");
}

function optionsOf(text: string): string[] {
  const select = /<select[^>]*id="member-id"[^]*?<\/select>/.exec(text)![0];
  return [...select.matchAll(/<option[^>]*>([^<]+)</g)].map(([, name]) => name!);
}

async function addMany({ system, clock }: World, { tenant }: Company): Promise<void> {
  const at = clock.now();
  const people = Array.from({ length: MEMBERS }, (_, number) => ({
    id: newId<UserId>(),
    email: `person${number}@acme.example`,
    name: `Person ${number}`,
    createdAt: at,
    updatedAt: at,
  }));
  await system.control.insert(users).values(people);
  const role = "member" as const;
  await system.control.insert(memberships).values(
    people.map(({ id }) => ({ id: newId(), tenantId: tenant.id, userId: id, role, createdAt: at })),
  );
}
