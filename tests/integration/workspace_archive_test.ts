import { eq } from "drizzle-orm";
import assert from "node:assert/strict";
import { getTableConfig } from "drizzle-orm/pg-core";
import { webhookEndpoints } from "../../db/control/schema/webhooks.ts";
import { users } from "../../db/control/schema/users.ts";
import { campaignRecipients, campaigns } from "../../db/tenant/schema/campaigns.ts";
import { sequenceEmails, sequences } from "../../db/tenant/schema/sequences.ts";
import { verifyChain } from "../../src/audit/chain.ts";
import { getCampaign } from "../../src/campaigns/campaigns.ts";
import { newContact } from "../../src/contacts/contact.ts";
import { createContact } from "../../src/contacts/contacts.ts";
import { CONTACT_ERASED_BEFORE } from "../../src/contacts/former_contacts.ts";
import { contactUrl } from "../../src/contacts/links.ts";
import { eraseSelf } from "../../src/contacts/self_service.ts";
import { newId } from "../../src/platform/ids.ts";
import { getSequence } from "../../src/sequences/sequences.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { archiveOf, dumpWorkspace, importBytes, membersOf, showWorkspace } from "../support/archives.ts";
import { readyCampaign } from "../support/campaigns.ts";
import { addSequencePages } from "../../cli/demo/sequences.ts";
import { World } from "../support/world.ts";

/** Protects: an archive has a whole workspace and nothing else, and importing it gives the same workspace again. */

/** What is different in an imported workspace: secrets are new, and webhooks are turned off. */
const NEW_COLUMNS = new Set([
  "sealed_secret",
  "sealed_headers",
  "status",
  "disabled_reason",
  "disabled_at",
  "publishable_key",
  "next_attempt_at",
  "ended_at",
]);

function comparable(dump: Record<string, unknown[]>) {
  return Object.fromEntries(
    Object.entries(dump).map(([table, rows]) => [
      table,
      /webhook_(endpoints|deliveries)|analytics_sources/.test(table)
        ? rows.map((row) =>
          Object.fromEntries(Object.entries(row as object).filter(([name]) => !NEW_COLUMNS.has(name)))
        )
        : rows,
    ]),
  );
}

Deno.test("an archive makes the same workspace in another installation, table by table", async () => {
  await using world = await World.open();
  await using other = await World.open();
  const acme = await showWorkspace(world);
  const before = await dumpWorkspace(world, acme.ctx);
  const { bytes, manifest } = await archiveOf(acme.ctx);

  const imported = await importBytes(other.system, bytes);

  const ctx = await openTenant(other.system, imported.tenant.id);
  const after = await dumpWorkspace(other, ctx);
  const ownLine = after.audit_log!.filter((row) => (row as { action: string }).action === "tenant.imported");
  assert.equal(ownLine.length, 1);
  after.audit_log = after.audit_log!.filter((row) => !ownLine.includes(row));
  assert.deepEqual(comparable(after), comparable(before));
  assert.deepEqual(
    ["projects", "audit_log", "members", "control.webhook_endpoints", "stream.analytics_events", "brand_logo"]
      .map((table) => before[table]!.length > 0),
    [true, true, true, true, true, true],
  );
  assert.notEqual(imported.tenant.id, acme.tenant.id);
  assert.deepEqual(
    [imported.tenant.name, imported.tenant.subdomain, imported.tenant.brand],
    ["Acme Robotics", "acme", acme.ctx.tenant.brand],
  );
  assert.deepEqual([imported.created, imported.joined], [4, 0]);
  assert.equal(imported.rows, manifest.tables.reduce((sum, { rows }) => sum + rows, 0));
  assert.equal((await verifyChain(ctx, { full: true })).brokenAt, null);
});

Deno.test("a copy beside its original gets ids of its own, and its members keep their accounts", async () => {
  await using world = await World.open();
  const acme = await showWorkspace(world);
  const { bytes } = await archiveOf(acme.ctx);

  const imported = await importBytes(world.system, bytes, { subdomain: "acme-copy" });

  const ctx = await openTenant(world.system, imported.tenant.id);
  const [before, after] = [await dumpWorkspace(world, acme.ctx), await dumpWorkspace(world, ctx)];
  assert.deepEqual(after.projects, before.projects);
  assert.deepEqual([imported.created, imported.joined], [0, 4]);
  assert.equal(after.members!.length, 4);
  const idsOf = (rows: unknown[]) => rows.map((row) => (row as { id: string }).id);
  for (const table of ["control.webhook_endpoints", "control.roles", "control.saved_reports"]) {
    assert.equal(after[table]!.length, before[table]!.length);
    assert.equal(idsOf(after[table]!).some((id) => idsOf(before[table]!).includes(id)), false);
  }
  const endpoints = await world.system.control.select().from(webhookEndpoints)
    .where(eq(webhookEndpoints.tenantId, imported.tenant.id));
  assert.deepEqual(endpoints.map(({ status }) => status), ["disabled"]);
});

Deno.test("rows name the accounts that their people have in the new installation", async () => {
  await using world = await World.open();
  await using other = await World.open();
  const acme = await showWorkspace(world);
  const here = await other.user("owner@acme.example", "Someone known");
  const { bytes } = await archiveOf(acme.ctx);

  const imported = await importBytes(other.system, bytes, { invite: true });

  const ctx = await openTenant(other.system, imported.tenant.id);
  const { projects, audit_log } = await dumpWorkspace(other, ctx);
  assert.deepEqual([imported.created, imported.joined], [3, 1]);
  assert.deepEqual([...new Set(projects!.map((row) => (row as { ownerId: string }).ownerId))], [here.id]);
  assert.equal(audit_log!.some((row) => (row as { actorId: string }).actorId === acme.owner.id), true);
  assert.equal((await verifyChain(ctx, { full: true })).brokenAt, null);
  const accounts = await other.system.control.select({ email: users.email, hash: users.passwordHash })
    .from(users);
  assert.equal(accounts.filter(({ hash }) => hash === null).length, 3);
  const invited = await other.system.control.execute(
    `select count(*)::int as count from control.outbox where name = 'email.invitation'`,
  );
  assert.deepEqual([...invited], [{ count: 3 }]);
});

Deno.test("what was under way goes on in the original only", async () => {
  await using world = await World.open();
  const { ctx } = await world.company("acme");
  const { id } = await addSequencePages(ctx);
  const campaign = await readyCampaign(ctx);
  const states = ["waiting", "claimed", "sent"] as const;
  await ctx.tx(async (tx) => {
    await tx.update(sequences).set({ isActive: true });
    await tx.update(sequenceEmails).set({ state: "claimed" });
    await tx.update(campaigns).set({ status: "sending" });
    await tx.insert(campaignRecipients)
      .values(states.map((state) => ({ campaignId: campaign.id, contactId: newId(), state })));
  });
  const { bytes } = await archiveOf(ctx);

  const { tenant } = await importBytes(world.system, bytes, { subdomain: "acme-copy", plan: "team" });

  const copy = await openTenant(world.system, tenant.id);
  const sequence = await getSequence(copy, id);
  const emails = await copy.tx((tx) =>
    tx.selectDistinct({ state: sequenceEmails.state }).from(sequenceEmails)
  );
  const { status, stats } = await getCampaign(copy, campaign.id);
  assert.deepEqual([sequence.isActive, emails], [false, [{ state: "unknown" }]]);
  assert.deepEqual([status, stats.sent, stats.skipped, stats.unknown, stats.waiting], [
    "canceled",
    1,
    1,
    1,
    0,
  ]);
});

Deno.test("a contact whose data was erased stays out of the workspace that an archive makes", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const mira = newContact.parse({ email: "mira@example.com", consent: true });
  const { id } = await createContact(acme.ctx, mira);
  const token = contactUrl(acme.ctx, id).split("/").at(-1)!;
  await eraseSelf(acme.ctx, token, { email: mira.email });
  const { bytes } = await archiveOf(acme.ctx);

  const { tenant } = await importBytes(world.system, bytes, { subdomain: "acme-copy", plan: "team" });

  const copy = world.acting(tenant, acme.owner, "owner");
  await assert.rejects(createContact(copy, mira), { fields: { email: CONTACT_ERASED_BEFORE } });
});

Deno.test("an archive contains no secret, and nothing of another tenant", async () => {
  await using world = await World.open();
  const acme = await showWorkspace(world);
  const globex = await showWorkspace(world, "globex");
  const marked = newId();
  await world.api("POST", "/projects", {
    token: await world.token(globex),
    body: { name: `Secret ${marked}` },
  });

  const { bytes, manifest } = await archiveOf(acme.ctx);

  const texts = (await membersOf(bytes)).map(({ data }) => new TextDecoder().decode(data)).join("\n");
  const secrets = await world.system.control.execute<{ secret: string }>(`
    select password_hash as secret from control.users where password_hash is not null
    union select sealed_secret from control.webhook_endpoints
    union select hash from control.api_key_secrets`);
  for (const { secret } of secrets) assert.equal(texts.includes(secret), false);
  for (const foreign of [marked, globex.tenant.id, "globex"]) assert.equal(texts.includes(foreign), false);
  const sealed = world.services.sealed.map(({ column }) => column.name);
  for (const { columns } of manifest.tables) {
    for (const column of columns) assert.equal(sealed.includes(column), false, column);
  }
});

Deno.test("an archive has every table of every feature, in members that the manifest describes", async () => {
  await using world = await World.open();
  const acme = await showWorkspace(world);

  const { bytes, manifest } = await archiveOf(acme.ctx);

  const names = (await membersOf(bytes)).map(({ name }) => name);
  assert.equal(names.at(-1), "manifest.json");
  const listed = [...manifest.files, ...manifest.tables.flatMap(({ parts }) => parts)].map(({ name }) =>
    name
  );
  assert.deepEqual(names.slice(0, -1).sort(), listed.sort());
  const ofFeatures = world.services.tenantTables.map((table) => getTableConfig(table).name).sort();
  const archived = manifest.tables.filter(({ area }) => area === "workspace").map(({ name }) => name).sort();
  assert.deepEqual(archived, ofFeatures);
});
