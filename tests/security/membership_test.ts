import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { auditLog } from "../../db/tenant/schema/audit.ts";
import { listMembers, MEMBER_LIST } from "../../src/access/members.ts";
import { changeRole, removeMember } from "../../src/access/membership.ts";
import { createRole } from "../../src/access/role_editing.ts";
import type { Role } from "../../src/access/permissions.ts";
import { authenticateBearer } from "../../src/identity/bearers.ts";
import { findSession } from "../../src/identity/sessions.ts";
import { MINUTE, SECOND } from "../../src/platform/clock.ts";
import type { Browser } from "../support/browser.ts";
import { until } from "../support/jobs.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/** Protects: nobody gains rights by changing members (S21), a tenant keeps an owner (S22), and access ends with membership. */

Deno.test("members change each other only within their own rights", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  for (const role of ["admin", "member", "viewer"] as const) {
    await world.member(acme, `${role}@acme.example`, role);
  }
  await world.member(acme, "other@acme.example", "admin");
  const ids = new Map((await listMembers(acme.ctx, MEMBER_LIST.query.parse({}))).items.map((member) => [
    member.email,
    member.id,
  ]));
  const idOf = (name: string) => ids.get(`${name}@acme.example`)!;
  const tokens: Record<string, string> = {};
  for (const name of ["owner", "admin", "member"]) {
    tokens[name] = await world.token(acme, `${name}@acme.example`);
  }
  const patch = (by: string, whom: string, role: Role) =>
    world.api("PATCH", `/members/${idOf(whom)}`, { token: tokens[by], body: { role } });
  const remove = (by: string, whom: string) =>
    world.api("DELETE", `/members/${idOf(whom)}`, { token: tokens[by] });
  const inviteAs = (by: string, role: Role) =>
    world.api("POST", "/invitations", {
      token: tokens[by],
      body: { email: `${by}-invites-${role}@new.example`, role },
    });

  await t.step("S21 a member changes, removes and invites nobody", async () => {
    const answers = [
      await patch("member", "member", "admin"),
      await patch("member", "viewer", "member"),
      await remove("member", "viewer"),
      await inviteAs("member", "viewer"),
      await world.api("GET", "/invitations", { token: tokens.member }),
    ];

    assert.deepEqual(answers.map(({ status }) => status), [403, 403, 403, 403, 403]);
  });

  await t.step("S21 an admin neither makes owners nor touches one, and does the rest", async () => {
    const refused = [
      await patch("admin", "admin", "owner"),
      await patch("admin", "owner", "viewer"),
      await remove("admin", "owner"),
      await inviteAs("admin", "owner"),
    ];
    const done = [
      await patch("admin", "viewer", "member"),
      await patch("admin", "other", "viewer"),
      await inviteAs("admin", "admin"),
    ];

    assert.deepEqual(refused.map(({ status }) => status), [403, 403, 403, 403]);
    assert.deepEqual(done.map(({ status }) => status), [200, 200, 201]);
    assert.equal(done[0]!.json.role, "member");
  });

  await t.step("S22 the last owner can't be demoted or removed, and can't leave", async () => {
    const answers = [await patch("owner", "owner", "admin"), await remove("owner", "owner")];

    assert.deepEqual(answers.map(({ status }) => status), [409, 409]);
    assert.match(answers[0]!.json.detail, /is the only owner/);
  });

  await t.step("S22 of two owners who are removed at once, one stays", async () => {
    await patch("owner", "other", "owner");

    const removed = await Promise.allSettled([
      removeMember(acme.ctx, idOf("owner")),
      removeMember(acme.ctx, idOf("other")),
    ]);

    assert.deepEqual(removed.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  });

  await t.step("a member can leave", async () => {
    const left = await remove("member", "member");
    const after = await world.api("GET", "/me", { token: tokens.member });

    assert.deepEqual([left.status, after.status], [204, 401]);
  });
});

Deno.test("ten minutes after the sign-in, changing a role and removing a member take a proof", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.member(acme, "mei@acme.example", "member");
  const id = await membershipOf(acme, "mei@acme.example");
  const host = `http://${world.host("acme")}`;
  const token = await world.token(acme, acme.owner.email);
  const browser = await signedIn(world, acme, acme.owner.email);
  const roleOf = async () =>
    (await listMembers(acme.ctx, MEMBER_LIST.query.parse({}))).items.find((member) => member.id === id)?.role;
  world.clock.advance(11 * MINUTE);

  const asked = await browser.post(`${host}/team/${id}/role`, { role: "admin" });
  const refused = [
    await world.api("PATCH", `/members/${id}`, { token, body: { role: "admin" } }),
    await world.api("DELETE", `/members/${id}`, { token }),
  ];
  const before = await roleOf();
  const proof = { step_up: "confirm", step_up_password: PASSWORD };
  await browser.post(`${host}/team/${id}/role`, { role: "viewer", ...proof });
  const after = await roleOf();

  assert.equal(asked.status, 403);
  assert.match(asked.text, /type="hidden" name="role" value="admin"[^]*Confirm/);
  for (const { status, json } of refused) {
    assert.deepEqual([status, json.type], [403, "/problems/reauthentication-required"]);
  }
  assert.deepEqual([before, after], ["member", "viewer"]);
});

Deno.test("S24 a removed member's sessions and tokens end within 5 seconds on every replica, and stay dead", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const mei = await world.member(acme, "mei@acme.example", "member");
  const replica = await world.replica();
  const browser = await signedIn(world, acme, mei.email);
  const cookie = browser.cookies(world.host("acme")).get("denizen_session")!;
  const { json: tokens } = await world.api("POST", "/auth/login", {
    body: { email: mei.email, password: PASSWORD, tenant: "acme" },
  });
  const isOpen = async () => {
    const session = await findSession(replica, cookie, acme.tenant.id);
    const bearer = await authenticateBearer(replica, tokens.access_token).catch(() => null);
    return session !== null || bearer !== null;
  };
  assert.ok(await isOpen());

  await removeMember(acme.ctx, await membershipOf(acme, mei.email));
  const removedAt = performance.now();
  const here = await browser.get(`http://${world.host("acme")}/dashboard`);
  await until(async () => !await isOpen());
  const seconds = (performance.now() - removedAt) / SECOND;
  await replica.close();
  await world.member(acme, mei.email, "member");
  const back = await browser.get(`http://${world.host("acme")}/dashboard`);
  const { refresh_token } = tokens;

  assert.match(here.url, /\/login\?/);
  assert.ok(seconds < 6, `${seconds} s`);
  assert.match(back.url, /\/login\?/);
  assert.equal((await world.api("POST", "/auth/refresh", { body: { refresh_token } })).status, 401);
});

Deno.test("S15 a new role ends the sessions that started with the old one; the person who changes their own gets another", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const mei = await world.member(acme, "mei@acme.example", "member");
  const [theirs, own] = [
    await signedIn(world, acme, mei.email),
    await signedIn(world, acme, acme.owner.email),
  ];
  const host = world.host("acme");
  const before = own.cookies(host).get("denizen_session");

  await changeRole(acme.ctx, await membershipOf(acme, mei.email), { role: "owner" });
  const changed = await theirs.get(`http://${host}/dashboard`);
  const id = await membershipOf(acme, acme.owner.email);
  const page = await own.post(`http://${host}/team/${id}/role`, { role: "admin" });

  assert.match(changed.url, /\/login\?/);
  assert.equal(page.url, `http://${host}/team`);
  assert.match(page.text, /Your role was changed/);
  assert.notEqual(own.cookies(host).get("denizen_session"), before);
});

Deno.test("S15 a role's new permissions end its members' sessions; the member who changes the role gets another; a new name ends none", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const role = await createRole(acme.ctx, { name: "Keeper", permissions: ["projects:read", "roles:manage"] });
  const [mei, ben] = [
    await world.member(acme, "mei@acme.example", role),
    await world.member(acme, "ben@acme.example", role),
  ];
  const [hers, his, owners] = await Promise.all(
    [mei, ben, acme.owner].map(({ email }) => signedIn(world, acme, email)),
  );
  const host = world.host("acme");
  const cookie = () => hers!.cookies(host).get("denizen_session");
  const page = `http://${host}/settings/roles/${role.id}`;
  const before = cookie();

  await owners!.post(page, { name: "Librarian", permissions: role.permissions.join(" ") });
  const renamed = await his!.get(page);
  const saved = await hers!.post(page, { name: "Librarian", permissions: "roles:manage" });
  const hisNext = await his!.get(page);
  const ownersNext = await owners!.get(page);

  assert.equal(renamed.url, page);
  assert.equal(saved.url, page);
  assert.match(saved.text, /Role Librarian saved\./);
  assert.notEqual(cookie(), before);
  assert.match(hisNext.url, /\/login\?/);
  assert.equal(ownersNext.url, page);
});

Deno.test("a role changed on the team page is logged with the address that it came from", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const mei = await world.member(acme, "mei@acme.example", "member");
  const browser = await signedIn(world, acme, acme.owner.email);

  const id = await membershipOf(acme, mei.email);
  await browser.post(`http://${world.host("acme")}/team/${id}/role`, { role: "admin" });

  const [changes] = await acme.ctx.read((tx) => [
    tx.select({ origin: auditLog.origin }).from(auditLog).where(eq(auditLog.action, "member.role_changed")),
  ]);
  assert.deepEqual(changes.map(({ origin }) => origin?.address), ["127.0.0.1"]);
});

async function signedIn(world: World, { tenant }: Company, email: string): Promise<Browser> {
  const browser = world.browser();
  await browser.post(`http://${world.host(tenant.subdomain)}/login`, { email, password: PASSWORD });
  return browser;
}

async function membershipOf({ ctx }: Company, search: string): Promise<string> {
  const { items } = await listMembers(ctx, MEMBER_LIST.query.parse({ search }));
  return items[0]!.id;
}
