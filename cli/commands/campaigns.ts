import type { Command } from "@commander-js/extra-typings";
import { readCampaign } from "../../src/campaigns/campaign.ts";
import { CAMPAIGN_LIST, type CampaignWithStats, listCampaigns } from "../../src/campaigns/campaigns.ts";
import { sendCampaign, sendRequest } from "../../src/campaigns/sending.ts";
import type { SystemContext, TenantContext } from "../../src/context.ts";
import { DomainError } from "../../src/errors.ts";
import { everyItem } from "../../src/platform/list.ts";
import { MAX_PAGE_SIZE } from "../../src/platform/list_query.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { getTenant, listTenants, TENANT_LIST } from "../../src/tenancy/tenants.ts";
import { CommandFailure, parseOptions } from "../options.ts";
import { createOutput } from "../output.ts";
import { withSystem } from "../session.ts";

export function define(campaigns: Command): void {
  campaigns.command("list").description("Lists campaigns, of one tenant or of all.")
    .option("--tenant-id <tenant>", "only of this tenant (id or subdomain)")
    .option("--json", "print JSON")
    .action(async ({ tenantId, json }) => {
      const rows: ReturnType<typeof rowOf>[] = [];
      await withSystem(async (ctx) => {
        const query = CAMPAIGN_LIST.query.parse({ limit: MAX_PAGE_SIZE });
        for await (const tenant of openTenants(ctx, tenantId)) {
          for await (const each of everyItem(query, (part) => listCampaigns(tenant, part))) {
            rows.push(rowOf(tenant, each));
          }
        }
      });
      createOutput(json === true).data(rows);
    });

  campaigns.command("send").description(
    "Sends a campaign now or at a time. A running worker sends the emails.",
  )
    .argument("<id>", "the campaign")
    .option("--tenant-id <tenant>", "its tenant (id or subdomain); without it, all tenants are searched")
    .option("--scheduled-at <time>", "a time such as 2026-03-02T09:00:00Z")
    .option("--json", "print JSON")
    .action(async (id, { tenantId, json, ...options }) => {
      const request = parseOptions(sendRequest, options);
      const sent = await withSystem(async (ctx) => {
        const tenant = await tenantOf(ctx, id, tenantId);
        return rowOf(tenant, await sendCampaign(tenant, id, request));
      });
      createOutput(json === true).data(sent);
    });
}

/** The tenant with this campaign. Throws `not_found`. */
async function tenantOf(ctx: SystemContext, id: string, name: string | undefined): Promise<TenantContext> {
  let missing: unknown;
  for await (const tenant of openTenants(ctx, name)) {
    try {
      await readCampaign(tenant, id);
      return tenant;
    } catch (error) {
      if (!(error instanceof DomainError && error.kind === "not_found")) throw error;
      missing = error;
    }
  }
  throw missing ?? new CommandFailure("There are no tenants yet. Run: denizen tenants create --help");
}

/** The tenant with this id or subdomain, or every active one. */
async function* openTenants(ctx: SystemContext, name: string | undefined): AsyncGenerator<TenantContext> {
  if (name !== undefined) return yield await openTenant(ctx, (await getTenant(ctx, name)).id);
  const query = TENANT_LIST.query.parse({ status: "active", limit: MAX_PAGE_SIZE });
  for await (const { id } of everyItem(query, (page) => listTenants(ctx, page))) {
    yield await openTenant(ctx, id);
  }
}

function rowOf(
  { tenant }: TenantContext,
  { id, name, status, scheduledAt, stats, createdAt }: CampaignWithStats,
) {
  return {
    id,
    tenant: tenant.subdomain,
    name,
    status,
    recipients: stats.recipients,
    sent: stats.sent,
    scheduled_at: scheduledAt?.toISOString() ?? null,
    created_at: createdAt.toISOString(),
  };
}
