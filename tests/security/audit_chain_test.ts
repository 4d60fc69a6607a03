import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { verifyAudit, verifyPlatformAudit } from "../../src/audit/verification.ts";
import { createProject } from "../../src/projects/projects.ts";
import { resumeTenant, suspendTenant } from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
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

/** Adds lines one by one, after the line for the tenant's creation. */
async function writeLines({ ctx }: Company, count: number): Promise<void> {
  for (let number = 0; number < count; number++) {
    await createProject(ctx, { name: "A project", description: "", status: "active" });
  }
}
