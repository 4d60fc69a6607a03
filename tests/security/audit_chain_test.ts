import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { auditLog } from "../../db/tenant/schema/audit.ts";
import {
  type Chain,
  getChain,
  getPlatformChain,
  verifyChain,
  verifyPlatformChain,
} from "../../src/audit/chain.ts";
import { AUDIT_SCHEDULE, CHECK_AUDIT } from "../../src/audit/jobs.ts";
import { deleteOldLines } from "../../src/audit/retention.ts";
import { verifyAudit, verifyPlatformAudit } from "../../src/audit/verification.ts";
import { enqueue } from "../../src/outbox/outbox.ts";
import { DAY } from "../../src/platform/clock.ts";
import { createProject } from "../../src/projects/projects.ts";
import { resumeTenant, suspendTenant } from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { startWorker, until } from "../support/jobs.ts";
import { type Company, World } from "../support/world.ts";

/** Protects: the audit logs reveal tampering (S44). */

const COLUMNS =
  "id, at, actor_id, actor_name, action, subject_type, subject_id, subject_name, sequence, details, salt, " +
  "content_hash, previous_hash, hash";

Deno.test("S44 verification finds a line that was changed, added or removed manually", async (t) => {
  await using world = await World.open();
  const ways: [string, string, number | null][] = [
    ["no change", "select 1", null],
    ["another action", "update audit_log set action = 'project.read' where sequence = 3", 3],
    ["another actor", "update audit_log set actor_name = 'Nobody' where sequence = 2", 2],
    ["another time", "update audit_log set at = at - interval '1 hour' where sequence = 4", 4],
    ["other details", `update audit_log set details = '{"x":1}' where sequence = 5`, 5],
    ["a deleted line", "delete from audit_log where sequence = 3", 4],
    ["a deleted first line", "delete from audit_log where sequence = 1", 2],
    [
      "two lines swapped",
      "update audit_log set sequence = -1 where sequence = 2; update audit_log set sequence = 2 where sequence = 3;" +
      "update audit_log set sequence = 3 where sequence = -1",
      2,
    ],
    [
      "an inserted line",
      `insert into audit_log (${COLUMNS}) select gen_random_uuid(), at, actor_id, actor_name, action, subject_type, subject_id,` +
      "subject_name, 99, details, salt, content_hash, previous_hash, hash from audit_log where sequence = 2",
      99,
    ],
  ];
  for (const [place, [name, tampering, brokenAt]] of ways.entries()) {
    await t.step(name, async () => {
      const company = await world.company(`company-${place}`);
      await writeLines(company, 5);
      await world.asOwner(
        `set local search_path = ${company.tenant.schemaName}; ${tampering}; set local search_path to default`,
      );

      const verified = await company.ctx.tx((tx) => verifyAudit(tx));

      assert.equal(verified.brokenAt, brokenAt);
    });
  }
});

Deno.test("S44 the tenant's role can read its log and add to it only through the database function", async () => {
  await using world = await World.open();
  const { ctx } = await world.company("acme");
  const attempt = (statement: string) =>
    ctx.tx(async (tx) => await tx.execute(sql.raw(statement))).then(
      () => "done",
      (error) => error.cause?.code,
    );

  const outcomes = [
    await attempt("update audit_log set action = 'x'"),
    await attempt("delete from audit_log"),
    await attempt(
      "insert into audit_log select * from audit_log on conflict (id) do update set action = 'x'",
    ),
  ];
  const inserted = await attempt(
    `insert into audit_log (${COLUMNS}) select gen_random_uuid(), at, actor_id, actor_name, action, subject_type, subject_id,` +
      "subject_name, 2, details, salt, content_hash, hash, 'made up' from audit_log",
  );

  assert.deepEqual(outcomes, ["42501", "42501", "42501"]);
  assert.equal(inserted, "42501");
  assert.deepEqual(await ctx.tx((tx) => verifyAudit(tx)), { lines: 1, brokenAt: null });
});

Deno.test("S44 lines written at the same time form one chain", async () => {
  await using world = await World.open();
  const company = await world.company("acme");

  await Promise.all(Array.from({ length: 30 }, () => writeLines(company, 1)));

  assert.deepEqual(await company.ctx.tx((tx) => verifyAudit(tx)), { lines: 31, brokenAt: null });
});

Deno.test("S44 the platform's log is a chain, too, and stays intact when names are erased", async () => {
  await using world = await World.open();
  const { tenant } = await world.company("acme");
  await suspendTenant(await openTenant(world.system, tenant.id), { reason: "A reason." });
  await resumeTenant(await openTenant(world.system, tenant.id));
  const whole = await world.system.tx((tx) => verifyPlatformAudit(tx));
  await world.system.control.execute(
    sql`update control.audit_log set salt = null, details = null, subject_id = null, subject_name = null`,
  );
  const erased = await world.system.tx((tx) => verifyPlatformAudit(tx));
  await world.system.control.execute(
    sql`update control.audit_log set action = 'tenant.read' where sequence = 2`,
  );
  const tampered = await world.system.tx((tx) => verifyPlatformAudit(tx));

  assert.deepEqual(whole, { lines: 3, brokenAt: null });
  assert.deepEqual(erased, { lines: 3, brokenAt: null });
  assert.deepEqual(tampered, { lines: 3, brokenAt: 2 });
});

Deno.test("S44 the nightly check finds tampering, and deletes what the plan no longer keeps", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme", undefined, "team");
  const { ctx, tenant } = acme;
  const tamper = (change: string) =>
    world.asOwner(
      `set local search_path = ${tenant.schemaName}; ${change}; set local search_path to default`,
    );
  const stateOf = ({ anchor, verified, brokenAt }: Chain) => [anchor.sequence, verified.sequence, brokenAt];
  await writeLines(acme, 5);

  await t.step("it verifies new lines only, and goes on where it stopped", async () => {
    const first = await verifyChain(ctx);
    await writeLines(acme, 2);
    const second = await verifyChain(ctx);

    assert.deepEqual(stateOf(first), [0, 6, null]);
    assert.deepEqual(stateOf(second), [0, 8, null]);
  });

  await t.step(
    "a changed old line is found by the full check on Sunday, and by every check from then on",
    async () => {
      await tamper("update audit_log set actor_name = 'Nobody' where sequence = 3");
      const weekday = await verifyChain(ctx);
      const sunday = await verifyChain(ctx, { full: true });
      const next = await verifyChain(ctx);

      assert.deepEqual([weekday, sunday, next].map(({ brokenAt }) => brokenAt), [null, 3, 3]);
    },
  );

  await t.step("nothing is deleted from a broken log, however old", async () => {
    world.clock.advance(400 * DAY);

    assert.equal(await deleteOldLines(ctx), 0);
  });

  await t.step("a restored line ends the alarm", async () => {
    await tamper(`update audit_log set actor_name = '${acme.owner.name}' where sequence = 3`);

    assert.deepEqual(stateOf(await verifyChain(ctx)), [0, 8, null]);
  });

  await t.step("lines that the plan no longer keeps are deleted, and the rest is still a chain", async () => {
    await writeLines(acme, 2);
    await verifyChain(ctx);
    const deleted = await deleteOldLines(ctx);
    await writeLines(acme, 1);
    const chain = await verifyChain(ctx, { full: true });

    const whole = await ctx.tx((tx) => verifyAudit(tx, chain.anchor));
    assert.equal(deleted, 8);
    assert.deepEqual(stateOf(chain), [8, 11, null]);
    assert.deepEqual(whole, { lines: 3, brokenAt: null });
  });

  await t.step("a line added before the start of the rest is found", async () => {
    await tamper(
      `insert into audit_log (${COLUMNS}) select gen_random_uuid(), at, actor_id, actor_name, action, subject_type, subject_id,
        subject_name, 2, details, salt, content_hash, previous_hash, hash from audit_log where sequence = 9`,
    );
    const { brokenAt } = await verifyChain(ctx, { full: true });
    await tamper("delete from audit_log where sequence = 2");

    assert.equal(brokenAt, 2);
    assert.equal((await verifyChain(ctx)).brokenAt, null);
  });

  await t.step("the last line stays, whatever its age, because the next one continues it", async () => {
    world.clock.advance(400 * DAY);
    const deleted = await deleteOldLines(ctx);
    await writeLines(acme, 1);

    assert.equal(deleted, 2);
    assert.deepEqual(stateOf(await verifyChain(ctx, { full: true })), [10, 12, null]);
  });

  await t.step("a log whose end was cut off is found, even after new lines", async () => {
    await tamper("delete from audit_log where sequence = 12");
    const cut = await verifyChain(ctx);
    await writeLines(acme, 3);

    assert.equal(cut.brokenAt, 12);
    assert.equal((await verifyChain(ctx, { full: true })).brokenAt, 12);
  });
});

Deno.test("S44 a schema that isn't migrated yet gets lines without their origin, which stay valid", async () => {
  await using world = await World.open();
  const { ctx, tenant } = await world.company("acme");
  const log = `${tenant.schemaName}.audit_log`;
  await suspendTenant(await openTenant(world.system, tenant.id), { reason: "A reason." });
  await world.asOwner(`alter table ${log} drop column origin`);
  await resumeTenant(await openTenant(world.system, tenant.id));
  await world.asOwner(`alter table ${log} add column origin jsonb`);
  await world.asOwner(`delete from ${log} where sequence < 3`);

  const [last] = await ctx.tx((tx) => tx.select().from(auditLog));
  const verified = await ctx.tx((tx) => verifyAudit(tx, { sequence: 2, hash: last!.previousHash }));

  assert.deepEqual([last!.action, last!.origin], ["tenant.resumed", null]);
  assert.deepEqual(verified, { lines: 1, brokenAt: null });
});

Deno.test("the schedule checks every workspace's log each night", async () => {
  await using world = await World.open();
  const companies = [await world.company("acme"), await world.company("globex")];
  const payload = AUDIT_SCHEDULE.payload(new Date("2026-03-08T01:40:00Z"));

  await using _worker = await startWorker(world, "kv");
  await world.system.tx((tx) => enqueue(world.system, tx, CHECK_AUDIT, payload));
  const verified = () =>
    Promise.all(companies.map(async ({ ctx }) => (await getChain(ctx)).verified.sequence));
  await until(async () => (await verified()).every((sequence) => sequence > 0));

  assert.deepEqual(payload, { full: true, day: "2026-03-08" });
  assert.deepEqual(await verified(), [1, 1]);
});

Deno.test("S44 the nightly check verifies the platform's log, and staff see whether it is intact", async (t) => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  await world.staff("root@example.com");
  await world.company("acme");
  const staff = await world.signedInBrowser("root@example.com");
  const page = `http://${world.host()}/admin/audit`;

  await t.step("it is not verified before the first night", async () => {
    assert.match((await staff.get(page)).text, /Not verified yet/);
  });

  await t.step("it is verified at night, and then up to the newest line when staff ask for it", async () => {
    const payload = AUDIT_SCHEDULE.payload(new Date("2026-03-08T01:40:00Z"));
    await world.system.tx((tx) => enqueue(world.system, tx, CHECK_AUDIT, payload));
    await worker.idle();
    assert.equal((await getPlatformChain(world.system)).verified.sequence, 1);

    await world.company("globex");
    const checked = await staff.post(`${page}/integrity`);

    assert.match(checked.text, /The log was checked\./);
    assert.equal((await getPlatformChain(world.system)).verified.sequence, 2);
    assert.match((await staff.get(page)).text, /Verified up to entry[^]*?2/);
  });

  await t.step("cutting off its end, and changing a line, breaks it", async () => {
    await world.company("initech");
    await verifyPlatformChain(world.system);
    await world.system.control.execute(sql`delete from control.audit_log where sequence = 3`);
    assert.equal((await verifyPlatformChain(world.system)).brokenAt, 3);

    await world.system.control.execute(sql`update control.audit_log set action = 'x.y' where sequence = 1`);
    await staff.post(`${page}/integrity`);
    const [log, integrity] = [await staff.get(page), await staff.get(`${page}/integrity`)];

    assert.equal((await getPlatformChain(world.system)).brokenAt, 1);
    assert.match(log.text, /role="alert"|error-message/);
    assert.match(integrity.text, /Compare the log with a backup/);
  });
});

/** Adds lines one by one, after the line for the tenant's creation. */
async function writeLines({ ctx }: Company, count: number): Promise<void> {
  for (let number = 0; number < count; number++) {
    await createProject(ctx, { name: "A project", description: "", status: "active" });
  }
}
