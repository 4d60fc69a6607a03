import { type Context, Hono } from "hono";
import { z } from "zod";
import { listPlatformAudit } from "../../src/audit/audit_log.ts";
import { planOf } from "../../src/billing/plans.ts";
import type { SystemContext } from "../../src/context.ts";
import { listDomainsOf } from "../../src/custom_domains/domains.ts";
import { sentenceOf } from "../../src/events/sentence.ts";
import {
  cancelDeletion,
  checkConfirmation,
  resumeTenant,
  scheduleDeletion,
  suspendTenant,
  suspension,
} from "../../src/tenancy/lifecycle.ts";
import { getGrantOf } from "../../src/support/grants.ts";
import {
  endOwnVisit,
  findOwnVisit,
  listVisitable,
  memberSearch,
  newVisit,
  openVisit,
  startVisit,
} from "../../src/support/visits.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { type Tenant, tenantUrl } from "../../src/tenancy/tenant.ts";
import { getTenantRecord } from "../../src/tenancy/tenant_record.ts";
import { browseTenants, countReadyTenants, TENANT_LIST } from "../../src/tenancy/tenants.ts";
import { TenantList } from "../../views/pages/admin/tenant_list.tsx";
import { TenantPage, type TenantPageProps } from "../../views/pages/admin/tenant_page.tsx";
import { tenantText } from "../../views/pages/admin/tenant_text.ts";
import { TenantsPage } from "../../views/pages/admin/tenants_page.tsx";
import { type FoundMembers, MemberChoice, type TenantSupport } from "../../views/pages/admin/visit_card.tsx";
import { translatorTo } from "../../views/wording.ts";
import { isPartial, redirect, type StaffEnv } from "../http.ts";
import { readListAddress } from "../list_address.ts";
import { localeOf } from "../locale.ts";
import { done, form, fragment, type Page, page } from "../page.tsx";

const HISTORY_LENGTH = 50;

const confirmationForm = z.object({ confirmation: z.string().default("") });

/** All tenants of this installation. */
export const tenantPages = new Hono<StaffEnv>();

tenantPages.get("/tenants", async (c) => {
  const ctx = c.get("staff");
  const query = readListAddress(c.req.query(), TENANT_LIST);
  const { search = "", status = "all" } = query;
  const { items, tabs, ...pages } = await browseTenants(ctx, query);
  const list = {
    tenants: items.map(({ members, ...tenant }) => listed(ctx, tenant, members)),
    pages,
    counts: tabs,
    view: { search, status } as const,
    now: ctx.services.clock.now(),
  };
  return await page(c, {
    title: textOf(c).title,
    body: async () => {
      const pool = { ready: await countReadyTenants(ctx), size: ctx.services.config.tenantPoolSize };
      return <TenantsPage {...list} pool={pool} />;
    },
    partial: <TenantList {...list} />,
  });
});

/** A search for members that htmx sends gets only those. */
tenantPages.get("/tenants/:id", async (c) => {
  if (c.req.query("member") === undefined || !isPartial(c)) return await page(c, await tenantPage(c));
  const { tenant } = await getTenantRecord(c.get("staff"), c.req.param("id"));
  return await fragment(c, <MemberChoice members={await membersOf(c, tenant)} />);
});

tenantPages.post("/tenants/:id/suspension", (c) => {
  const id = c.req.param("id");
  return form(c, {
    schema: suspension,
    submit: async (input) => await suspendTenant(await openTenant(c.get("staff"), id), input),
    done: ({ name }) => ({ to: `/admin/tenants/${id}`, flash: textOf(c).suspended(name) }),
    refused: (suspend) => tenantPage(c, { suspend }),
  });
});

tenantPages.post("/tenants/:id/suspension/end", async (c) => {
  const { id, name } = await resumeTenant(await openTenant(c.get("staff"), c.req.param("id")));
  return await done(c, { to: `/admin/tenants/${id}`, flash: textOf(c).resumed(name) });
});

tenantPages.post("/tenants/:id/deletion", (c) => {
  const ctx = c.get("staff");
  const id = c.req.param("id");
  return form(c, {
    schema: confirmationForm,
    submit: async ({ confirmation }) => {
      checkConfirmation((await getTenantRecord(ctx, id)).tenant.subdomain, confirmation);
      return await scheduleDeletion(await openTenant(ctx, id));
    },
    done: ({ name }) => ({
      to: `/admin/tenants/${id}`,
      flash: textOf(c).scheduled(name),
    }),
    refused: (remove) => tenantPage(c, { remove }),
  });
});

tenantPages.post("/tenants/:id/deletion/cancel", async (c) => {
  const { id } = await cancelDeletion(await openTenant(c.get("staff"), c.req.param("id")));
  return await done(c, { to: `/admin/tenants/${id}`, flash: textOf(c).deletionCanceled });
});

tenantPages.post("/tenants/:id/visit", (c) => {
  const id = c.req.param("id");
  return form(c, {
    schema: newVisit,
    submit: async (input) => await startVisit(c.get("staff"), id, input),
    done: ({ name }) => ({ to: `/admin/tenants/${id}`, flash: textOf(c).visitStarted(name) }),
    refused: (startVisit) => tenantPage(c, { startVisit }, startVisit.values.member),
  });
});

/** A link, because the back office's forms stay on their host. */
tenantPages.get("/tenants/:id/visit", async (c) => {
  if (c.req.method === "HEAD") return c.body(null);
  return redirect(c, await openVisit(c.get("staff"), c.req.param("id")));
});

tenantPages.post("/tenants/:id/visit/end", async (c) => {
  const id = c.req.param("id");
  await endOwnVisit(await openTenant(c.get("staff"), id));
  return await done(c, { to: `/admin/tenants/${id}`, flash: textOf(c).visitEnded });
});

function textOf(c: Context<StaffEnv>) {
  return tenantText.of(localeOf(c));
}

async function tenantPage(
  c: Context<StaffEnv>,
  refused: Pick<TenantPageProps, "suspend" | "remove" | "startVisit"> = {},
  member?: string,
): Promise<Page> {
  const record = await recordOf(c, member);
  const trail = [{ label: textOf(c).title, href: "/admin/tenants" }];
  return { title: record.tenant.name, trail, body: <TenantPage {...record} {...refused} /> };
}

async function recordOf(c: Context<StaffEnv>, member?: string): Promise<TenantPageProps> {
  const ctx = c.get("staff");
  const id = c.req.param("id")!;
  const { tenant, members, owners, formerSubdomains, migrationFailure } = await getTenantRecord(ctx, id);
  const history = await listPlatformAudit(ctx, id, HISTORY_LENGTH);
  const customDomains = await listDomainsOf(ctx, tenant);
  const support = await supportOf(c, tenant, member);
  const { suspension, schemaName } = tenant;
  return {
    tenant: {
      ...listed(ctx, tenant, members),
      suspension,
      schemaName,
      owners,
      customDomains,
      formerSubdomains,
      failure: migrationFailure,
    },
    support,
    history: history.map((entry) => ({
      at: entry.at,
      actorName: entry.actorName ?? textOf(c).someone,
      summary: sentenceOf(ctx.services.events, entry, translatorTo(localeOf(c))),
    })),
    now: ctx.services.clock.now(),
  };
}

async function supportOf(c: Context<StaffEnv>, tenant: Tenant, member?: string): Promise<TenantSupport> {
  const ctx = c.get("staff");
  const [grant, visit, members] = await Promise.all([
    getGrantOf(ctx, tenant.id),
    findOwnVisit(ctx, tenant.id),
    membersOf(c, tenant, member),
  ]);
  return { grant, visit, members, needsConsent: ctx.services.config.supportAccess === "consent" };
}

/** The members that staff can choose from. A refused form keeps what was searched for. */
async function membersOf(
  c: Context<StaffEnv>,
  { id }: Tenant,
  typed = c.req.query("member") ?? "",
): Promise<FoundMembers> {
  const search = memberSearch.parse(typed);
  return { search, ...await listVisitable(c.get("staff"), id, search) };
}

function listed(ctx: SystemContext, tenant: Tenant, members: number) {
  const { id, name, subdomain, plan, status, deletionDueAt, schemaVersion, createdAt } = tenant;
  return {
    id,
    name,
    subdomain,
    url: tenantUrl(ctx.services.config.appUrl, tenant),
    plan: planOf(plan).name,
    status: status === "suspended" ? "suspended" as const : "active" as const,
    deletion: deletionDueAt,
    schemaVersion,
    isBehind: schemaVersion < ctx.services.oldestServedVersion,
    members,
    createdAt,
  };
}
