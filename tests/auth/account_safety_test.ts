import assert from "node:assert/strict";
import { runScript } from "../../db/connection/transaction.ts";
import { withMigrator } from "../../db/migration/migrator.ts";
import { staffActor } from "../../src/access/actor.ts";
import type { SystemContext } from "../../src/context.ts";
import { type ApiTokens, refreshTokensOf, signInToApi } from "../../src/identity/api_sign_in.ts";
import { createPasswordLink } from "../../src/identity/emailed_links.ts";
import { createMember, resolveInvitee } from "../../src/identity/new_members.ts";
import { setPasswordByLink } from "../../src/identity/password_links.ts";
import { hashPassword } from "../../src/identity/passwords.ts";
import { appointPlatformAdmin } from "../../src/identity/platform_admins.ts";
import { authenticate, startCheckedSession } from "../../src/identity/sign_in.ts";
import { SIGN_INS } from "../../src/identity/sign_in_caches.ts";
import { findUserByEmail } from "../../src/identity/users.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { createTenant, newTenant } from "../../src/tenancy/tenants.ts";
import type { Page } from "../support/browser.ts";
import { startWorker } from "../support/jobs.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: an account belongs to its owner. Nobody gets in with an old password, or because they created the account. */

const VICTIM = "victim@corp.example";
const NEW_PASSWORD = "a new and longer password";
const DEVICE = { ipAddress: "127.0.0.1", userAgent: "Test" };

Deno.test("S14 a stranger who created an account gets no access that its owner receives later", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const corp = await world.company("corp");
  const stranger = world.browser();
  await stranger.post(`http://${world.host()}/signup`, {
    company_name: "Mine",
    subdomain: "mine",
    name: "Victim",
    email: VICTIM,
    password: PASSWORD,
  });
  const { json: program } = await world.api("POST", "/auth/login", {
    body: { email: VICTIM, password: PASSWORD },
  });
  const mine = (await world.services.use(TENANTS).findBySubdomain("mine"))!;
  const waiting = await world.handoffLink(stranger, { tenant: mine });

  await createMember(await openTenant(world.system, corp.tenant.id), {
    email: VICTIM,
    name: "Victim",
    role: "admin",
  }, { invite: true });
  await worker.idle();

  for (const url of [`http://${world.host("mine")}/dashboard`, `http://${world.host()}/workspaces`]) {
    assert.match((await stranger.get(url)).url, /\/login\?/);
  }
  assert.match((await stranger.get(waiting)).url, /\/login\?notice=handoff$/);
  for (const host of [world.host("corp"), world.host("mine")]) {
    const refused = await stranger.post(`http://${host}/login`, { email: VICTIM, password: PASSWORD });
    assert.equal(refused.status, 422);
  }
  const { access_token: token, refresh_token } = program;
  assert.equal((await world.api("GET", "/me", { token })).status, 401);
  assert.equal((await world.api("POST", "/auth/refresh", { body: { refresh_token } })).status, 401);

  const invitation = (await world.emails(VICTIM)).find(({ message }) => message === "invitation")!;
  const link = invitation.links.find((each) => each.includes("token="))!;
  await setPassword(world, link);
  const victim = await world.browser().post(`http://${world.host("corp")}/login`, {
    email: VICTIM,
    password: NEW_PASSWORD,
  });
  assert.equal(victim.url, `http://${world.host("corp")}/dashboard`);
});

Deno.test("S14 a stranger who created an account can't open the workspace created for its owner", async () => {
  await using world = await World.open();
  const owner = await world.unconfirmedUser("owner@mine.example");
  const mine = await world.company("mine", "Mine", owner);
  const token = await world.token(mine);
  const wanted = newTenant.parse({ name: "Corp", subdomain: "corp" });
  const person = { email: owner.email, name: "Victim" };

  await createTenant(world.system, wanted, (tx) => resolveInvitee(world.system, tx, person));
  world.services.use(SIGN_INS).forgetUser(owner.id);

  const body = { email: owner.email, password: PASSWORD };
  assert.equal((await world.api("POST", "/auth/login", { body })).status, 401);
  assert.equal((await world.api("GET", "/me", { token })).status, 401);
});

Deno.test("an account keeps its password if its owner confirmed the address or adds themselves as a member", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const stranger = await world.unconfirmedUser("ben@acme.example");
  await setPassword(world, await createPasswordLink(world.system, stranger, { channel: "email" }), PASSWORD);
  const confirmed = (await findUserByEmail(world.system.control, stranger.email))!;
  const staff = await world.staff("root@example.com");
  const actor = staffActor(staff);
  const asStaff = { ...world.system, actor };
  const add = async (ctx: typeof world.system, email: string, { tenant } = acme) =>
    await createMember(await openTenant(ctx, tenant.id), { email, name: "Someone", role: "member" }, {
      invite: false,
    });

  await add(world.system, confirmed.email);
  await add(asStaff, staff.email);
  await add(world.system, "new@acme.example");
  await add(world.system, "new@acme.example", globex);

  for (const email of [confirmed.email, staff.email]) {
    assert.equal(
      (await world.api("POST", "/auth/login", { body: { email, password: PASSWORD } })).status,
      200,
    );
  }
});

Deno.test("setting up an administrator again keeps their password and sessions unless a new password is given", async () => {
  await using world = await World.open();
  const root = await world.staff("root@example.com");
  const browser = world.browser();
  await browser.post(`http://${world.host()}/login`, { email: root.email, password: PASSWORD });
  const person = { email: root.email, name: "Root" };
  const admin = `http://${world.host()}/admin/tenants`;

  await appointPlatformAdmin(world.system, person, null);
  const asBefore = await browser.get(admin);
  await appointPlatformAdmin(world.system, person, await hashPassword(NEW_PASSWORD));
  const signedOut = await browser.get(admin);

  assert.equal(asBefore.url, admin);
  assert.match(signedOut.url, /\/login\?/);
  await authenticate(world.system, { email: root.email, password: NEW_PASSWORD });
});

Deno.test("S14 a printed link sets the password once and doesn't confirm the address", async () => {
  await using world = await World.open();
  const user = await world.unconfirmedUser("ada@acme.example");
  const isConfirmed = async () =>
    (await findUserByEmail(world.system.control, user.email))!.emailVerifiedAt !== null;

  await setPassword(world, await createPasswordLink(world.system, user));
  const afterPrinted = await isConfirmed();
  await setPassword(world, await createPasswordLink(world.system, user, { channel: "email" }));
  const afterEmailed = await isConfirmed();

  assert.deepEqual([afterPrinted, afterEmailed], [false, true]);
});

Deno.test("a sign-in that checked the old password fails after a new one is set", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const credentials = { email: acme.owner.email, password: PASSWORD };
  const checked = await authenticate(world.system, credentials);
  const { refreshToken } = await signInToApi(world.system, credentials) as ApiTokens;
  const link = await world.passwordLink(acme.owner);
  const late: SystemContext = {
    ...world.system,
    tx: async (work) => {
      await setPassword(world, link);
      return await world.system.tx(work);
    },
  };
  const session = { tenantId: acme.tenant.id, remember: true, device: DEVICE };

  await assert.rejects(() => signInToApi(late, credentials), /password is wrong/);
  await assert.rejects(() => startCheckedSession(world.system, checked, session), /password is wrong/);
  await assert.rejects(() => refreshTokensOf(world.system, refreshToken), /Sign in again/);
});

Deno.test("when a password link is used twice at once, one use succeeds", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = new URL(await world.passwordLink(acme.owner)).searchParams.get("token")!;
  const passwords = ["the first new password", "the second new password"];

  const uses = await Promise.allSettled(
    passwords.map((password) => setPasswordByLink(world.system, { token, password }, DEVICE)),
  );

  assert.deepEqual(uses.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  const winner = passwords[uses.findIndex(({ status }) => status === "fulfilled")];
  const body = { email: acme.owner.email, password: winner };
  assert.equal((await world.api("POST", "/auth/login", { body })).status, 200);
});

Deno.test("a reset that fails midway leaves link, password and sessions unchanged", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const browser = world.browser();
  await browser.post(`http://${world.host("acme")}/login`, { email: acme.owner.email, password: PASSWORD });
  const link = await world.passwordLink(acme.owner);
  await asMigrator(world, "alter table control.refresh_tokens rename to away");

  const failed = await setPassword(world, link);
  await asMigrator(world, "alter table control.away rename to refresh_tokens");

  assert.equal(failed.status, 500);
  assert.match((await browser.get(`http://${world.host("acme")}/dashboard`)).url, /\/dashboard$/);
  assert.ok(await authenticate(world.system, { email: acme.owner.email, password: PASSWORD }));
  assert.match((await setPassword(world, link)).text, /Password saved/);
});

function setPassword(world: World, link: string, password = NEW_PASSWORD): Promise<Page> {
  const token = new URL(link).searchParams.get("token")!;
  return world.browser().post(`http://${world.host()}/reset-password`, { token, password });
}

async function asMigrator(world: World, script: string): Promise<void> {
  await withMigrator(world.services.db, (tx) => runScript(tx, script));
}
