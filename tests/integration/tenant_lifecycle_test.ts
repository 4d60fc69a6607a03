import { eq, sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { pause } from "../../db/connection/retry.ts";
import { runScript } from "../../db/connection/transaction.ts";
import { outbox } from "../../db/control/schema/outbox.ts";
import { subdomains, tenants } from "../../db/control/schema/tenants.ts";
import { oldestServedVersion } from "../../db/migration/migrations.ts";
import { withMigrator } from "../../db/migration/migrator.ts";
import { API_USAGE } from "../../src/api_access/usage_counter.ts";
import { listPlatformAudit, recentAudit } from "../../src/audit/audit_log.ts";
import { verifyPlatformAudit } from "../../src/audit/verification.ts";
import type { DomainError } from "../../src/errors.ts";
import { retryJob } from "../../src/operations/job_list.ts";
import { enqueue } from "../../src/outbox/outbox.ts";
import { DAY, MINUTE } from "../../src/platform/clock.ts";
import { englishOf } from "../../src/platform/problem.ts";
import { createProject } from "../../src/projects/projects.ts";
import { deleteDueTenants, deleteTenant } from "../../src/tenancy/deletion.ts";
import { WELCOME } from "../../src/tenancy/emails.ts";
import {
  cancelDeletion,
  resumeTenant,
  scheduleDeletion,
  suspendTenant,
  updateTenant,
} from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { SUBDOMAIN_TAKEN } from "../../src/tenancy/subdomains.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { createTenant, newTenant } from "../../src/tenancy/tenants.ts";
import { syncAccount } from "../../src/billing/sync.ts";
import { Customer } from "../support/billing.ts";
import { becomeLaterVersion } from "../support/later_version.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/** Protects: a tenant's life from creation to deletion, and the effect of each step on members and programs. */

Deno.test("a renamed tenant keeps its address; a moved one is found at both addresses for 90 days", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await updateTenant(await openTenant(world.system, acme.tenant.id), { name: "Acme Robotics" });
  await updateTenant(await openTenant(world.system, acme.tenant.id), { subdomain: "robotics" });

  const old = await world.raw("POST", world.host("acme"), "/projects?sort=name", {}, "name=x");
  const now = await world.raw("GET", world.host("robotics"), "/login");
  await assert.rejects(world.company("acme"), { fields: { subdomain: SUBDOMAIN_TAKEN } });
  world.clock.advance(90 * DAY + MINUTE);
  world.services.use(TENANTS).forget(acme.tenant.id);
  const expired = await world.raw("GET", world.host("acme"), "/login");
  const next = await world.company("acme");

  assert.equal(old.status, 307);
  assert.equal(old.headers.location, `http://${world.host("robotics")}/projects?sort=name`);
  assert.equal(now.status, 200);
  assert.match(now.text, /Acme Robotics/);
  assert.equal(expired.status, 404);
  assert.equal(next.tenant.subdomain, "acme");
});

Deno.test("a tenant can move back to a former address, but the number of moves is limited", async () => {
  await using world = await World.open();
  const { tenant: { id } } = await world.company("first");
  const moveTo = async (subdomain: string) =>
    await updateTenant(await openTenant(world.system, id), { subdomain });

  await moveTo("second");
  const back = await moveTo("first");
  for (const name of ["third", "fourth", "fifth", "sixth"]) await moveTo(name);

  assert.equal(back.subdomain, "first");
  await assert.rejects(
    moveTo("seventh"),
    ({ fields }: DomainError) => /has moved 5 times recently/.test(englishOf(fields.subdomain!)),
  );
});

Deno.test("a taken, reserved or malformed subdomain is rejected, and the tenant keeps its address", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.company("globex");
  const token = await world.token(acme);
  const patch = (subdomain: string) =>
    world.api("PATCH", `/tenants/${acme.tenant.id}`, { token, body: { subdomain } });

  const answers = [
    await patch("globex"),
    await patch("www"),
    await patch("-x-"),
    await patch("A"),
    await patch(""),
  ];
  const { json } = await world.api("GET", `/tenants/${acme.tenant.id}`, { token });

  assert.deepEqual(answers.map(({ status }) => status), [422, 422, 422, 422, 422]);
  assert.ok(answers.every(({ json }) => json.errors[0].field === "subdomain"));
  assert.equal(json.subdomain, "acme");
});

Deno.test("S33 a tenant keeps a name that was reserved later, but can't take another reserved one", async () => {
  await using world = await World.open();
  const { tenant } = await world.company("acme");
  const { control } = world.system;
  await control.update(subdomains).set({ name: "metrics1" }).where(eq(subdomains.name, "acme"));
  await control.update(tenants).set({ subdomain: "metrics1" }).where(eq(tenants.id, tenant.id));

  const renamed = await updateTenant(await openTenant(world.system, tenant.id), {
    name: "Metrics One",
    subdomain: "metrics1",
  });
  const moving = updateTenant(await openTenant(world.system, tenant.id), { subdomain: "admin-1" });

  assert.deepEqual([renamed.name, renamed.subdomain], ["Metrics One", "metrics1"]);
  await assert.rejects(
    moving,
    ({ fields }: DomainError) => /is reserved/.test(englishOf(fields.subdomain!)),
  );
});

Deno.test("S08 a suspended tenant is blocked for everyone, shows the reason to members only, and works again when resumed", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await createProject(acme.ctx, { name: "Stays", description: "", status: "active" });
  const member = world.browser();
  const dashboard = `http://${world.host("acme")}/dashboard`;
  await member.post(`http://${world.host("acme")}/login`, { email: acme.owner.email, password: PASSWORD });
  const { json: tokens } = await signIn(world, acme);
  await suspendTenant(await openTenant(world.system, acme.tenant.id), {
    reason: "The last invoice is open.",
  });

  const pages = [await member.get(dashboard), await world.browser().get(dashboard)];
  const program = await world.api("GET", "/projects", { token: tokens.access_token });
  const signedIn = await signIn(world, acme);
  const body = { refresh_token: tokens.refresh_token };
  const refreshed = await world.api("POST", "/auth/refresh", { body });
  await resumeTenant(await openTenant(world.system, acme.tenant.id));
  const afterwards = await world.api("GET", "/projects", { token: tokens.access_token });
  const refreshedLater = await world.api("POST", "/auth/refresh", { body });

  assert.deepEqual(pages.map(({ status }) => status), [403, 403]);
  assert.match(pages[0]!.text, /The last invoice is open\./);
  assert.doesNotMatch(pages[1]!.text, /The last invoice is open\./);
  for (const answer of [program, signedIn, refreshed]) {
    assert.equal(answer.status, 403);
    assert.equal(answer.json.title, "Suspended");
  }
  assert.equal((await member.get(dashboard)).status, 200);
  assert.deepEqual(afterwards.json.data.map(({ name }: { name: string }) => name), ["Stays"]);
  assert.equal(refreshedLater.status, 200);
});

Deno.test("another process sees a change within five seconds", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const replica = await world.replica();
  const listens = await replica.use(TENANTS).listen(replica.forgetTenant);
  const seen = async () => (await replica.use(TENANTS).findBySubdomain("acme"))?.status;
  const before = await seen();

  await suspendTenant(await openTenant(world.system, acme.tenant.id), { reason: "A test." });
  const changedAt = performance.now();
  while (await seen() === "active") await new Promise((done) => setTimeout(done, 20));
  const took = performance.now() - changedAt;
  await replica.close();

  assert.equal(before, "active");
  assert.ok(took < (listens ? 1_000 : 5_500), `${took} ms`);
});

Deno.test("only an owner can schedule the deletion by typing the name, and cancel it", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme Robotics");
  await world.member(acme, "admin@acme.example", "admin");
  const [owner, admin] = [world.browser(), world.browser()];
  const host = `http://${world.host("acme")}`;
  await owner.post(`${host}/login`, { email: acme.owner.email, password: PASSWORD });
  await admin.post(`${host}/login`, { email: "admin@acme.example", password: PASSWORD });

  const asked = await owner.post(`${host}/settings/deletion`, { confirmation: "acme" });
  const refused = await admin.post(`${host}/settings/deletion`, { confirmation: "Acme Robotics" });
  const scheduled = await owner.post(`${host}/settings/deletion`, { confirmation: "Acme Robotics" });
  const banner = await admin.get(`${host}/projects`);
  const refusedCancel = await admin.post(`${host}/settings/deletion/cancel`, {});
  const kept = await owner.post(`${host}/settings/deletion/cancel`, {});

  assert.equal(asked.status, 422);
  assert.match(asked.text, /Type Acme Robotics/);
  assert.equal(refused.status, 403);
  assert.equal(scheduled.status, 200);
  assert.match(scheduled.text, /will be deleted in 30 days/);
  assert.match(banner.text, /This workspace will be deleted on/);
  assert.doesNotMatch(banner.text, /settings\/deletion\/cancel/);
  assert.equal(refusedCancel.status, 403);
  assert.match(kept.text, /Deletion canceled/);
  assert.doesNotMatch((await admin.get(`${host}/projects`)).text, /will be deleted on/);
});

Deno.test("each step adds a line to the tenant's log and the platform's, with the actor and the old values", async () => {
  await using world = await World.open();
  const { tenant, ctx } = await world.company("acme");
  await updateTenant(await openTenant(world.system, tenant.id), { name: "New name", subdomain: "new-name" });
  await suspendTenant(await openTenant(world.system, tenant.id), { reason: "Why." });
  await resumeTenant(await openTenant(world.system, tenant.id));
  await scheduleDeletion(await openTenant(world.system, tenant.id));
  await cancelDeletion(await openTenant(world.system, tenant.id));

  const platform = await listPlatformAudit(world.system, tenant.id, 20);
  const [own] = await ctx.read((tx) => [recentAudit(tx, { limit: 20 })]);

  const expected = [
    "tenant.deletion_canceled",
    "tenant.deletion_scheduled",
    "tenant.resumed",
    "tenant.suspended",
    "tenant.moved",
    "tenant.renamed",
    "tenant.created",
  ];
  assert.deepEqual(platform.map(({ action }) => action), expected);
  assert.deepEqual(own.map(({ action }) => action), expected);
  assert.deepEqual(platform.find(({ action }) => action === "tenant.moved")!.details, {
    from: "acme",
    to: "new-name",
  });
  assert.deepEqual(platform.find(({ action }) => action === "tenant.suspended")!.details, { reason: "Why." });
  assert.ok(platform.every(({ actorName }) => actorName === "test"));
});

Deno.test("a step that contradicts the current state is a conflict and changes nothing", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const { id } = acme.tenant;
  const refusals = [
    await outcome(openTenant(world.system, id).then((ctx) => resumeTenant(ctx))),
    await outcome(openTenant(world.system, id).then((ctx) => cancelDeletion(ctx))),
  ];
  await suspendTenant(await openTenant(world.system, id), { reason: "Once." });
  await scheduleDeletion(await openTenant(world.system, id));
  refusals.push(
    await outcome(openTenant(world.system, id).then((ctx) => suspendTenant(ctx, { reason: "Twice." }))),
    await outcome(openTenant(world.system, id).then((ctx) => scheduleDeletion(ctx))),
  );

  assert.deepEqual(refusals, ["conflict", "conflict", "conflict", "conflict"]);
  assert.equal(
    await outcome(openTenant(world.system, crypto.randomUUID())),
    "not_found",
  );
  assert.equal(
    await outcome(openTenant(world.system, "nonsense").then((ctx) => resumeTenant(ctx))),
    "not_found",
  );
  assert.equal((await world.services.use(TENANTS).findById(id))!.suspension!.reason, "Once.");
});

Deno.test("S45 after the grace period, no data of the tenant is left", async () => {
  await using world = await World.open({ TENANT_POOL_SIZE: "1" });
  const acme = await world.company("acme");
  const globex = await world.company("globex");
  await createProject(acme.ctx, { name: "Of Acme", description: "", status: "active" });
  await updateTenant(await openTenant(world.system, acme.tenant.id), {
    name: "Zebra Works",
    subdomain: "acme-robots",
  });
  const browser = world.browser();
  await browser.post(`http://${world.host("acme-robots")}/login`, {
    email: acme.owner.email,
    password: PASSWORD,
  });
  const { json: tokens } = await world.api("POST", "/auth/login", {
    body: { email: acme.owner.email, password: PASSWORD, tenant: "acme-robots" },
  });
  await world.handoff(acme);
  const paying = await Customer.of(world, acme);
  await paying.buy();
  const { id: accountId } = await paying.account();
  await world.api("GET", "/projects", { token: tokens.access_token });
  await world.services.use(API_USAGE).flush();
  await world.apiCalls(globex, "2026-03-02", 1);
  const job = await world.system.tx((tx) =>
    enqueue(world.system, tx, WELCOME.job, { userId: acme.owner.id }, { tenantId: acme.tenant.id })
  );
  await world.system.control.update(outbox).set({ state: "failed", error: "No email for acme-robots." })
    .where(eq(outbox.id, job!));
  await retryJob(world.system, job!);
  await scheduleDeletion(await openTenant(world.system, acme.tenant.id));
  world.clock.advance(29 * DAY);
  await world.upkeep();
  const usageBefore = await world.dumpStream("api_usage");
  const stillThere = await world.services.use(TENANTS).findById(acme.tenant.id);
  world.clock.advance(DAY + MINUTE);

  await world.upkeep();
  await syncAccount(world.services, accountId);

  assert.ok(stillThere);
  assert.ok(usageBefore.some(({ tenant_id }) => tenant_id === acme.tenant.id));
  const traces = [acme.tenant.id, acme.tenant.schemaName, "Zebra Works", "acme-robots"];
  const dump = await world.dumpControl();
  const usage = await world.dumpStream("api_usage");
  assert.deepEqual(usage.map(({ tenant_id }) => tenant_id), [globex.tenant.id]);
  for (const trace of traces) assert.equal(dump.includes(trace), false, trace);
  const [left] = await world.system.control.execute(
    sql`select to_regnamespace(${acme.tenant.schemaName}) is null
    and to_regrole(${acme.tenant.schemaName}) is null as gone`,
  );
  assert.equal(left!.gone, true);
  assert.equal((await browser.get(`http://${world.host("acme-robots")}/dashboard`)).status, 404);
  assert.equal((await world.api("GET", "/projects", { token: tokens.access_token })).status, 401);
  assert.match(dump, /tenant\.deleted/);
  assert.equal((await world.system.tx((tx) => verifyPlatformAudit(tx))).brokenAt, null);
  assert.deepEqual(await world.services.use(TENANTS).findById(globex.tenant.id), globex.tenant);
  await world.company("acme");
});

Deno.test("the next upkeep finishes an interrupted deletion", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.system.control.execute(sql`update control.tenants set status = 'deleting'`);
  await world.asOwner(`drop table ${acme.tenant.schemaName}.projects`);
  world.services.use(TENANTS).forget(acme.tenant.id);
  const meanwhile = await world.raw("GET", world.host("acme"), "/login");

  await world.upkeep();

  assert.equal(meanwhile.status, 404);
  assert.deepEqual(await world.countAll(), { users: 1, tenants: 0, memberships: 0, schemas: 0, strays: 0 });
});

Deno.test("a deletion canceled at the last moment doesn't happen", async () => {
  await using world = await World.open();
  const { id } = (await world.company("acme")).tenant;
  await scheduleDeletion(await openTenant(world.system, id));
  world.clock.advance(31 * DAY);

  let deleting: Promise<number> | undefined;
  await world.system.tx(async (tx) => {
    await tx.update(tenants).set({ deletionDueAt: null }).where(eq(tenants.id, id));
    deleting = deleteDueTenants(world.system); // it still sees that the tenant is due
    await pause(200);
  });

  assert.equal(await deleting, 0);
  assert.equal((await world.services.use(TENANTS).findById(id))!.status, "active");
});

Deno.test("a schema with more tables than one transaction can drop is dropped in several", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const { schemaName } = acme.tenant;
  const tables = Array.from(
    { length: 45 },
    (_, place) => `create table ${schemaName}.more_${place} (id int)`,
  );
  await world.asOwner(tables.join(";"));

  await deleteTenant(world.system, acme.tenant.id);

  assert.deepEqual(await world.countAll(), { users: 1, tenants: 0, memberships: 0, schemas: 0, strays: 0 });
});

Deno.test("a schema or role that was dropped manually is reported, and no other tenant is affected", async () => {
  await using world = await World.open();
  const [acme, globex, initech] = await Promise.all(
    ["acme", "globex", "initech"].map((name) => world.company(name)),
  );
  const tokens: string[] = [];
  for (const company of [acme!, globex!, initech!]) tokens.push(await world.token(company));
  await world.asOwner(`drop schema ${acme!.tenant.schemaName} cascade`);
  await world.asOwner(`drop schema ${globex!.tenant.schemaName} cascade`);
  await withMigrator(world.services.db, (tx) => runScript(tx, `drop role ${globex!.tenant.schemaName}`));

  const answers = [];
  for (const token of tokens) answers.push(await world.api("GET", "/projects", { token }));

  assert.deepEqual(answers.map(({ status }) => status), [503, 503, 200]);
  for (const lost of answers.slice(0, 2)) assert.match(lost.json.detail, /data is unavailable/);
  for (const { tenant: { id } } of [acme!, globex!]) {
    await suspendTenant(await openTenant(world.system, id), { reason: "Its data is being restored." });
    await resumeTenant(await openTenant(world.system, id));
    await updateTenant(await openTenant(world.system, id), { name: "Lost" });
    await scheduleDeletion(await openTenant(world.system, id));
    await deleteTenant(world.system, id);
  }
  assert.deepEqual(await world.countAll(), { users: 3, tenants: 1, memberships: 1, schemas: 1, strays: 0 });
});

Deno.test("compatible code serves a tenant whose schema is behind", async () => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));
  using _later = await becomeLaterVersion();
  world.services.oldestServedVersion = "0000_initial";

  assert.equal((await world.api("GET", "/projects", { token })).status, 200);
});

Deno.test("a tenant whose schema is behind gets 503 with Retry-After, pages and API alike", async () => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));
  using _later = await becomeLaterVersion();
  world.services.oldestServedVersion = await oldestServedVersion();

  const program = await world.api("GET", "/projects", { token });
  const page = await world.raw("GET", world.host("acme"), "/login");

  for (const { status, headers } of [program, page]) {
    assert.equal(status, 503);
    assert.equal(headers["retry-after"], "10");
  }
});

Deno.test("when a hundred sign-ups request one subdomain at once, one succeeds and no schema is lost", async () => {
  await using world = await World.open();
  const owner = await world.user("ada@acme.example");
  const wanted = newTenant.parse({ name: "Acme", subdomain: "acme" });

  const outcomes = await Promise.all(
    Array.from(
      { length: 100 },
      () => outcome(createTenant(world.system, wanted, () => Promise.resolve(owner))),
    ),
  );

  assert.equal(outcomes.filter((kind) => kind === "done").length, 1);
  assert.ok(outcomes.every((kind) => ["done", "invalid", "unavailable"].includes(kind)), outcomes.join());
  assert.deepEqual(await world.countAll(), { users: 1, tenants: 1, memberships: 1, schemas: 1, strays: 0 });
});

function signIn(world: World, { owner, tenant }: Company) {
  const body = { email: owner.email, password: PASSWORD, tenant: tenant.subdomain };
  return world.api("POST", "/auth/login", { body });
}

/** `done`, or the kind of the error. */
async function outcome(work: Promise<unknown>): Promise<string> {
  return await work.then(() => "done", (error) => error.kind ?? String(error));
}
