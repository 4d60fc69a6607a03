import { billingInvoices } from "../../db/control/schema/billing.ts";
import { ensureAccount } from "../../src/billing/accounts.ts";
import assert from "node:assert/strict";
import { createApp, type HttpApp } from "../../routes/app.ts";
import { createApiKey } from "../../src/api_access/api_keys.ts";
import { newApiKey } from "../../src/api_access/key_input.ts";
import { invite } from "../../src/access/invitations.ts";
import { openToDomain } from "../../src/access/join_domains.ts";
import { listMembers, MEMBER_LIST } from "../../src/access/members.ts";
import { shareReport } from "../../src/analytics/saved_reports/report_links.ts";
import { addCustomDomain, listCustomDomains } from "../../src/custom_domains/domains.ts";
import { stageImport } from "../../src/contacts/imports/staging.ts";
import { createSegment } from "../../src/contacts/segments.ts";
import { newContact } from "../../src/contacts/contact.ts";
import { createContact } from "../../src/contacts/contacts.ts";
import { createContactList } from "../../src/contacts/lists.ts";
import { newSavedReport, saveReport } from "../../src/analytics/saved_reports/saved_reports.ts";
import { createRole } from "../../src/access/role_editing.ts";
import { requestExport } from "../../src/exports/exports.ts";
import { listRequests } from "../../src/api_access/request_log.ts";
import { AUDIT_LIST, listAudit } from "../../src/audit/entries.ts";
import { listSignIns, SIGN_IN_LIST } from "../../src/identity/sign_ins.ts";
import type { User } from "../../src/identity/users.ts";
import { newId } from "../../src/platform/ids.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { addSubscription } from "../../src/web_push/subscriptions.ts";
import { addCall, flushCalls } from "../support/api_calls.ts";
import { ENDPOINT_LIST, listEndpoints } from "../../src/webhooks/endpoints.ts";
import { TEST_EVENT } from "../../src/webhooks/event_filter.ts";
import { sendTestEvent } from "../../src/webhooks/test_event.ts";
import { feedOf, runJobs, tellJoined } from "../support/notifications.ts";
import { samplePushSubscription } from "../support/push_service.ts";
import { sampleBody } from "../support/sample_body.ts";
import { addSequencePages } from "../../cli/demo/sequences.ts";
import { addWebhook } from "../support/webhooks.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/**
 * Protects: another tenant's id gets the same answer as an unknown id (S03). Generated from the route table, so a new route with
 * an id is tested automatically. What the API can't create needs a line in `MAKERS`.
 */

const UNKNOWN_ID = "0198c0de-0000-7000-8000-000000000000";

/** By the first parts of a path: the id of a resource in a tenant, or of its owner. */
const MAKERS: Record<string, (company: Company, world: World) => string | Promise<string>> = {
  notifications: (company, world) => notificationId(company, world),
  account: ({ owner }, world) => signInIdOf(world, owner),
  me: ({ owner }, world) => signInIdOf(world, owner),
  workspaces: ({ tenant }) => tenant.id,
  tenants: ({ tenant }) => tenant.id,
  admin: ({ tenant }) => tenant.id,
  brand: ({ tenant }) => tenant.id,
  audit: ({ ctx }) => entryIdOf(ctx),
  developers: loggedRequestId,
  members: ownMembershipId,
  team: ownMembershipId,
  invitations: invitationId,
  "team/invitations": invitationId,
  "join-domains": joinDomainId,
  "team/domains": joinDomainId,
  "custom-domains": customDomainId,
  "settings/domains": customDomainId,
  roles: makeRole,
  "api-keys": makeKey,
  "developers/api-keys": makeKey,
  settings: makeRole,
  exports: exportId,
  "settings/data": exportId,
  invoices: invoiceId,
  "billing/invoices": invoiceId,
  "push-subscriptions": pushSubscriptionId,
  "analytics/reports": reportId,
  "saved-reports": reportId,
  "shared-reports": reportToken,
  contacts: contactId,
  sequences: sequenceId,
  "contact-lists": contactListId,
  "contacts/lists": contactListId,
  "contacts/imports": contactImportId,
  segments: segmentId,
  "webhook-endpoints": webhookId,
  "webhook-deliveries": webhookDeliveryId,
  "developers/webhooks": webhookId,
  "developers/webhooks/deliveries": webhookDeliveryId,
};

/** The back office reveals nothing except to platform staff, whether a tenant exists or not. */
const REFUSED_WHOLE = ["admin"];

/** Parameters that aren't ids of a tenant's resources. */
const NOT_IDS =
  /^\/(static|dev|c|s|unsubscribe|contact|subscribe|invitations|auth|announcements|docs|problems|account\/notices|sandbox|billing\/plans|api\/(v1\/)?features)\//;

Deno.test("S03 every route with an id answers another tenant's id like an unknown one", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const globex = await world.company("globex");
  const token = await world.token(acme);
  const accountToken = await world.accountToken(acme.owner.email);
  const browser = world.browser();
  await browser.post(`http://${world.host("acme")}/login`, { email: acme.owner.email, password: PASSWORD });
  await browser.post(`http://${world.host()}/login`, {
    email: acme.owner.email,
    password: PASSWORD,
    next: "/workspaces",
  });

  const routes = await routesWithIds(world);
  assert.ok(routes.length >= 12, "the route table was read");
  for (const { host: kind, method, path } of routes) {
    await t.step(`${method} ${path} on ${kind === "apex" ? "the apex" : "a tenant's host"}`, async () => {
      const resource = path.replace(/^\/api(\/v1)?/, "").split("/")[1]!;
      const foreignId = await makerOf(path)?.(globex, world) ?? await create(world, globex, resource);

      const call = async (id: string) => {
        const address = path.replace(/:[a-z_]+/, id);
        const host = kind === "apex" ? world.host() : world.host("acme");
        if (path.startsWith("/api")) {
          const documented = path.replace(/^\/api(\/v1)?/, "").replaceAll(/:(\w+)/g, "{$1}");
          const body = method === "GET" || method === "DELETE"
            ? undefined
            : { name: "Taken over", ...sampleBody(method, documented, "Taken over") };
          return await world.api(method, "", {
            host,
            path: address,
            token: resource === "me" ? accountToken : token,
            body,
          });
        }
        const url = `http://${host}${address}`;
        return await (method === "GET"
          ? browser.get(url)
          : browser.post(url, { name: "Taken over", version: "1", role: "viewer" }));
      };
      const [foreign, unknown] = [await call(foreignId), await call(UNKNOWN_ID)];

      const expected = REFUSED_WHOLE.includes(resource) ? 403 : 404;
      assert.equal(foreign.status, expected);
      assert.equal(unknown.status, expected);
      assert.equal(comparable(foreign.text.replaceAll(foreignId, "ID")), comparable(unknown.text));
    });
  }

  await t.step("and nothing of the other tenant changed", async () => {
    const { json } = await world.api("GET", "/projects", { token: await world.token(globex) });
    assert.ok(json.data.length > 0);
    for (const { name, status } of json.data) assert.deepEqual([name, status], ["Of Globex", "active"]);
    const tenant = await world.services.use(TENANTS).findById(globex.tenant.id);
    assert.deepEqual(tenant, globex.tenant);
  });
});

/** The maker of the longest start of the path. */
function makerOf(path: string) {
  const parts = path.replace(/^\/api(\/v1)?/, "").split("/").slice(1);
  const makers = [3, 2, 1].map((length) => MAKERS[parts.slice(0, length).join("/")]);
  return makers.find((maker) => maker !== undefined);
}

async function notificationId(company: Company, world: World): Promise<string> {
  await tellJoined(world, company, ["Ada"]);
  await runJobs(world);
  return (await feedOf(world, company.owner)).at(-1)!.id;
}

async function exportId({ ctx }: Company): Promise<string> {
  return (await requestExport(ctx)).id;
}

async function ownMembershipId({ ctx }: Company): Promise<string> {
  const { items } = await listMembers(ctx, MEMBER_LIST.query.parse({}));
  return items[0]!.id;
}

async function invitationId({ ctx }: Company): Promise<string> {
  return (await invite(ctx, { email: "invited@globex.example", role: "member" })).id;
}

async function joinDomainId({ ctx }: Company): Promise<string> {
  return (await openToDomain(ctx, { domain: "globex.example", role: "member" })).id;
}

async function customDomainId({ ctx }: Company): Promise<string> {
  const [known] = await listCustomDomains(ctx);
  return (known ?? await addCustomDomain(ctx, { domain: "app.globex.example" })).id;
}

/** The id of a browser's sign-in. */
async function signInIdOf(world: World, { id, email }: User): Promise<string> {
  await world.signedInBrowser(email);
  const { items } = await listSignIns(world.system, id, SIGN_IN_LIST.query.parse({}));
  return items[0]!.id;
}

/** The id of an entry of the company's audit log. */
async function loggedRequestId(company: Company, world: World): Promise<string> {
  addCall(world, company);
  await flushCalls(world.services);
  const { items: [request] } = await listRequests(company.ctx, { sort: "-at", limit: 1 });
  return request!.id;
}

async function entryIdOf(ctx: Company["ctx"]): Promise<string> {
  const { items } = await listAudit(ctx, AUDIT_LIST.query.parse({}));
  return items[0]!.id;
}

async function makeRole({ ctx }: Company): Promise<string> {
  const name = `Of Globex ${newId()}`;
  return (await createRole(ctx, { name, permissions: ["projects:read"] })).id;
}

async function makeKey({ ctx }: Company): Promise<string> {
  const input = newApiKey.parse({ name: "Of Globex", permissions: ["projects:read"] });
  return (await createApiKey(ctx, input))!.id;
}

/** The same for every route, because a workspace can have only a few. */
async function webhookId(company: Company): Promise<string> {
  const { items: [known] } = await listEndpoints(company.ctx, ENDPOINT_LIST.query.parse({}));
  return (known ?? await addWebhook(company, "https://93.184.215.14/hooks")).id;
}

async function invoiceId({ tenant }: Company, world: World): Promise<string> {
  const now = world.clock.now();
  return await world.system.tx(async (tx) => {
    const account = await ensureAccount(tx, { tenantId: tenant.id, gateway: "sandbox", now });
    const id = newId();
    await tx.insert(billingInvoices).values({
      id,
      accountId: account.id,
      gatewayId: `in_${id}`,
      number: "INV-0042",
      status: "paid",
      currency: "usd",
      total: 2_900,
      amountDue: 0,
      amountPaid: 2_900,
      amountRefunded: 0,
      periodStart: now,
      periodEnd: now,
      lines: [],
      createdAt: now,
    });
    return id;
  });
}

async function pushSubscriptionId({ owner }: Company, world: World): Promise<string> {
  const subscriber = { userId: owner.id, signInId: newId(), tenantId: null };
  const input = samplePushSubscription("https://93.184.215.14/push");
  return (await addSubscription(world.system, subscriber, input)).id;
}

async function webhookDeliveryId(company: Company): Promise<string> {
  return (await sendTestEvent(company.ctx, await webhookId(company), { event: TEST_EVENT })).id;
}

/** Creates a resource through the API, and returns its id. */
async function create(world: World, company: Company, resource: string): Promise<string> {
  const body = sampleBody("POST", `/${resource}`, "Of Globex");
  const { status, json } = await world.api("POST", `/${resource}`, {
    token: await world.token(company),
    body,
  });
  assert.equal(status, 201, `POST /${resource} creates one; otherwise MAKERS needs a line`);
  return json.id;
}

async function routesWithIds(world: World): Promise<HttpApp["routes"]> {
  const { routes } = await createApp(world.services);
  const seen = new Set<string>();
  return routes.filter(({ host, method, path }) => {
    const key = `${host} ${method} ${path}`;
    const wanted = method !== "ALL" && /[:{]/.test(path) && !NOT_IDS.test(path) && !seen.has(key);
    seen.add(key);
    return wanted;
  });
}

function comparable(text: string): string {
  return text.replaceAll(/nonce="[^"]+"/g, "").replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID");
}

async function reportId({ ctx }: Company): Promise<string> {
  const report = { name: "Usage", kind: "usage" as const };
  return (await saveReport(ctx, newSavedReport.parse(report))).id;
}

async function reportToken(company: Company): Promise<string> {
  const { url } = await shareReport(company.ctx, await reportId(company), { days: 7 });
  return url.split("/").at(-1)!;
}

async function contactId({ ctx }: Company): Promise<string> {
  const input = newContact.parse({ email: `${newId()}@example.com`, consent: false });
  return (await createContact(ctx, input)).id;
}

async function contactListId({ ctx }: Company): Promise<string> {
  return (await createContactList(ctx, { name: "Newsletter", description: "" })).id;
}

function contactImportId({ ctx }: Company): Promise<string> {
  return stageImport(ctx, {
    fileName: "a.csv",
    bytes: new TextEncoder().encode("Email\nmira@example.com\n"),
  });
}

async function segmentId({ ctx }: Company): Promise<string> {
  const conditions = [{ type: "tag" as const, op: "has" as const, value: "vip" }];
  return (await createSegment(ctx, { name: "VIPs", filter: { match: "all", conditions } })).id;
}

async function sequenceId({ ctx }: Company): Promise<string> {
  return (await addSequencePages(ctx)).id;
}
