import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { outbox } from "../../db/control/schema/outbox.ts";
import { supportVisits } from "../../db/control/schema/support.ts";
import { auditLog } from "../../db/tenant/schema/audit.ts";
import { staffActor } from "../../src/access/actor.ts";
import { INVITATION } from "../../src/access/emails.ts";
import { COLLECT_TENANT } from "../../src/analytics/jobs.ts";
import { verifyAudit } from "../../src/audit/verification.ts";
import type { TenantContext } from "../../src/context.ts";
import { sendEmail } from "../../src/email/email.ts";
import { FEATURES } from "../../src/feature_list.ts";
import { RESET_PASSWORD, VERIFY_ADDRESS } from "../../src/identity/emails.ts";
import { enqueue } from "../../src/outbox/outbox.ts";
import { after, MINUTE } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { createProject } from "../../src/projects/projects.ts";
import { WELCOME } from "../../src/tenancy/emails.ts";
import { suspendTenant } from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { loginUrl, serverUrl } from "../support/database.ts";
import { EMAILS } from "../support/emails.ts";
import { startWorker } from "../support/jobs.ts";
import { withConnection } from "../support/split_logins.ts";
import { type Company, World } from "../support/world.ts";

/** Protects: SQL injected into a tenant's query affects only that tenant (S54). */

const REFUSED = "42501"; // insufficient_privilege

Deno.test("S54 a tenant's role can enqueue only its own allowed jobs, in its own partition, within limits", async (t) => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const now = world.clock.now().toISOString();
  const job = {
    id: crypto.randomUUID(),
    queue: "analytics",
    name: "metrics.collect_tenant",
    payload: { day: "2026-01-01" },
    tenant_id: acme.tenant.id,
    priority: 100,
    run_at: now,
    created_at: now,
  };
  const forged: [string, Record<string, unknown>][] = [
    ["another tenant's job", { tenant_id: globex.tenant.id }],
    ["a job of the platform", { tenant_id: null }],
    ["upkeep", { name: "tenancy.upkeep", queue: "cleanup", payload: {} }],
    ["a job for all tenants", { name: "metrics.collect" }],
    ["an unknown job", { name: "no.such" }],
    ["a job without a name", { name: null }],
    ["a payload of a megabyte", { payload: { day: "x".repeat(1_000_000) } }],
    ["a priority above all others", { priority: -1 }],
    ["a key of a megabyte", { key: "x".repeat(1_000_000) }],
    ["a job that is due in a hundred years", { run_at: "2126-01-01T00:00:00Z" }],
    ["a job that never runs", { run_at: "infinity", created_at: "infinity" }],
    ["a job from the Middle Ages", { run_at: "1200-01-01T00:00:00Z", created_at: "1200-01-01T00:00:00Z" }],
    ["a job that was due before it was created", { run_at: "2026-03-01T00:00:00Z" }],
  ];
  for (const [name, changes] of forged) {
    await t.step(`it can't enqueue ${name}`, async () => {
      assert.equal((await enqueueRaw(acme.ctx, [{ ...job, ...changes }])).code, REFUSED);
    });
  }

  await t.step("it can't enqueue six thousand jobs at once", async () => {
    assert.equal((await enqueueRaw(acme.ctx, Array.from({ length: 6_000 }, () => job))).code, REFUSED);
  });

  await t.step("it can't enqueue a job in another queue or with an existing job's id", async () => {
    const [other] = await world.system.tx((tx) =>
      tx.execute<{ id: string }>(
        sql`select jobs.enqueue(${
          JSON.stringify([{ ...job, id: crypto.randomUUID(), tenant_id: globex.tenant.id }])
        }::jsonb) as id`,
      )
    );

    const outcome = await enqueueRaw(acme.ctx, [{ ...job, id: other!.id, queue: "billing" }]);

    const [added] = await world.system.control.select().from(outbox).where(
      sql`tenant_id = ${acme.tenant.id}`,
    );
    assert.equal(outcome.message, "");
    assert.notEqual(added!.id, other!.id);
    assert.equal(added!.queue, "analytics");
  });

  await t.step("it can't use a key that the platform uses for the tenant's jobs", async () => {
    await enqueueRaw(acme.ctx, [{ ...job, key: "metrics 2026-03-01" }]);

    const added = await world.system.tx((tx) =>
      enqueue(world.system, tx, COLLECT_TENANT, { day: "2026-03-01" }, {
        tenantId: acme.tenant.id,
        key: "metrics 2026-03-01",
      })
    );

    assert.notEqual(added, null);
  });
});

Deno.test("S54 the database lets tenants enqueue exactly the jobs that the code allows, in the same queues", async () => {
  await using world = await World.open();

  const rows = await world.system.control.execute<{ name: string; queue: string }>(
    sql`select name, queue from control.tenant_jobs order by name`,
  );

  const marked = FEATURES.flatMap(({ jobs }) => jobs).filter(({ byTenants }) => byTenants)
    .map(({ name, queue }) => ({ name, queue }));
  assert.deepEqual([...rows], marked.toSorted((one, other) => one.name < other.name ? -1 : 1));
});

Deno.test("S54 a tenant's role can't enqueue an email", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  for (const { job: { name, queue } } of EMAILS) {
    await t.step(name, async () => {
      const outcome = await enqueueRaw(acme.ctx, [{
        id: crypto.randomUUID(),
        queue,
        name,
        payload: { userId: acme.owner.id },
        tenant_id: acme.tenant.id,
        priority: 100,
        run_at: world.clock.now(),
        created_at: world.clock.now(),
      }]);
      assert.equal(outcome.code, REFUSED);
    });
  }
});

Deno.test("S54 a tenant's email goes only to its members and is only about the tenant, whatever the tenant requests", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const stranger = await world.user("stranger@example.com");
  const { system } = world;
  const ofAcme = { tenantId: acme.tenant.id };
  await using worker = await startWorker(world, "kv");

  await system.tx(async (tx) => {
    await sendEmail(system, tx, INVITATION, { userId: stranger.id, inviterName: "Ada" }, ofAcme);
    await sendEmail(system, tx, WELCOME, { userId: globex.owner.id }, ofAcme);
    await sendEmail(system, tx, VERIFY_ADDRESS, { userId: acme.owner.id }, ofAcme);
    const device = { ipAddress: "127.0.0.1", userAgent: "Test" };
    await sendEmail(system, tx, RESET_PASSWORD, { address: acme.owner.email, ...device }, ofAcme);
  });
  await worker.idle();
  const before = await world.emails();
  await system.tx((tx) => sendEmail(system, tx, WELCOME, { userId: acme.owner.id }, ofAcme));
  await worker.idle();

  assert.deepEqual(before, []);
  assert.deepEqual((await world.emails()).map(({ to, message }) => [to, message]), [[
    acme.owner.email,
    "welcome",
  ]]);
});

Deno.test("S54 a tenant's role can't hold a lock or create an object that outlives its transaction", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const ways = [
    "select pg_advisory_lock(1)",
    "select pg_advisory_lock(1, 2)",
    "select pg_advisory_lock_shared(1)",
    "select pg_try_advisory_lock(1)",
    "select pg_try_advisory_lock_shared(1, 2)",
    "select pg_advisory_xact_lock(1)",
    "select pg_try_advisory_xact_lock_shared(1)",
    "with held as materialized (select pg_advisory_lock(n) from generate_series(1, 9) n) select count(*) from held",
    "select lo_creat(-1)",
    "select lo_create(0)",
    "select lo_from_bytea(0, 'x')",
    "select lo_put(1, 0, 'x')",
    "select lo_open(1, 131072)",
    "select lo_import('/etc/passwd')",
    "select pg_reload_conf()",
    "select pg_stat_reset()",
    "select pg_ls_dir('.')",
    "select * from pg_authid",
    "select * from pg_largeobject",
    "select control.new_id()",
    "select control.check_tenant_jobs(null, '[]')",
    "select * from control.locks for update",
    "insert into control.tenant_jobs values ('tenancy.upkeep', 'cleanup')",
  ];
  for (const way of ways) {
    await t.step(way, async () => {
      const outcome = await attempt(acme.ctx, way);
      assert.notEqual(outcome.message, "");
      assert.ok([REFUSED, "XX000"].includes(outcome.code ?? ""), `${outcome.code}: ${outcome.message}`);
    });
  }
});

if (serverUrl) {
  Deno.test("S54 a tenant's role can't close or cancel another connection", async () => {
    await using world = await World.open();
    const acme = await world.company("acme");

    const codes = await withConnection(loginUrl!, async (beside) => {
      const [session] = await beside.unsafe("select pg_backend_pid() as pid");
      const pid = Number(session!.pid);
      return [
        await attempt(acme.ctx, `select pg_terminate_backend(${pid})`),
        await attempt(acme.ctx, `select pg_cancel_backend(${pid})`),
      ].map(({ code }) => code);
    });

    assert.deepEqual(codes, [REFUSED, REFUSED]);
  });
}

Deno.test("S54 a tenant's role can add audit lines only for its members, and can't choose the sequence or the hash", async (t) => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const staff = await world.staff("staff@denizen.example");
  const entry = {
    id: crypto.randomUUID(),
    at: world.clock.now(),
    action: "project.deleted",
    actor_id: acme.owner.id,
    actor_name: "Somebody else",
    details: {},
    subject_type: "project",
    subject_id: crypto.randomUUID(),
    subject_name: "A project",
  };
  const append = (changes: Record<string, unknown>) =>
    attempt(acme.ctx, sql`select audit.append(${JSON.stringify({ ...entry, ...changes })}::jsonb)`);

  await t.step("it can't add a line for another tenant's member, staff or an unknown user", async () => {
    for (const actor of [globex.owner.id, staff.id, crypto.randomUUID()]) {
      assert.equal((await append({ actor_id: actor })).code, REFUSED);
    }
    assert.equal((await append({ actor_id: null, origin: { kind: "staff" } })).code, REFUSED);
  });

  await t.step("it can't add a line of a megabyte or without an action", async () => {
    assert.equal((await append({ details: { x: "x".repeat(1_000_000) } })).code, REFUSED);
    assert.equal((await append({ action: "anything at all" })).code, REFUSED);
  });

  await t.step(
    "it can't call the application's functions or the function that inserts the line",
    async () => {
      const line = JSON.stringify(entry);
      for (
        const way of [
          sql`select audit.append_to(${globex.tenant.schemaName}, ${line}::jsonb)`,
          sql`select audit.append_to(${acme.tenant.schemaName}, ${line}::jsonb)`,
          sql`select audit.append_platform(${line}::jsonb)`,
          sql`select audit.insert_line(${acme.tenant.schemaName}, ${line}::jsonb)`,
          sql`insert into audit_log (id, action) select l.id, l.action from audit.compose(${line}::jsonb, 99999, '') l`,
        ]
      ) assert.equal((await attempt(acme.ctx, way)).code, REFUSED);
    },
  );

  await t.step("the database ignores a forged sequence, hash, salt or name", async () => {
    const outcome = await append({ sequence: 9_000_000_000, hash: "x", previous_hash: "x", salt: "x" });
    await append({ id: crypto.randomUUID(), actor_id: null });
    await createProject(acme.ctx, { name: "Goes on", description: "", status: "active" });

    const lines = await acme.ctx.tx((tx) => tx.select().from(auditLog).orderBy(auditLog.sequence));
    const { actorName } = lines[1]!;
    assert.equal(outcome.message, "");
    assert.deepEqual(lines.map(({ sequence }) => sequence), [1, 2, 3, 4]);
    assert.deepEqual([actorName, lines[2]!.actorName], [acme.owner.name, "System"]);
    assert.notEqual(lines[1]!.salt, "x");
    assert.deepEqual(await acme.ctx.tx((tx) => verifyAudit(tx)), { lines: 4, brokenAt: null });
  });
});

Deno.test("S54 a tenant's role can add a line of staff who act for a member only while they do", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const staff = await world.staff("staff@denizen.example", "Sam Staff");
  const append = (changes: Record<string, unknown>) => {
    const subject = { subject_type: "project", subject_id: newId(), subject_name: "A project" };
    const entry = {
      at: world.clock.now(),
      action: "project.deleted",
      actor_id: acme.owner.id,
      details: {},
      ...subject,
    };
    return attempt(
      acme.ctx,
      sql`select audit.append(${JSON.stringify({ id: newId(), ...entry, ...changes })}::jsonb)`,
    );
  };
  const visit = {
    id: newId(),
    tenantId: acme.tenant.id,
    staffId: staff.id,
    memberId: acme.owner.id,
    staffName: "Sam Staff",
    memberName: acme.owner.name,
    reason: "The list is empty.",
    access: "change" as const,
    startedAt: world.clock.now(),
    expiresAt: after(world.clock.now(), 30 * MINUTE),
  };
  const colleague = await world.member(acme, "mei@acme.example", "member");
  const acting = (changes: Record<string, unknown> = {}) =>
    append({ visit_id: visit.id, origin: { kind: "acting", staff: "Eve" }, ...changes });
  const before = await acting();
  await world.system.control.insert(supportVisits).values([
    visit,
    { ...visit, id: newId(), tenantId: globex.tenant.id, memberId: globex.owner.id },
  ]);
  const refused = [
    before,
    await acting({ visit_id: newId() }),
    await acting({ visit_id: undefined }),
    await acting({ actor_id: colleague.id }),
    await acting({ actor_id: null }),
    await acting({ at: after(world.clock.now(), 30 * MINUTE) }),
  ];
  const allowed = await acting();
  const asMember = await append({ origin: { kind: "member", staff: "Eve" } });
  const [ofStaff, ofMember] = await lastLines(acme, 2);
  await world.system.control.update(supportVisits).set({ endedAt: world.clock.now() });
  const over = await acting();

  for (const { code } of [...refused, over]) assert.equal(code, REFUSED);
  assert.deepEqual([allowed.message, asMember.message], ["", ""]);
  assert.deepEqual(ofStaff, { kind: "acting", staff: "Sam Staff" }, "with the name in the database");
  assert.deepEqual(ofMember, { kind: "member" });
});

Deno.test("S54 a tenant's log says that support changed the tenant without a name, and a former member can't change it", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const staff = await world.staff("staff@denizen.example", "Sam Staff");
  const former = await world.member(acme, "former@acme.example", "admin");
  const actor = staffActor(staff);
  await world.removeMember(acme, former);

  const change = createProject(world.acting(acme.tenant, former, "admin"), {
    name: "Too late",
    description: "",
    status: "active",
  });
  await assert.rejects(change, { kind: "forbidden", message: /no longer a member/ });
  await suspendTenant(await openTenant({ ...world.system, actor }, acme.tenant.id), { reason: "A reason." });

  assert.deepEqual(await actorsOf(acme), ["test", "Denizen support"]);
});

async function lastLines({ ctx }: Company, count: number): Promise<unknown[]> {
  const lines = await ctx.tx((tx) => tx.select().from(auditLog).orderBy(auditLog.sequence));
  return lines.slice(-count).map(({ origin }) => origin);
}

async function actorsOf({ ctx }: Company): Promise<string[]> {
  const lines = await ctx.tx((tx) => tx.select().from(auditLog).orderBy(auditLog.sequence));
  return lines.map(({ actorName }) => actorName);
}

function enqueueRaw(ctx: TenantContext, jobs: Record<string, unknown>[]): Promise<Outcome> {
  return attempt(ctx, sql`select jobs.enqueue(${JSON.stringify(jobs)}::jsonb)`);
}

type Outcome = { code?: string; message: string };

async function attempt(ctx: TenantContext, statement: string | ReturnType<typeof sql>): Promise<Outcome> {
  const query = typeof statement === "string" ? sql.raw(statement) : statement;
  try {
    await ctx.tx(async (tx) => await tx.execute(query));
    return { message: "" };
  } catch (error) {
    const cause = (error as Error).cause as { code?: string; message: string } | undefined;
    return { code: cause?.code, message: cause?.message ?? String(error) };
  }
}
