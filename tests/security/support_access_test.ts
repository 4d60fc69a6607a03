import assert from "node:assert/strict";
import { and, eq } from "drizzle-orm";
import { memberships } from "../../db/control/schema/memberships.ts";
import { supportVisits } from "../../db/control/schema/support.ts";
import { users } from "../../db/control/schema/users.ts";
import { createApp } from "../../routes/app.ts";
import { addMember } from "../../src/access/members.ts";
import { getMemberOfUser, removeMember } from "../../src/access/membership.ts";
import type { SystemActor } from "../../src/access/actor.ts";
import { listAudit, listPlatformEntries } from "../../src/audit/entries.ts";
import type { TenantContext } from "../../src/context.ts";
import { findSession } from "../../src/identity/sessions.ts";
import { SIGN_INS } from "../../src/identity/sign_in_caches.ts";
import type { User } from "../../src/identity/users.ts";
import { MINUTE } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { createProject } from "../../src/projects/projects.ts";
import { grantSupport, newSupportGrant, revokeSupport } from "../../src/support/grants.ts";
import { CLOSE_VISIT } from "../../src/support/visits.ts";
import { suspendTenant } from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import type { Browser } from "../support/browser.ts";
import { startWorker } from "../support/jobs.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/**
 * Protects: the platform's staff act for a member only with the workspace's consent or as the operator's policy says, with a reason,
 * for at most 30 minutes. Every page says so, both audit logs have it, and billing, sign-in and the member's account stay off limits (S25).
 */

const UNKNOWN_ID = "0198c0de-0000-7000-8000-000000000000";
const REASON = "The project list looks empty.";

Deno.test("S25 staff can't act for a member without the workspace's consent", async () => {
  await using scene = await openScene();

  const card = await scene.staff.get(scene.admin);
  const refused = await scene.start();

  assert.match(card.text, /hasn&#39;t given support access/);
  assert.equal(refused.status, 409);
  assert.equal((await scene.staff.get(`${scene.admin}/visit`)).status, 404);
});

Deno.test("S25 only owners give support access", async () => {
  await using scene = await openScene();
  const { world, acme } = scene;
  await world.member(acme, "admin@acme.example", "admin");
  const [owner, admin] = [await scene.signIn(acme.owner.email), await scene.signIn("admin@acme.example")];
  const grant = { access: "read", duration: "hour", note: "Projects are gone." };

  const refused = await admin.post(`${scene.workspace}/settings/support`, grant);
  const unsure = await owner.post(`${scene.workspace}/settings/support`, { ...grant, duration: "year" });
  const given = await owner.post(`${scene.workspace}/settings/support`, grant);
  world.clock.advance(11 * MINUTE);
  const stale = await owner.post(`${scene.workspace}/settings/support`, grant);

  assert.equal(refused.status, 403);
  assert.equal(unsure.status, 422);
  assert.match(unsure.text, /Choose how long support has access/);
  assert.match(given.text, /Support has access/);
  assert.match(given.text, /Projects are gone\./);
  assert.equal(stale.status, 403, "asks for the password again");
});

Deno.test("S25 a visit needs a reason, shows on every page, and is in both audit logs", async () => {
  await using scene = await openScene();
  const { world, acme, staff } = scene;
  await using worker = await startWorker(world, "kv");
  await scene.grant("read");

  const unreasoned = await scene.start({ reason: "  " });
  await scene.visit();
  const pages = await Promise.all(
    ["/dashboard", "/projects", "/team", "/settings", "/nowhere"].map((path) =>
      staff.get(scene.workspace + path)
    ),
  );
  const ended = await staff.post(`${scene.workspace}/support-visit/end`);
  const after = await staff.get(`${scene.workspace}/dashboard`);
  await worker.idle();
  const [email] = await world.emails(acme.owner.email);
  const own = await listAudit(acme.ctx, { limit: 50, sort: "-at" });
  const platform = await listPlatformEntries(world.system, { limit: 50, sort: "-at" });

  assert.equal(unreasoned.status, 422);
  assert.match(unreasoned.text, /Enter a reason/);
  for (const { text } of pages) {
    assert.match(text, /You are viewing .*acme.* as .*mei.*, read-only, until/);
    assert.match(text, /action="\/support-visit\/end"/);
  }
  assert.equal(ended.url, scene.admin);
  assert.match(after.url, /\/login/);
  assert.match(email!.subject, /Support opened/);
  assert.match(email!.text, /The project list looks empty\./);
  for (const log of [own, platform]) {
    const visit = log.items.filter(({ action }) => action.startsWith("support_visit."));
    assert.deepEqual(visit.map(({ action }) => action), ["support_visit.ended", "support_visit.started"]);
    assert.equal(visit[1]!.subject.name, "mei");
    assert.equal(visit[1]!.details.reason, REASON);
    assert.equal(visit[1]!.details.staff, "Grace Hopper");
  }
  const [end] = platform.items.filter(({ action }) => action === "support_visit.ended");
  assert.deepEqual([end!.actor.kind, end!.actor.name], ["staff", "Grace Hopper"]);
  const [start] = own.items.filter(({ action }) => action === "support_visit.started");
  assert.deepEqual([start!.actor.name, start!.address], ["Denizen support", null]);
});

Deno.test("S25 read-only: every route that changes something refuses, and so do the member's own pages", async (t) => {
  await using scene = await openScene();
  await scene.grant("read");
  await scene.visit();

  const asked = await askAll(scene);

  for (const { route, status, text } of asked) {
    await t.step(route, () => {
      assert.equal(status, 403);
      assert.match(text, /read-only|off limits/);
    });
  }
  assert.ok(asked.length >= 50, `${asked.length} routes`);
  assert.equal((await scene.staff.get(`${scene.workspace}/projects`)).status, 200, "the visit goes on");
});

Deno.test("S25 with changes allowed: only projects change, and the log names both people", async (t) => {
  await using scene = await openScene({ role: "owner" });
  const { acme, staff } = scene;
  await scene.grant("change");
  await scene.visit();

  const created = await staff.post(`${scene.workspace}/projects`, { name: "Fixed", description: "" });
  const activity = await staff.get(`${scene.workspace}/dashboard`);
  const asked = await askAll(scene);
  const [line] = (await listAudit(acme.ctx, { limit: 50, sort: "-at", action: "project.created" })).items;

  assert.equal(created.status, 200);
  assert.match(activity.text, /Grace Hopper \(mei\)/);
  assert.deepEqual(line!.actor, {
    kind: "acting",
    id: scene.member.id,
    name: "mei",
    staff: "Grace Hopper",
    key: null,
  });
  assert.equal(line!.address, null, "the workspace doesn't learn the address of staff");
  for (const { route, status, text } of asked.filter(({ route }) => !/^\w+ \/projects/.test(route))) {
    await t.step(route, () => {
      assert.equal(status, 403);
      assert.match(text, /off limits/);
    });
  }
  assert.equal((await staff.get(`${scene.workspace}/settings/support`)).status, 403);
  assert.equal((await staff.get(`${scene.workspace}/settings/deletion`)).status, 403);
});

Deno.test("S25 a visit shows what the member may see, not more", async () => {
  await using scene = await openScene({ role: "viewer" });
  await scene.grant("change");
  await scene.visit();

  assert.equal((await scene.staff.get(`${scene.workspace}/projects`)).status, 200);
  assert.equal((await scene.staff.get(`${scene.workspace}/audit`)).status, 403);
  assert.equal((await scene.staff.post(`${scene.workspace}/projects`, { name: "No" })).status, 403);
});

const ENDINGS: Record<string, (scene: Scene) => Promise<unknown>> = {
  "30 minutes are over": async ({ world }) => await world.clock.advance(30 * MINUTE),
  "the access is revoked": ({ acme }) => revokeSupport(acme.ctx),
  "the owner gives other access": (scene) => scene.grant("read"),
  "the person signs out": ({ staff, world }) => staff.post(`http://${world.host()}/logout`),
  "the person leaves the staff": async ({ world }) => {
    await world.system.control.update(users).set({ isPlatformAdmin: false })
      .where(eq(users.email, "grace@denizen.example"));
  },
  "the member is removed": async ({ world, acme, member }) => {
    await world.system.control.delete(memberships).where(
      and(eq(memberships.tenantId, acme.tenant.id), eq(memberships.userId, member.id)),
    );
  },
  "the workspace is suspended": async ({ world, acme }) =>
    await suspendTenant(await openTenant(world.system, acme.tenant.id), { reason: "Spam" }),
};

for (const [why, end] of Object.entries(ENDINGS)) {
  Deno.test(`S25 a visit ends on every process once ${why}`, async () => {
    await using scene = await openScene();
    await scene.grant("read");
    await scene.visit();
    const { world, acme, staff } = scene;
    const token = staff.cookies(world.host("acme")).get("denizen_session")!;
    const replica = await world.replica();
    const before = await findSession(world.services, token, acme.tenant.id);

    await end(scene);
    world.services.use(SIGN_INS).sessions.deleteWhere(() => true); // as after five seconds

    assert.equal(before!.session.actor.type, "acting");
    assert.equal(await findSession(world.services, token, acme.tenant.id), null);
    assert.equal(await findSession(replica, token, acme.tenant.id), null);
    await replica.close();
    assert.doesNotMatch((await staff.get(`${scene.workspace}/projects`)).text, /Atlas/);
  });
}

Deno.test("S25 a member who is removed and added again revives no visit, and the log has its end", async () => {
  await using scene = await openScene();
  await scene.grant("change");
  await scene.visit();
  const { world, acme, member, staff } = scene;
  const { id, role } = await getMemberOfUser(acme.ctx, member.id);

  await removeMember(acme.ctx, id);
  const gone = await staff.get(`${scene.workspace}/projects`);
  await world.system.tx((tx) =>
    addMember(world.system, tx, { tenantId: acme.tenant.id, userId: member.id, role: role as "member" })
  );
  world.services.use(SIGN_INS).sessions.deleteWhere(() => true);
  const again = await staff.get(`${scene.workspace}/projects`);
  const own = await listAudit(acme.ctx, { limit: 50, sort: "-at" });

  assert.match(gone.url, /\/login/);
  assert.match(again.url, /\/login/);
  assert.equal((await staff.get(`${scene.admin}/visit`)).status, 404);
  assert.deepEqual(own.items.slice(0, 2).map(({ action }) => action), [
    "member.removed",
    "support_visit.ended",
  ]);
});

Deno.test("S25 both logs have the end of a visit whose time ran out", async () => {
  await using scene = await openScene();
  await scene.grant("read");
  await scene.visit();

  scene.world.clock.advance(30 * MINUTE);
  await runJob(scene);
  const own = await listAudit(scene.acme.ctx, { limit: 50, sort: "-at", action: "support_visit.ended" });

  assert.equal(own.items.length, 1);
});

Deno.test("S25 where the operator's policy allows it, a reason suffices for reading, and all owners get an email", async () => {
  await using scene = await openScene({ policy: "reason" });
  const { world, acme, staff } = scene;
  await using worker = await startWorker(world, "kv");

  await scene.visit();
  const page = await staff.get(`${scene.workspace}/projects`);
  const changed = await staff.post(`${scene.workspace}/projects`, { name: "No", description: "" });
  await worker.idle();
  const [email] = await world.emails(acme.owner.email);

  const owner = await scene.signIn(acme.owner.email);
  const settings = await owner.get(`${scene.workspace}/settings/support`);
  await owner.post(`${scene.workspace}/settings/support/revocation`);
  const after = await staff.get(`${scene.workspace}/projects`);

  assert.match(page.text, /read-only/);
  assert.equal(changed.status, 403);
  assert.match(email!.subject, /Support opened/);
  assert.match(settings.text, /End the visit/);
  assert.match(after.url, /\/login/);
});

Deno.test("S25 acting needs a recent sign-in, and the link works only in the browser that is signed in", async () => {
  await using scene = await openScene();
  const { world, staff } = scene;
  await scene.grant("read");
  await scene.start();
  const link = await world.raw("GET", world.host(), new URL(`${scene.admin}/visit`).pathname, {
    Cookie: staff.cookieHeader(world.host()),
  });
  const stranger = await world.browser().get(link.headers.location!);
  world.clock.advance(11 * MINUTE);
  const stale = await scene.start();

  assert.match(stranger.url, /\/login/);
  assert.equal(stale.status, 403);
  assert.match(stale.text, /step_up/);
});

/** Runs the job that a visit leaves for its end. */
async function runJob({ world, acme }: Scene): Promise<void> {
  const [{ id: visitId } = assert.fail()] = await world.system.control.select().from(supportVisits);
  const tenant = await openTenant(world.system, acme.tenant.id) as TenantContext<SystemActor>;
  const { system } = tenant;
  await CLOSE_VISIT.run({ id: newId(), attempt: 1, signal: new AbortController().signal, system, tenant }, {
    visitId,
  });
}

type Scene = AsyncDisposable & {
  world: World;
  acme: Company;
  member: User;
  staff: Browser;
  /** The tenant's page in the back office. */
  admin: string;
  workspace: string;
  signIn(email: string): Promise<Browser>;
  grant(access: "read" | "change"): Promise<void>;
  start(fields?: Record<string, string>): ReturnType<Browser["post"]>;
  /** Starts a visit and opens it. */
  visit(): Promise<void>;
};

async function openScene(
  { policy = "consent", role = "member" }: {
    policy?: "consent" | "reason";
    role?: "member" | "owner" | "viewer";
  } = {},
): Promise<Scene> {
  const world = await World.open({ SUPPORT_ACCESS: policy });
  const acme = await world.company("acme");
  const member = await world.member(acme, "mei@acme.example", role);
  await createProject(acme.ctx, { name: "Atlas", description: "", status: "active" });
  await world.staff("grace@denizen.example", "Grace Hopper");
  const staff = world.browser();
  await staff.post(`http://${world.host()}/login`, { email: "grace@denizen.example", password: PASSWORD });
  const admin = `http://${world.host()}/admin/tenants/${acme.tenant.id}`;
  const start = (fields = {}) =>
    staff.post(`${admin}/visit`, { member_id: member.id, reason: REASON, ...fields });
  return {
    world,
    acme,
    member,
    staff,
    admin,
    workspace: `http://${world.host("acme")}`,
    signIn: async (email) => {
      const browser = world.browser();
      await browser.post(`http://${world.host("acme")}/login`, { email, password: PASSWORD });
      return browser;
    },
    grant: (access) => grantSupport(acme.ctx, newSupportGrant.parse({ access, duration: "day" })),
    start,
    visit: async () => {
      await start();
      const { url } = await staff.get(`${admin}/visit`);
      assert.equal(url, `http://${world.host("acme")}/dashboard`);
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

/** What a visit may not use: every route of a page that changes something, and the pages of the member's account. */
async function askAll({ world, staff }: Scene): Promise<{ route: string; status: number; text: string }[]> {
  const { routes } = await createApp(world.services);
  const host = world.host("acme");
  const names = routes.filter(({ host, method, path }) => host === "tenant" && isClosed(method, path))
    .map(({ method, path }) => `${method} ${path}`);
  const headers = {
    Cookie: staff.cookieHeader(host),
    Origin: `http://${host}`,
    Accept: "text/html",
    "Content-Type": "application/x-www-form-urlencoded",
  };
  const answers = [];
  for (const route of new Set(names)) {
    const [method = "", path = ""] = route.split(" ");
    const address = path.replaceAll(/:[a-z_]+/g, UNKNOWN_ID);
    const { status, text } = await world.raw(
      method,
      host,
      address,
      headers,
      method === "GET" ? undefined : "name=x",
    );
    answers.push({ route, status, text });
  }
  return answers;
}

/** The API and the pages of contacts take no cookie. What ends a visit or opens another one stays open. */
function isClosed(method: string, path: string): boolean {
  if (
    /^\/(api|dev|contact|subscribe)(\/|$)/.test(path) ||
    ["/collect", "/logout", "/handoff", "/support-visit/end"].includes(path)
  ) {
    return false;
  }
  return method === "GET" ? /^\/(account|reauthenticate|switcher)/.test(path) : method !== "ALL";
}
