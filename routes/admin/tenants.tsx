import { type Context, Hono } from "hono";
import {
  listPlatformAudit,
  type PlatformAuditAction,
  type PlatformAuditEntry,
} from "../../src/audit/audit_log.ts";
import type { SystemContext } from "../../src/context.ts";
import { parseInput } from "../../src/platform/input.ts";
import {
  cancelDeletion,
  checkConfirmation,
  resumeTenant,
  scheduleDeletion,
  suspendTenant,
  suspension,
} from "../../src/tenancy/lifecycle.ts";
import { type Tenant, tenantUrl } from "../../src/tenancy/tenant.ts";
import { getTenantRecord } from "../../src/tenancy/tenant_record.ts";
import { countReadyTenants, countTenants, listTenants, TENANT_LIST } from "../../src/tenancy/tenants.ts";
import { TenantPage, type TenantPageProps } from "../../views/pages/admin/tenant_page.tsx";
import { TenantList, TenantRows } from "../../views/pages/admin/tenant_list.tsx";
import { TenantsPage } from "../../views/pages/admin/tenants_page.tsx";
import { sendFlash } from "../flash.ts";
import { submit } from "../forms.ts";
import { isPartial, readForm, redirect, type StaffEnv } from "../http.ts";
import { readListAddress } from "../list_address.ts";
import { render } from "../render.tsx";
import { shellOf } from "./staff.tsx";

const HISTORY_LENGTH = 50;

export const tenantPages = new Hono<StaffEnv>();

tenantPages.get("/tenants", async (c) => {
  const ctx = c.get("staff");
  const query = readListAddress(c, TENANT_LIST);
  const { search, status, cursor } = query;
  const { items, nextCursor } = await listTenants(ctx, query);
  const list = {
    tenants: items.map(({ members, ...tenant }) => listed(ctx, tenant, members)),
    nextCursor,
    query: { search: search ?? "", status: status ?? "all" as const },
    now: ctx.services.clock.now(),
  };
  if (isPartial(c) && cursor) return render(c, <TenantRows {...list} />);
  const counts = await countTenants(ctx);
  if (isPartial(c)) return render(c, <TenantList {...list} counts={counts} />);
  const pool = { ready: await countReadyTenants(ctx), size: ctx.services.config.tenantPoolSize };
  return render(c, <TenantsPage {...shellOf(c)} {...list} counts={counts} pool={pool} />);
});

tenantPages.get("/tenants/:id", async (c) => render(c, <TenantPage {...await recordOf(c)} />));

tenantPages.post("/tenants/:id/suspension", async (c) => {
  const form = await readForm(c);
  const suspended = await submit(async () =>
    await suspendTenant(c.get("staff"), c.req.param("id"), parseInput(suspension, form))
  );
  if (!suspended.refusal) return goBack(c, `${suspended.value.name} is suspended.`);
  const suspend = { values: form, errors: suspended.refusal.fields };
  return render(c, <TenantPage {...await recordOf(c)} suspend={suspend} />, 422);
});

tenantPages.post("/tenants/:id/suspension/end", async (c) => {
  const { name } = await resumeTenant(c.get("staff"), c.req.param("id"));
  return goBack(c, `${name} is open again.`);
});

tenantPages.post("/tenants/:id/deletion", async (c) => {
  const ctx = c.get("staff");
  const form = await readForm(c);
  const id = c.req.param("id");
  const scheduled = await submit(async () => {
    checkConfirmation((await getTenantRecord(ctx, id)).tenant.subdomain, form.confirmation);
    return await scheduleDeletion(ctx, id);
  });
  if (!scheduled.refusal) {
    return goBack(
      c,
      `${scheduled.value.name} will be deleted. Until then its owners or you can take that back.`,
    );
  }
  const remove = { values: form, errors: scheduled.refusal.fields };
  return render(c, <TenantPage {...await recordOf(c)} remove={remove} />, 422);
});

tenantPages.post("/tenants/:id/deletion/cancel", async (c) => {
  const { name } = await cancelDeletion(c.get("staff"), c.req.param("id"));
  return goBack(c, `${name} stays.`);
});

async function recordOf(c: Context<StaffEnv>): Promise<TenantPageProps> {
  const ctx = c.get("staff");
  const id = c.req.param("id")!;
  const { tenant, members, owners, formerSubdomains, migrationFailure } = await getTenantRecord(ctx, id);
  const history = await listPlatformAudit(ctx, id, HISTORY_LENGTH);
  const { suspension, schemaName } = tenant;
  return {
    ...shellOf(c),
    tenant: {
      ...listed(ctx, tenant, members),
      suspension,
      schemaName,
      owners,
      formerSubdomains,
      failure: migrationFailure,
    },
    history: history.map((entry) => ({
      at: entry.at,
      actorName: entry.actorName ?? "Someone",
      summary: summarize(entry),
    })),
    now: ctx.services.clock.now(),
  };
}

function listed(ctx: SystemContext, tenant: Tenant, members: number) {
  const { id, name, subdomain, plan, status, deletionDueAt, schemaVersion, createdAt } = tenant;
  return {
    id,
    name,
    subdomain,
    url: tenantUrl(ctx.services.config.appUrl, tenant),
    plan,
    status: status === "suspended" ? "suspended" as const : "active" as const,
    deletion: deletionDueAt,
    schemaVersion,
    isBehind: schemaVersion < ctx.services.oldestServedVersion,
    members,
    createdAt,
  };
}

const DONE: Partial<Record<PlatformAuditAction, string>> = {
  "tenant.created": "created the tenant",
  "tenant.renamed": "renamed it",
  "tenant.moved": "moved it",
  "tenant.rebranded": "changed the look of its mail",
  "tenant.suspended": "suspended it",
  "tenant.resumed": "resumed it",
  "tenant.deletion_scheduled": "scheduled its deletion",
  "tenant.deletion_canceled": "took its deletion back",
};

function summarize({ action, details, subjectName }: PlatformAuditEntry): string {
  const done = DONE[action] ?? action;
  if (action === "tenant.renamed") return `${done} from ${details?.from} to ${subjectName}`;
  if (action === "tenant.moved") return `${done} from ${details?.from} to ${details?.to}`;
  return action === "tenant.suspended" ? `${done}: ${details?.reason}` : done;
}

function goBack(c: Context<StaffEnv>, text: string): Response {
  sendFlash(c, { kind: "success", text });
  return redirect(c, `/admin/tenants/${c.req.param("id")}`);
}
