import { eq, inArray, sql } from "drizzle-orm";
import { array, assert as property, asyncProperty, constantFrom, integer, nat, record } from "fast-check";
import assert from "node:assert/strict";
import { addSequencePages } from "../../cli/demo/sequences.ts";
import { runScript } from "../../db/connection/transaction.ts";
import { billingInvoices } from "../../db/control/schema/billing.ts";
import { mailboxMessages, suppressedAddresses } from "../../db/control/schema/email.ts";
import { sessions } from "../../db/control/schema/identity.ts";
import { tenantSchemas } from "../../db/control/schema/installation.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { outbox } from "../../db/control/schema/outbox.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { users } from "../../db/control/schema/users.ts";
import type { TenantId, UserId } from "../../db/ids.ts";
import { withMigrator } from "../../db/migration/migrator.ts";
import { projects } from "../../db/tenant/schema/projects.ts";
import { newSchemaName } from "../../db/tenant/schema_name.ts";
import { INVITATION_LIST, invite, listInvitations } from "../../src/access/invitations.ts";
import { listMembers, MEMBER_LIST } from "../../src/access/members.ts";
import {
  listSavedReports,
  newSavedReport,
  SAVED_REPORT_LIST,
  saveReport,
} from "../../src/analytics/saved_reports/saved_reports.ts";
import { API_KEY_LIST, createApiKey, listApiKeys } from "../../src/api_access/api_keys.ts";
import { newApiKey } from "../../src/api_access/key_input.ts";
import { listRequests, REQUEST_LIST } from "../../src/api_access/request_log.ts";
import { AUDIT_LIST, listAudit } from "../../src/audit/entries.ts";
import { ensureAccount } from "../../src/billing/accounts.ts";
import { INVOICE_LIST, listInvoices } from "../../src/billing/invoices.ts";
import { CAMPAIGN_LIST, listCampaigns } from "../../src/campaigns/campaigns.ts";
import { CONTACT_LIST, listContacts } from "../../src/contacts/contacts.ts";
import { createContactList, LIST_OF_LISTS, listContactLists } from "../../src/contacts/lists.ts";
import { createSegment, listSegments, newSegment, SEGMENT_LIST } from "../../src/contacts/segments.ts";
import type { CallContext, TenantContext } from "../../src/context.ts";
import { listMailbox, MAILBOX_LIST } from "../../src/email/mailbox.ts";
import { listSuppressed, SUPPRESSION_LIST } from "../../src/email/suppression.ts";
import { listSignIns, SIGN_IN_LIST } from "../../src/identity/sign_ins.ts";
import { listNotifications, NOTIFICATION_LIST } from "../../src/notifications/feed.ts";
import { JOB_LIST, listJobs } from "../../src/operations/job_list.ts";
import { newId, newIdAt } from "../../src/platform/ids.ts";
import type { Page } from "../../src/platform/list.ts";
import { listProjects, PROJECT_LIST } from "../../src/projects/projects.ts";
import { listSequences, SEQUENCE_LIST } from "../../src/sequences/sequences.ts";
import { listTenants, TENANT_LIST } from "../../src/tenancy/tenants.ts";
import { pageWorkspaces, WORKSPACE_LIST } from "../../src/tenancy/workspaces.ts";
import { DELIVERY_LIST, listDeliveries } from "../../src/webhooks/deliveries.ts";
import { ENDPOINT_LIST, listEndpoints } from "../../src/webhooks/endpoints.ts";
import { TEST_EVENT } from "../../src/webhooks/event_filter.ts";
import { sendTestEvent } from "../../src/webhooks/test_event.ts";
import { addCall, flushCalls } from "../support/api_calls.ts";
import { addContacts, readyCampaign } from "../support/campaigns.ts";
import { firstOf, runJobs, tellJoined } from "../support/notifications.ts";
import { addWebhook } from "../support/webhooks.ts";
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
const CREATED_LATER = { created_at: LATER.toISOString() };
const NAMED_LATER = { name: "Zulu", ...CREATED_LATER };
const ROWS = 105;

/** Runs a statement where a table is. */
type Run = (statement: string) => Promise<unknown>;

type Samples = Record<string, { sorts: readonly string[]; open(world: World): Promise<Sample> }>;

/** The lists that the API returns. */
const API_LISTS: Samples = {
  projects: { sorts: sortsOf(PROJECT_LIST), open: sampleProjects },
  members: { sorts: sortsOf(MEMBER_LIST), open: sampleMembers },
  workspaces: { sorts: sortsOf(WORKSPACE_LIST), open: sampleWorkspaces },
  audit: { sorts: sortsOf(AUDIT_LIST), open: sampleAudit },
  invitations: { sorts: sortsOf(INVITATION_LIST), open: sampleInvitations },
  "sign-ins": { sorts: sortsOf(SIGN_IN_LIST), open: sampleSignIns },
  "API keys": { sorts: sortsOf(API_KEY_LIST), open: sampleApiKeys },
  requests: { sorts: sortsOf(REQUEST_LIST), open: sampleRequests },
  webhooks: { sorts: sortsOf(ENDPOINT_LIST), open: sampleEndpoints },
  deliveries: { sorts: sortsOf(DELIVERY_LIST), open: sampleDeliveries },
  notifications: { sorts: sortsOf(NOTIFICATION_LIST), open: sampleNotifications },
  invoices: { sorts: sortsOf(INVOICE_LIST), open: sampleInvoices },
  "saved reports": { sorts: sortsOf(SAVED_REPORT_LIST), open: sampleSavedReports },
  contacts: { sorts: sortsOf(CONTACT_LIST), open: sampleContacts },
  "contact lists": { sorts: sortsOf(LIST_OF_LISTS), open: sampleContactLists },
  segments: { sorts: sortsOf(SEGMENT_LIST), open: sampleSegments },
  campaigns: { sorts: sortsOf(CAMPAIGN_LIST), open: sampleCampaigns },
  sequences: { sorts: sortsOf(SEQUENCE_LIST), open: sampleSequences },
};

const SAMPLES: Samples = {
  ...API_LISTS,
  tenants: { sorts: sortsOf(TENANT_LIST), open: sampleTenants },
  suppressions: { sorts: sortsOf(SUPPRESSION_LIST), open: sampleSuppressions },
  mailbox: { sorts: sortsOf(MAILBOX_LIST), open: sampleMailbox },
  jobs: { sorts: sortsOf(JOB_LIST), open: sampleJobs },
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

for (const [name, { sorts: [sort], open }] of Object.entries(API_LISTS)) {
  Deno.test(`S66 a page of the list of ${name} whose rows are all gone repeats no other page`, async () => {
    await using world = await World.open();
    const { page, ids, remove } = await open(world);
    const first = await page({ sort: sort!, limit: 10 });

    await remove(ids.filter((id) => !first.items.includes(id)));
    const next = await page({ sort: sort!, limit: 10, cursor: first.nextCursor! });

    assert.deepEqual(next.items.filter((id) => first.items.includes(id)), []);
    assert.equal(next.nextCursor, null);
  });
}

const day = integer({ min: 0, max: 6 });
const change = record({ kind: constantFrom("insert", "delete", "change"), number: nat(100), day });
const step = record({ limit: integer({ min: 1, max: 5 }), changes: array(change, { maxLength: 3 }) });

Deno.test("S66 whatever comes, goes and changes between pages, every other row comes once and in order", async () => {
  await using world = await World.open();
  const { ctx, owner } = await world.company("acme");
  const timeOf = (day: number) => new Date(Date.UTC(2026, 2, 2 + day));
  const rowOf = (day: number) => ({
    id: crypto.randomUUID() as string,
    name: "Pilot",
    ownerId: owner.id,
    createdAt: timeOf(day),
    updatedAt: timeOf(day),
  });

  await property(
    asyncProperty(
      constantFrom("createdAt", "-createdAt"),
      array(day, { minLength: 1, maxLength: 20 }),
      array(step, { maxLength: 10 }),
      async (sort, days, steps) => {
        const rows = days.map(rowOf);
        await ctx.tx((tx) => tx.delete(projects));
        await ctx.tx((tx) => tx.insert(projects).values(rows));
        const [touched, seen] = [new Set<string>(), [] as string[]];
        const apply = async ({ kind, number, day }: { kind: string; number: number; day: number }) => {
          if (kind === "insert") return await ctx.tx((tx) => tx.insert(projects).values(rowOf(day)));
          const { id } = rows[number % rows.length]!;
          touched.add(id);
          const isRow = eq(projects.id, id);
          if (kind === "delete") return await ctx.tx((tx) => tx.delete(projects).where(isRow));
          await ctx.tx((tx) => tx.update(projects).set({ createdAt: timeOf(day) }).where(isRow));
        };

        const left = [...steps];
        let cursor: string | null | undefined;
        do {
          const { limit, changes } = left.shift() ?? { limit: 5, changes: [] };
          const page = await listProjects(ctx, PROJECT_LIST.query.parse({ sort, limit, cursor }));
          seen.push(...page.items.map(({ id }) => id));
          cursor = page.nextCursor;
          for (const each of changes) await apply(each);
        } while (cursor !== null);

        const sorted = rows.toSorted((one, other) =>
          one.createdAt.getTime() - other.createdAt.getTime() || (one.id < other.id ? -1 : 1)
        );
        const expected = sort.startsWith("-") ? sorted.toReversed() : sorted;
        assert.deepEqual(
          seen.filter((id) => rows.some((row) => row.id === id) && !touched.has(id)),
          expected.map(({ id }) => id).filter((id) => !touched.has(id)),
        );
      },
    ),
    { numRuns: 40 },
  );
});

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
  return {
    page: async (query) => idsOf(await listAudit(ctx, AUDIT_LIST.query.parse(query))),
    ids,
    remove: (gone) => world.asOwner(`delete from ${log} where id in ${quoted(gone)}`),
    change: (changed) =>
      world.asOwner(`update ${log} set at = '${LATER.toISOString()}' where id in ${quoted(changed)}`),
  };
}

async function sampleInvitations(world: World): Promise<Sample> {
  const { ctx } = await world.company("acme");
  const { id } = await invite(ctx, { email: "ben@partner.example", role: "member" });
  return await sampleCopies(inControl(world), "control.invitations", id, {
    unique: ["email", "token_hash"],
    page: async (query) => idsOf(await listInvitations(ctx, INVITATION_LIST.query.parse(query))),
  });
}

async function sampleSignIns(world: World): Promise<Sample> {
  const ada = await world.user("ada@acme.example");
  await world.signedInBrowser(ada.email);
  const [session] = await world.system.control.select().from(sessions);
  return await sampleCopies(inControl(world), "control.sessions", session!.id, {
    unique: ["sign_in_id", "token_hash"],
    later: { last_seen_at: LATER.toISOString() },
    page: async (query) => idsOf(await listSignIns(world.system, ada.id, SIGN_IN_LIST.query.parse(query))),
  });
}

async function sampleApiKeys(world: World): Promise<Sample> {
  const { ctx } = await world.company("acme");
  const input = newApiKey.parse({ name: "Deploy", permissions: ["projects:read"] });
  const { id } = (await createApiKey(ctx, input))!;
  return await sampleCopies(inControl(world), "control.api_keys", id, {
    later: NAMED_LATER,
    page: async (query) => idsOf(await listApiKeys(ctx, API_KEY_LIST.query.parse(query))),
  });
}

/** A call's sort key is its time, which never changes. */
async function sampleRequests(world: World): Promise<Sample> {
  const company = await world.company("acme");
  const ids = Array.from({ length: ROWS }, () => newIdAt(world.clock.now()));
  for (const id of ids) addCall(world, company, { id });
  await flushCalls(world.services);
  const asOwner = (statement: string) =>
    withMigrator(world.services.db, (tx) =>
      runScript(
        tx,
        `alter table stream.api_requests no force row level security; ${statement};
        alter table stream.api_requests force row level security`,
      ));
  return {
    page: async (query) => idsOf(await listRequests(company.ctx, REQUEST_LIST.query.parse(query))),
    ids,
    remove: (gone) => asOwner(`delete from stream.api_requests where id in ${quoted(gone)}`),
    change: (changed) =>
      asOwner(`update stream.api_requests set status = 500 where id in ${quoted(changed)}`),
  };
}

async function sampleEndpoints(world: World): Promise<Sample> {
  const acme = await world.company("acme");
  const { id } = await addWebhook(acme, "https://93.184.215.14/hooks");
  return await sampleCopies(inControl(world), "control.webhook_endpoints", id, {
    page: async (query) => idsOf(await listEndpoints(acme.ctx, ENDPOINT_LIST.query.parse(query))),
  });
}

async function sampleDeliveries(world: World): Promise<Sample> {
  const acme = await world.company("acme");
  const endpoint = await addWebhook(acme, "https://93.184.215.14/hooks");
  const { id, eventId } = await sendTestEvent(acme.ctx, endpoint.id, { event: TEST_EVENT });
  const ids = newIds();
  await copyRow(inControl(world), "control.webhook_events", eventId, ids);
  return await sampleCopies(inControl(world), "control.webhook_deliveries", id, {
    ids,
    unique: ["event_id"],
    page: async (query) => idsOf(await listDeliveries(acme.ctx, DELIVERY_LIST.query.parse(query))),
  });
}

async function sampleNotifications(world: World): Promise<Sample> {
  const { ctx, owner, ...acme } = await world.company("acme");
  await tellJoined(world, acme, ["Ben Alvarez"]);
  await runJobs(world);
  const { id } = await firstOf(world, owner);
  const call = ctx as CallContext;
  return await sampleCopies(inControl(world), "control.notifications", id, {
    unique: ["event_id"],
    page: async (query) => idsOf(await listNotifications(call, NOTIFICATION_LIST.query.parse(query))),
  });
}

async function sampleInvoices(world: World): Promise<Sample> {
  const { ctx, tenant } = await world.company("acme");
  const now = world.clock.now();
  const account = await world.system.tx((tx) =>
    ensureAccount(tx, { tenantId: tenant.id, gateway: "sandbox", now })
  );
  const id = newId();
  await world.system.control.insert(billingInvoices).values({
    id,
    accountId: account.id,
    gatewayId: "in_1",
    number: "ACME-0001",
    status: "open",
    currency: "usd",
    total: 2_900,
    amountDue: 2_900,
    amountPaid: 0,
    amountRefunded: 0,
    periodStart: now,
    periodEnd: now,
    lines: [],
    createdAt: now,
  });
  return await sampleCopies(inControl(world), "control.billing_invoices", id, {
    unique: ["gateway_id"],
    page: async (query) => idsOf(await listInvoices(ctx, INVOICE_LIST.query.parse(query))),
  });
}

async function sampleSavedReports(world: World): Promise<Sample> {
  const { ctx } = await world.company("acme");
  const { id } = await saveReport(ctx, newSavedReport.parse({ name: "Usage", kind: "usage" }));
  return await sampleCopies(inControl(world), "control.saved_reports", id, {
    page: async (query) => idsOf(await listSavedReports(ctx, SAVED_REPORT_LIST.query.parse(query))),
  });
}

async function sampleContacts(world: World): Promise<Sample> {
  const { ctx } = await world.company("acme");
  const [id] = await addContacts(ctx, [{ email: "carla@partner.example", name: "Carla" }]);
  return await sampleCopies(inTenant(ctx), "contacts", id!, {
    unique: ["email"],
    later: NAMED_LATER,
    page: async (query) => idsOf(await listContacts(ctx, CONTACT_LIST.query.parse(query))),
  });
}

async function sampleContactLists(world: World): Promise<Sample> {
  const { ctx } = await world.company("acme");
  const { id } = await createContactList(ctx, { name: "News", description: "" });
  return await sampleCopies(inTenant(ctx), "contact_lists", id, {
    page: async (query) => idsOf(await listContactLists(ctx, LIST_OF_LISTS.query.parse(query))),
  });
}

async function sampleSegments(world: World): Promise<Sample> {
  const { ctx } = await world.company("acme");
  const conditions = [{ type: "tag", op: "has", value: "customer" }];
  const { id } = await createSegment(
    ctx,
    newSegment.parse({ name: "Customers", filter: { match: "all", conditions } }),
  );
  return await sampleCopies(inTenant(ctx), "segments", id, {
    later: NAMED_LATER,
    page: async (query) => idsOf(await listSegments(ctx, SEGMENT_LIST.query.parse(query))),
  });
}

async function sampleCampaigns(world: World): Promise<Sample> {
  const { ctx } = await world.company("acme");
  const { id } = await readyCampaign(ctx);
  return await sampleCopies(inTenant(ctx), "campaigns", id, {
    later: NAMED_LATER,
    page: async (query) => idsOf(await listCampaigns(ctx, CAMPAIGN_LIST.query.parse(query))),
  });
}

async function sampleSequences(world: World): Promise<Sample> {
  const { ctx } = await world.company("acme");
  const { id } = await addSequencePages(ctx);
  return await sampleCopies(inTenant(ctx), "sequences", id, {
    page: async (query) => idsOf(await listSequences(ctx, SEQUENCE_LIST.query.parse(query))),
  });
}

/** Copies of a row. `unique` are the columns that no two rows may share, and `later` what a change sets. */
async function sampleCopies(
  run: Run,
  table: string,
  id: string,
  { page, ids = newIds(), unique = [], later = CREATED_LATER }: {
    page: Sample["page"];
    ids?: string[];
    unique?: string[];
    later?: Record<string, string>;
  },
): Promise<Sample> {
  await copyRow(run, table, id, ids, unique);
  const changes = Object.entries(later).map(([column, value]) => `${column} = '${value}'`);
  return {
    page,
    ids,
    remove: (gone) => run(`delete from ${table} where id in ${quoted(gone)}`),
    change: (changed) => run(`update ${table} set ${changes} where id in ${quoted(changed)}`),
  };
}

/** Adds copies of a row that have these ids, also in `unique` columns. */
async function copyRow(run: Run, table: string, id: string, ids: string[], unique: string[] = []) {
  const own = ["id", ...unique].map((column) => `'${column}', new_id`);
  await run(`insert into ${table} select copy.* from ${table} original, unnest('{${ids}}'::uuid[]) new_id,
    jsonb_populate_record(original, jsonb_build_object(${own})) copy where original.id = '${id}'`);
}

function inControl({ system }: World): Run {
  return (statement) => system.control.execute(sql.raw(statement));
}

function inTenant(ctx: TenantContext): Run {
  return (statement) => ctx.tx((tx) => tx.execute(sql.raw(statement)));
}

function quoted(ids: string[]): string {
  return `(${ids.map((id) => `'${id}'`)})`;
}

function newIds<Id extends string = string>(): Id[] {
  return Array.from({ length: ROWS }, () => newId<Id>());
}

function idsOf({ items, ...cursors }: Page<{ id: string }>): Page<string> {
  return { ...cursors, items: items.map(({ id }) => id) };
}
