import { inArray } from "drizzle-orm";
import assert from "node:assert/strict";
import { mailboxMessages, suppressedAddresses } from "../../db/control/schema/email.ts";
import { tenantSchemas } from "../../db/control/schema/installation.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { outbox } from "../../db/control/schema/outbox.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { users } from "../../db/control/schema/users.ts";
import type { TenantId, UserId } from "../../db/ids.ts";
import { projects } from "../../db/tenant/schema/projects.ts";
import { newSchemaName } from "../../db/tenant/schema_name.ts";
import { listMembers, MEMBER_LIST } from "../../src/access/members.ts";
import { AUDIT_LIST, listAudit } from "../../src/audit/entries.ts";
import { listMailbox, MAILBOX_LIST } from "../../src/email/mailbox.ts";
import { listSuppressed, SUPPRESSION_LIST } from "../../src/email/suppression.ts";
import { JOB_LIST, listJobs } from "../../src/operations/job_list.ts";
import { newId } from "../../src/platform/ids.ts";
import type { Page } from "../../src/platform/list.ts";
import { listProjects, PROJECT_LIST } from "../../src/projects/projects.ts";
import { listTenants, TENANT_LIST } from "../../src/tenancy/tenants.ts";
import { pageWorkspaces, WORKSPACE_LIST } from "../../src/tenancy/workspaces.ts";
import { World } from "../support/world.ts";

/** Protects: a list shows each unchanged row exactly once, forward and back, in every order that the list declares (S66). */

/** A list whose rows all have the same name and time. */
type Sample = {
  /** Reads one page and returns the rows' ids. */
  page(query: { sort: string; limit: number; cursor?: string | undefined }): Promise<Page<string>>;
  ids: string[];
  remove(ids: string[]): Promise<unknown>;
  /** Gives rows another sort key. */
  change(ids: string[]): Promise<unknown>;
};

const LATER = new Date("2026-06-01T00:00:00Z");
const ROWS = 105;

const SAMPLES: Record<string, { sorts: readonly string[]; open(world: World): Promise<Sample> }> = {
  projects: { sorts: sortsOf(PROJECT_LIST), open: sampleProjects },
  members: { sorts: sortsOf(MEMBER_LIST), open: sampleMembers },
  tenants: { sorts: sortsOf(TENANT_LIST), open: sampleTenants },
  workspaces: { sorts: sortsOf(WORKSPACE_LIST), open: sampleWorkspaces },
  suppressions: { sorts: sortsOf(SUPPRESSION_LIST), open: sampleSuppressions },
  mailbox: { sorts: sortsOf(MAILBOX_LIST), open: sampleMailbox },
  jobs: { sorts: sortsOf(JOB_LIST), open: sampleJobs },
  audit: { sorts: sortsOf(AUDIT_LIST), open: sampleAudit },
};

for (const [name, { sorts, open }] of Object.entries(SAMPLES)) {
  for (const sort of sorts) {
    Deno.test(`S66 the list of ${name} by ${sort} shows each unchanged row once while others change`, async () => {
      await using world = await World.open();
      const { page, ids, remove, change } = await open(world);
      const first = await page({ sort, limit: 10 });
      const unseen = ids.filter((id) => !first.items.includes(id));
      const gone = [first.items.at(-1)!, unseen[0]!, unseen[40]!];
      const changed = [first.items[2]!, unseen[7]!, unseen[60]!];

      await remove(gone);
      await change(changed);
      const rest = await everyPage(page, sort, first.nextCursor);
      const back = await everyPageBack(page, sort, rest.at(-1)!);

      const unchanged = ids.filter((id) => ![...gone, ...changed].includes(id));
      const seen = [first, ...rest].flatMap(({ items }) => items).filter((id) => unchanged.includes(id));
      assert.deepEqual(seen.toSorted(), unchanged.toSorted());
      const fromStart = await everyPage(page, sort);
      assert.deepEqual(back.flatMap(({ items }) => items), fromStart.flatMap(({ items }) => items));
    });
  }
}

function sortsOf({ query }: { query: { shape: { sort: { unwrap(): { options: string[] } } } } }): string[] {
  return query.shape.sort.unwrap().options;
}

/** The pages from a cursor to the end of the list. */
async function everyPage(
  page: Sample["page"],
  sort: string,
  start?: string | null,
): Promise<Page<string>[]> {
  const pages = [await page({ sort, limit: 10, cursor: start ?? undefined })];
  for (let last = pages[0]!; last.nextCursor !== null; pages.push(last)) {
    last = await page({ sort, limit: 10, cursor: last.nextCursor });
  }
  return pages;
}

/** The pages from the start of the list to `last`, read from the end. */
async function everyPageBack(
  page: Sample["page"],
  sort: string,
  last: Page<string>,
): Promise<Page<string>[]> {
  const pages = [last];
  while (pages[0]!.previousCursor !== null) {
    pages.unshift(await page({ sort, limit: 10, cursor: pages[0]!.previousCursor }));
  }
  return pages;
}

async function sampleProjects(world: World): Promise<Sample> {
  const { ctx, owner } = await world.company("acme");
  const now = world.clock.now();
  const ids = newIds();
  await ctx.tx((tx) =>
    tx.insert(projects).values(
      ids.map((id) => ({ id, name: "Pilot", ownerId: owner.id, createdAt: now, updatedAt: now })),
    )
  );
  const later = { name: "Zulu", createdAt: LATER, updatedAt: LATER };
  return {
    page: async (query) => idsOf(await listProjects(ctx, PROJECT_LIST.query.parse(query))),
    ids,
    remove: (gone) => ctx.tx((tx) => tx.delete(projects).where(inArray(projects.id, gone))),
    change: (changed) => ctx.tx((tx) => tx.update(projects).set(later).where(inArray(projects.id, changed))),
  };
}

async function sampleMembers(world: World): Promise<Sample> {
  const { ctx, tenant } = await world.company("acme");
  const { control } = world.system;
  const now = world.clock.now();
  const people = newIds<UserId>();
  await control.insert(users).values(
    people.map((id) => ({ id, email: `${id}@acme.example`, name: "Ada", createdAt: now, updatedAt: now })),
  );
  const rows = newIds().map((id, index) => ({
    id,
    tenantId: tenant.id,
    userId: people[index]!,
    role: "member" as const,
    createdAt: now,
  }));
  await control.insert(memberships).values(rows);
  const change = async (changed: string[]) => {
    const renamed = rows.filter(({ id }) => changed.includes(id)).map(({ userId }) => userId);
    await control.update(users).set({ name: "Zulu" }).where(inArray(users.id, renamed));
    await control.update(memberships).set({ createdAt: LATER }).where(inArray(memberships.id, changed));
  };
  return {
    page: async (query) => idsOf(await listMembers(ctx, MEMBER_LIST.query.parse(query))),
    ids: rows.map(({ id }) => id),
    remove: (gone) => control.delete(memberships).where(inArray(memberships.id, gone)),
    change,
  };
}

async function sampleTenants(world: World): Promise<Sample> {
  return {
    ...await sampleCompanies(world),
    page: async (query) => idsOf(await listTenants(world.system, TENANT_LIST.query.parse(query))),
  };
}

async function sampleWorkspaces(world: World): Promise<Sample> {
  const sample = await sampleCompanies(world);
  const owner = await world.user("owner@acme.example");
  return {
    ...sample,
    page: async (query) => {
      const asked = WORKSPACE_LIST.query.parse(query);
      const page = await pageWorkspaces(world.system, owner, asked);
      return { ...page, items: page.items.map(({ tenant }) => tenant.id) };
    },
  };
}

/** Tenants without schemas. Lists don't read the schemas. */
async function sampleCompanies(world: World): Promise<Omit<Sample, "page">> {
  const owner = await world.user("owner@acme.example");
  const now = world.clock.now();
  const rows = newIds<TenantId>().map((id, index) => ({
    id,
    subdomain: `company-${index}`,
    schemaName: newSchemaName(),
  }));
  const { control } = world.system;
  await control.insert(tenantSchemas).values(
    rows.map(({ schemaName }) => ({
      name: schemaName,
      version: "0000",
      checksum: "",
      migratedAt: now,
      claimedAt: now,
    })),
  );
  await control.insert(tenants).values(
    rows.map((row) => ({ ...row, name: "Acme", plan: "starter" as const, createdAt: now, updatedAt: now })),
  );
  await control.insert(memberships).values(
    rows.map(({ id }) => ({
      id: newId(),
      tenantId: id,
      userId: owner.id,
      role: "owner" as const,
      createdAt: now,
    })),
  );
  return {
    ids: rows.map(({ id }) => id),
    remove: (gone) => control.delete(tenants).where(inArray(tenants.id, gone as TenantId[])),
    change: (changed) =>
      control.update(tenants).set({ name: "Zulu", createdAt: LATER }).where(
        inArray(tenants.id, changed as TenantId[]),
      ),
  };
}

async function sampleSuppressions({ system, clock }: World): Promise<Sample> {
  const { control } = system;
  const table = suppressedAddresses;
  const ids = newIds();
  await control.insert(table).values(
    ids.map((id) => ({
      id,
      address: `${id}@example.com`,
      reason: "bounce" as const,
      detail: "",
      createdAt: clock.now(),
    })),
  );
  return {
    page: async (query) => idsOf(await listSuppressed(system, SUPPRESSION_LIST.query.parse(query))),
    ids,
    remove: (gone) => control.delete(table).where(inArray(table.id, gone)),
    change: (changed) => control.update(table).set({ createdAt: LATER }).where(inArray(table.id, changed)),
  };
}

async function sampleMailbox({ system, clock }: World): Promise<Sample> {
  const { control } = system;
  const table = mailboxMessages;
  const ids = newIds();
  const email = { toName: "", toAddress: "ada@example.com", fromName: "", fromAddress: "app@example.com" };
  const content = { subject: "Hello", html: "", text: "", headers: {}, message: "welcome" };
  await control.insert(table).values(ids.map((id) => ({ id, at: clock.now(), ...email, ...content })));
  return {
    page: async (query) => idsOf(await listMailbox(system, MAILBOX_LIST.query.parse(query))),
    ids,
    remove: (gone) => control.delete(table).where(inArray(table.id, gone)),
    change: (changed) => control.update(table).set({ at: LATER }).where(inArray(table.id, changed)),
  };
}

/** A job's sort key is its id, which never changes. */
async function sampleJobs({ system, clock }: World): Promise<Sample> {
  const { control } = system;
  const ids = newIds();
  const job = {
    queue: "cleanup",
    name: "cleanup.sample",
    payload: {},
    state: "failed" as const,
    priority: 0,
  };
  const now = clock.now();
  await control.insert(outbox).values(
    ids.map((id) => ({ id, ...job, runAt: now, createdAt: now, endedAt: now })),
  );
  return {
    page: async (query) => idsOf(await listJobs(system, JOB_LIST.query.parse(query))),
    ids,
    remove: (gone) => control.delete(outbox).where(inArray(outbox.id, gone)),
    change: (changed) => control.update(outbox).set({ state: "ready" }).where(inArray(outbox.id, changed)),
  };
}

/** Entries of one moment, as only the owner of the table can change them. */
async function sampleAudit(world: World): Promise<Sample> {
  const { ctx, tenant } = await world.company("acme");
  const log = `${tenant.schemaName}.audit_log`;
  const ids = newIds();
  const values = ids.map((id, index) =>
    `('${id}', ${
      index + 2
    }, '${world.clock.now().toISOString()}', 'project.updated', 'Ada', 'project', 'Pilot', '', '', '', '')`
  );
  await world.asOwner(
    `delete from ${log}; insert into ${log} (id, sequence, at, action, actor_name, subject_type, subject_name, salt,
      content_hash, previous_hash, hash) values ${values.join()}`,
  );
  const quoted = (some: string[]) => some.map((id) => `'${id}'`).join();
  return {
    page: async (query) => idsOf(await listAudit(ctx, AUDIT_LIST.query.parse(query))),
    ids,
    remove: (gone) => world.asOwner(`delete from ${log} where id in (${quoted(gone)})`),
    change: (changed) =>
      world.asOwner(`update ${log} set at = '${LATER.toISOString()}' where id in (${quoted(changed)})`),
  };
}

function newIds<Id extends string = string>(): Id[] {
  return Array.from({ length: ROWS }, () => newId<Id>());
}

function idsOf({ items, ...cursors }: Page<{ id: string }>): Page<string> {
  return { ...cursors, items: items.map(({ id }) => id) };
}
