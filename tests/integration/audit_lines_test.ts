import { asc, inArray, sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { platformAuditLog } from "../../db/control/schema/audit.ts";
import { auditLog } from "../../db/tenant/schema/audit.ts";
import { cliActor, systemActor } from "../../src/access/actor.ts";
import { AUDIT_LIST, listAudit } from "../../src/audit/entries.ts";
import { tenantContext } from "../../src/context.ts";
import {
  listSuppressed,
  suppress,
  suppressByHand,
  SUPPRESSION_LIST,
  unsuppress,
} from "../../src/email/suppression.ts";
import { MINUTE } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { getProjectHistory } from "../../src/projects/project_history.ts";
import { createProject, deleteProject, getProject, updateProject } from "../../src/projects/projects.ts";
import { updateTenant } from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/**
 * Protects: the audit log records every change. A request that changes nothing adds no line and no version. A long log doesn't
 * slow a project's page.
 */

Deno.test("a change by the CLI shows who ran it, and otherwise the product", async () => {
  await using world = await World.open();
  const { tenant } = await world.company("acme");
  const project = { name: "Apollo", description: "", status: "active" } as const;

  for (const actor of [cliActor("ada"), cliActor(undefined), systemActor("Upkeep")]) {
    await createProject(tenantContext(world.services, tenant, actor, newId()), project);
  }
  const ctx = await openTenant(world.system, tenant.id);
  const { items } = await listAudit(ctx, AUDIT_LIST.query.parse({ action: "project.created" }));

  assert.deepEqual(items.map(({ actor }) => actor.name), ["System", "cli", "cli:ada"]);
  assert.deepEqual(new Set(items.map(({ actor }) => actor.kind)), new Set(["system"]));
});

Deno.test("changes of a project", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const { ctx } = acme;
  const made = await createProject(ctx, { name: "Apollo", description: "Moon", status: "active" });
  const lines = linesSince(acme, await countLines(acme));
  const change = (changes: Parameters<typeof updateProject>[2], version?: number) => {
    world.clock.advance(MINUTE);
    return updateProject(ctx, made.id, changes, version === undefined ? undefined : [version]);
  };

  await t.step("that change nothing don't affect the version, the time or the log", async () => {
    const answers = [
      await change({}),
      await change({ status: "active" }),
      await change({ name: "Apollo", description: "Moon", status: "active" }, 1),
    ];

    for (const answer of answers) assert.deepEqual(answer, made);
    assert.deepEqual(await lines(), []);
    await assert.rejects(change({}, 7), /Someone has changed this project/);
  });

  await t.step("are logged with the changed fields, without a description's text", async () => {
    const changed = await change({ name: "Gemini", description: "Earth's orbit", status: "active" });

    assert.equal(changed.version, 2);
    assert.deepEqual(await lines(), [["project.updated", "Gemini", {
      fields: ["description", "name"],
      from: { name: "Apollo" },
      to: { name: "Gemini" },
    }]]);
  });

  await t.step("are logged as archiving or restoring if the status changed", async () => {
    await change({ status: "archived" });
    await change({ status: "archived" });
    await change({ status: "active" });

    assert.deepEqual(await lines(), [["project.archived", "Gemini", {}], ["project.restored", "Gemini", {}]]);
  });

  await t.step("are logged in two lines if the form changed the status and another field", async () => {
    const browser = world.browser();
    const host = `http://${world.host("acme")}`;
    await browser.post(`${host}/login`, { email: acme.owner.email, password: PASSWORD });
    const version = String((await getProject(ctx, made.id)).version);
    const form = { name: "Mercury", description: "Earth's orbit", status: "archived", version };
    await browser.post(`${host}/projects/${made.id}`, form);

    const after = await getProject(ctx, made.id);
    assert.equal(after.version, Number(version) + 1);
    assert.deepEqual(await lines(), [
      ["project.updated", "Mercury", { fields: ["name"], from: { name: "Gemini" }, to: { name: "Mercury" } }],
      ["project.archived", "Mercury", {}],
    ]);
  });

  await t.step("to the same value at the same time count as one change", async () => {
    await Promise.all([change({ name: "Same" }), change({ name: "Same" }), change({ name: "Same" })]);
    await deleteProject(ctx, made.id);

    assert.deepEqual((await lines()).map(([action]) => action), ["project.updated", "project.deleted"]);
  });
});

Deno.test("a workspace's changes are logged with the old values, and only if something changed", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme");
  const { id } = acme.tenant;
  const lines = linesSince(acme, await countLines(acme));

  await updateTenant(await openTenant(world.system, id), {
    name: "Acme",
    subdomain: "acme",
    brandColor: null,
    logoVersion: null,
  });
  const untouched = await lines();
  await updateTenant(await openTenant(world.system, id), { name: "Acme Robotics", brandColor: "#0b6b58" });
  await updateTenant(await openTenant(world.system, id), { name: "Acme Robotics", brandColor: "#0b6b58" });

  assert.deepEqual(untouched, []);
  assert.deepEqual(await lines(), [
    ["tenant.renamed", "Acme Robotics", { from: "Acme", to: "Acme Robotics" }],
    ["tenant.rebranded", "Acme Robotics", {
      fields: ["brandColor"],
      from: { brandColor: null },
      to: { brandColor: "#0b6b58" },
    }],
  ]);
});

Deno.test("suppressing an address is logged once with the previous reason, and releasing it with its reason", async () => {
  await using world = await World.open();
  const { system } = world;
  const address = "ada@acme.example";
  await suppress(system, { address, reason: "complaint", detail: "" });
  await suppressByHand(system, { address, detail: "" });
  await assert.rejects(suppressByHand(system, { address, detail: "" }), /need another value/);
  const { items: [suppressed] } = await listSuppressed(system, SUPPRESSION_LIST.query.parse({}));
  await unsuppress(system, suppressed!.id);

  const lines = await system.control.select().from(platformAuditLog)
    .where(inArray(platformAuditLog.action, ["email_address.suppressed", "email_address.released"]))
    .orderBy(asc(platformAuditLog.sequence));

  assert.deepEqual(lines.map(({ action, details }) => [action, details!.reason]), [
    ["email_address.suppressed", { from: "complaint", to: "manual" }],
    ["email_address.released", { from: "manual", to: null }],
  ]);
});

type Line = [action: string, subject: string, details: Record<string, unknown>];

Deno.test("a project's history is read through an index, however long the log is", async () => {
  await using world = await World.open({}, { connections: 3 });
  const acme = await world.company("acme");
  const project = await createProject(acme.ctx, { name: "Atlas", description: "", status: "active" });
  const log = `${acme.tenant.schemaName}.audit_log`;
  await world.asOwner(
    `insert into ${log} (id, sequence, at, action, actor_name, subject_type, subject_id, subject_name,
      salt, content_hash, previous_hash, hash)
    select gen_random_uuid(), 1000 + line, now(), 'project.updated', 'Ada', 'project', gen_random_uuid(), 'Other', '', '', '', ''
    from generate_series(1, 3000) as line;
    analyze ${log}`,
  );

  const { history } = await getProjectHistory(acme.ctx, project.id);

  await acme.ctx.tx((tx) => tx.execute(sql`select pg_stat_force_next_flush()`));
  const [index] = await acme.ctx.tx((tx) =>
    tx.execute(sql`select idx_scan::int as scans, idx_tup_read::int as rows from pg_stat_user_indexes
      where schemaname = current_schema() and indexrelname = 'audit_log_subject'`)
  );
  assert.deepEqual(history.map(({ action }) => action), ["project.created"]);
  assert.deepEqual(index, { scans: 1, rows: 1 });
});

async function countLines({ ctx }: Company): Promise<number> {
  const [rows] = await ctx.read((tx) => [tx.select({ id: auditLog.id }).from(auditLog)]);
  return rows.length;
}

/** Returns the lines since the last call. */
function linesSince({ ctx }: Company, known: number): () => Promise<Line[]> {
  return async () => {
    const [rows] = await ctx.read((tx) => [tx.select().from(auditLog).orderBy(asc(auditLog.sequence))]);
    const news = rows.slice(known);
    known = rows.length;
    return news.map(({ action, subjectName, details }) => [action, subjectName, details]);
  };
}
