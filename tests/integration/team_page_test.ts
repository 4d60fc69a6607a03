import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { runScript } from "../../db/connection/transaction.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { users } from "../../db/control/schema/users.ts";
import type { UserId } from "../../db/ids.ts";
import { withMigrator } from "../../db/migration/migrator.ts";
import { listMembers, MEMBER_LIST } from "../../src/access/members.ts";
import { MINUTE } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import type { Browser } from "../support/browser.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/** Protects: the page "Members" shows a workspace's members to each of them, without JavaScript; an index serves its pages. */

Deno.test("a viewer finds the team in the navigation, and sees each member's name, email, role, and joining date", async () => {
  await using world = await World.open();
  const company = await world.company("acme", "Acme", await world.user("ada@acme.example", "Ada Okafor"));
  await world.member(company, "mei@acme.example", "viewer");
  await world.member(await world.company("globex"), "sam@globex.example", "admin");
  const { browser, host } = await signedIn(world, company, "mei@acme.example");

  const dashboard = await browser.get(`${host}/dashboard`);
  const { status, text } = await browser.get(`${host}/team`);

  assert.match(dashboard.text, /href="\/team"[^>]*>.*?Members/s);
  assert.equal(status, 200);
  for (
    const shown of ["Ada Okafor", "ada@acme.example", "Owner", "mei@acme.example", "Viewer", "Mar 2, 2026"]
  ) {
    assert.ok(text.includes(shown), shown);
  }
  assert.ok(!text.includes("globex"));
});

Deno.test("the form and the tabs narrow the list, and say so if nothing matches", async () => {
  await using world = await World.open();
  const company = await world.company("acme", "Acme", await world.user("ada@acme.example", "Ada Okafor"));
  await world.member(company, "mei@acme.example", "viewer");
  const { browser, host } = await signedIn(world, company, "ada@acme.example");

  const found = await browser.get(`${host}/team?search=okafor`);
  const viewers = await browser.get(`${host}/team?role=viewer`);
  const nothing = await browser.get(`${host}/team?search=okafor&role=viewer`);
  const misspelled = await browser.get(`${host}/team?role=guest&sort=age`);

  assert.deepEqual(namesIn(found.text), ["Ada Okafor"]);
  assert.deepEqual(namesIn(viewers.text), ["mei"]);
  assert.deepEqual(namesIn(nothing.text), []);
  assert.match(nothing.text, /No matching members/);
  assert.deepEqual(namesIn(misspelled.text), ["Ada Okafor", "mei"]);
});

Deno.test("a list of 60 members has three pages, each linked to the next with its order", async () => {
  await using world = await World.open();
  const company = await world.company("acme", "Acme", await world.user("ada@acme.example", "Ada"));
  await addMembers(world, company, 59);
  const { browser, host } = await signedIn(world, company, "ada@acme.example");

  const sizes: number[] = [];
  const seen = new Set<string>();
  let path: string | undefined = "/team?sort=-joined_at";
  while (path) {
    const { text } = await browser.get(host + path);
    const names = namesIn(text);
    sizes.push(names.length);
    for (const name of names) seen.add(name);
    path = /id="member-list-next" href="([^"]+)"/.exec(text)?.[1]?.replaceAll("&amp;", "&");
  }

  assert.deepEqual(sizes, [25, 25, 10]);
  assert.equal(seen.size, 60);
});

Deno.test("the list says when each member was last seen, to within five minutes", async () => {
  await using world = await World.open();
  const company = await world.company("acme", "Acme", await world.user("ada@acme.example", "Ada Okafor"));
  await world.member(company, "mei@acme.example", "viewer");
  const { browser, host } = await signedIn(world, company, "ada@acme.example");
  const seen = async () => {
    const { items } = await listMembers(company.ctx, MEMBER_LIST.query.parse({}));
    return items.map(({ lastSeenAt }) => lastSeenAt?.toISOString() ?? null);
  };
  const atSignIn = await seen();

  world.clock.advance(4 * MINUTE);
  await browser.get(`${host}/team`);
  const soon = await seen();
  world.clock.advance(2 * MINUTE);
  const { text } = await browser.get(`${host}/team`);
  const later = await seen();

  assert.deepEqual(atSignIn, ["2026-03-02T09:00:00.000Z", null]);
  assert.deepEqual(soon, atSignIn);
  assert.deepEqual(later, ["2026-03-02T09:06:00.000Z", null]);
  assert.match(text, />Never</);
});

Deno.test("an admin invites, sends again and revokes, and changes and removes a member, with forms", async (t) => {
  await using world = await World.open();
  const company = await world.company("acme", "Acme", await world.user("ada@acme.example", "Ada Okafor"));
  await world.member(company, "kim@acme.example", "admin");
  await world.member(company, "mei@acme.example", "viewer");
  const { browser, host } = await signedIn(world, company, "kim@acme.example");
  const idIn = (html: string, row: string) => new RegExp(`id="${row}-([0-9a-f]{8}-[^"]+)"`).exec(html)![1]!;

  await t.step("invitations", async () => {
    const form = await browser.get(`${host}/team/invitations/new`);
    const wrong = await browser.post(`${host}/team/invitations`, { email: "ben@", role: "viewer" });
    const sent = await browser.post(`${host}/team/invitations`, { email: "ben@new.example", role: "viewer" });
    const members = await browser.get(`${host}/team`);
    const id = idIn(sent.text, "invitation");
    const again = await browser.post(`${host}/team/invitations/${id}/resend`);
    const revoked = await browser.post(`${host}/team/invitations/${id}/revoke`);

    assert.doesNotMatch(form.text, /value="owner"/);
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /id="invite-email-error"/);
    assert.match(wrong.text, /value="viewer" checked/);
    assert.match(sent.text, /Invitation sent to ben@new\.example/);
    assert.match(members.text, /1 invitation is open/);
    assert.match(again.text, /was sent again/);
    assert.match(revoked.text, /was revoked/);
  });

  await t.step("roles and removal", async () => {
    const id = idIn((await browser.get(`${host}/team?search=mei`)).text, "member");
    const changed = await browser.post(`${host}/team/${id}/role`, { role: "member" });
    const removed = await browser.post(`${host}/team/${id}/removal`);
    const owner = idIn((await browser.get(`${host}/team?search=ada`)).text, "member");
    const refused = await browser.post(`${host}/team/${owner}/removal`);

    assert.match(changed.text, /mei is now a member/);
    assert.match(removed.text, /mei was removed/);
    assert.equal(refused.status, 422);
    assert.match(refused.text, /can&#39;t grant more than your own role allows/);
  });

  await t.step("leaving", async () => {
    const id = idIn((await browser.get(`${host}/team?search=kim`)).text, "member");
    const left = await browser.post(`${host}/team/${id}/removal`);

    assert.match(left.url, /\/login\?/);
    assert.equal(left.url.includes("acme"), false);
  });
});

Deno.test("a viewer sees no way to invite or change anyone, only to leave", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  await world.member(company, "mei@acme.example", "viewer");
  const { browser, host } = await signedIn(world, company, "mei@acme.example");

  const { text } = await browser.get(`${host}/team`);
  const list = await browser.get(`${host}/team/invitations`);
  const form = await browser.get(`${host}/team/invitations/new`);

  assert.doesNotMatch(text, /Invite people|Change role|\/role"/);
  assert.equal(text.match(/href="[^"]+\/removal"/g)?.length, 1);
  assert.deepEqual([list.status, form.status], [403, 403]);
});

Deno.test("a visitor is asked to sign in", async () => {
  await using world = await World.open();
  await world.company("acme");

  const { url } = await world.browser().get(`http://${world.host("acme")}/team`);

  assert.match(url, /\/login\?next=%2Fteam$/);
});

Deno.test("a list of members by joining date uses an index, also after a cursor", async () => {
  await using world = await World.open({}, { connections: 3 });
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  for (const company of [acme, globex]) await addMembers(world, company, 1_500);
  await withMigrator(world.services.db, (tx) => runScript(tx, "analyze control.memberships, control.users"));

  const query = MEMBER_LIST.query.parse({ sort: "-joinedAt", limit: 20 });
  const { nextCursor } = await listMembers(acme.ctx, query);
  await listMembers(acme.ctx, { ...query, cursor: nextCursor! });

  const { control } = world.system;
  await control.execute(sql`select pg_stat_force_next_flush()`);
  const [index] = await control.execute(
    sql`select idx_scan::int as scans, idx_tup_read::int as rows from pg_stat_user_indexes
      where indexrelname = 'memberships_joined'`,
  );
  assert.equal(index!.scans, 2);
  assert.ok(Number(index!.rows) <= 2 * 21 + 2, `${index!.rows} rows were read`);
});

async function signedIn(
  world: World,
  { tenant }: Company,
  email: string,
): Promise<{ browser: Browser; host: string }> {
  const browser = world.browser();
  const host = `http://${world.host(tenant.subdomain)}`;
  await browser.post(`${host}/login`, { email, password: PASSWORD });
  return { browser, host };
}

/** People who joined one minute after the other. */
async function addMembers(world: World, { tenant }: Company, count: number): Promise<void> {
  const { control } = world.system;
  const now = world.clock.now();
  const people = Array.from({ length: count }, (_, number) => ({
    id: newId<UserId>(),
    email: `person-${number}@${tenant.subdomain}.example`,
    name: `Person ${number}`,
    createdAt: now,
    updatedAt: now,
  }));
  await control.insert(users).values(people);
  await control.insert(memberships).values(
    people.map(({ id }, number) => ({
      id: newId(),
      tenantId: tenant.id,
      userId: id,
      role: "member" as const,
      createdAt: new Date(now.getTime() + number * 60_000),
    })),
  );
}

/** The names in the list, from the top. */
function namesIn(html: string): string[] {
  return [...html.matchAll(/<tr id="member-[^]*?<bdi>([^<]*)<\/bdi>/g)].map(([, name]) => name!);
}
