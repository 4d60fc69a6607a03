// Protects: however often the process that imports contacts is killed, the import goes on, adds nobody twice, and its counts are right.
import assert from "node:assert/strict";
import { count, eq } from "drizzle-orm";
import { limitCounters } from "../../db/tenant/schema/billing.ts";
import {
  consentRecords,
  contactImportRows,
  contactImports,
  contacts,
} from "../../db/tenant/schema/contacts.ts";
import { CONTACT_LIMIT } from "../../src/contacts/permissions.ts";
import { importPlan, planImport, startImport } from "../../src/contacts/imports/imports.ts";
import { stageImport } from "../../src/contacts/imports/staging.ts";
import type { TenantContext } from "../../src/context.ts";
import { SECOND } from "../../src/platform/clock.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { addContacts } from "../support/campaigns.ts";
import { serverUrl } from "../support/database.ts";
import { openBeside, openCompany, openHome, untilTrue } from "../support/job_processes.ts";
import { ServerProcess } from "../support/process.ts";

/** A batch has 1,000 rows. */
const ROWS = 20_000;
const KNOWN = 500;
/** How many rows are applied when the process is killed. It works on the next ones then. */
const KILLS = [1_000, 9_000];
/** A killed process's job is free again after 15 seconds. */
const LONGEST_WAIT = 60 * SECOND;

Deno.test({
  name: "an import whose process is killed again and again adds everyone once",
  ignore: !serverUrl, // beside a running import, the embedded database is too busy to be watched
  fn: killAgainAndAgain,
});

async function killAgainAndAgain() {
  await using home = await openHome("kv");
  const variables = { ...home.variables, LOG_LEVEL: "error" };
  let started: Started | null = null;

  for (const position of KILLS) {
    await using process = await ServerProcess.start(variables);
    await process.ready();
    await using system = await openBeside(variables);
    started ??= await startNew(system);
    const ctx = await openTenant(system, started.tenantId);
    await untilTrue(async () => (await importOf(ctx, started!.id)).position >= position, LONGEST_WAIT);
    await process.stop("SIGKILL");
  }
  await using last = await ServerProcess.start(variables);
  await last.ready();
  await using system = await openBeside(variables);
  const ctx = await openTenant(system, started!.tenantId);
  const killedAt = (await importOf(ctx, started!.id)).position;
  await untilTrue(async () => (await importOf(ctx, started!.id)).status === "done", LONGEST_WAIT);

  const { counts, position } = await importOf(ctx, started!.id);
  const [[total], [consents], [used], [left]] = await ctx.read((tx) => [
    tx.select({ count: count() }).from(contacts),
    tx.select({ count: count() }).from(consentRecords).where(eq(consentRecords.source, "import")),
    tx.select({ used: limitCounters.used }).from(limitCounters)
      .where(eq(limitCounters.limit, CONTACT_LIMIT.name)),
    tx.select({ count: count() }).from(contactImportRows),
  ]);
  assert.ok(killedAt < ROWS, "the import had ended before the last kill");
  assert.deepEqual([position, total!.count, left!.count], [ROWS, ROWS, 0]);
  assert.deepEqual(
    [counts.new, counts.updated, counts.unchanged, counts.merged, counts.refused],
    [ROWS - KNOWN, KNOWN, 0, 0, 0],
  );
  assert.equal(consents!.count, ROWS - KNOWN);
  assert.equal(used!.used, ROWS - KNOWN);
}

type Started = { tenantId: string; id: string };
type System = Awaited<ReturnType<typeof openBeside>>;

/** A workspace that knows some of the file's people, and an import of the file that has started. */
async function startNew(system: System): Promise<Started> {
  const ctx = await openCompany(system);
  await addContacts(
    ctx,
    Array.from({ length: KNOWN }, (_, n) => ({ email: `person-${n * 40}@example.com` })),
  );
  const lines = Array.from({ length: ROWS }, (_, n) => `person-${n}@example.com,Person ${n}`);
  const bytes = new TextEncoder().encode(`Email,Name\n${lines.join("\n")}\n`);
  const id = await stageImport(ctx, { fileName: "people.csv", bytes });
  const plan = {
    columns: ["email", "name"],
    tags: [],
    listId: null,
    consent: "given",
    consentGiven: "By a form",
  };
  await planImport(ctx, id, importPlan.parse(plan));
  await startImport(ctx, id);
  return { tenantId: ctx.tenant.id, id };
}

async function importOf(ctx: TenantContext, id: string) {
  const [[found]] = await ctx.read((tx) => [
    tx.select().from(contactImports).where(eq(contactImports.id, id)),
  ]);
  return found!;
}
