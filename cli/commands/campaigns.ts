import type { Command } from "@commander-js/extra-typings";
import {
  CAMPAIGN_LIST,
  type CampaignWithStats,
  getCampaign,
  listCampaigns,
} from "../../src/campaigns/campaigns.ts";
import { sendCampaign, sendRequest } from "../../src/campaigns/sending.ts";
import type { SystemContext } from "../../src/context.ts";
import { everyItem } from "../../src/platform/list.ts";
import { MAX_PAGE_SIZE } from "../../src/platform/list_query.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { getTenant } from "../../src/tenancy/tenants.ts";
import { parseOptions } from "../options.ts";
import { createOutput } from "../output.ts";
import { withSystem } from "../session.ts";

export function define(campaigns: Command): void {
  campaigns.command("list").description("Lists a tenant's campaigns.")
    .requiredOption("--tenant-id <tenant>", "the tenant (id or subdomain)")
    .option("--json", "print JSON")
    .action(async ({ tenantId, json }) => {
      const rows: CampaignWithStats[] = [];
      await withSystem(async (ctx) => {
        const tenant = await openByName(ctx, tenantId);
        const query = CAMPAIGN_LIST.query.parse({ limit: MAX_PAGE_SIZE });
        for await (const row of everyItem(query, (part) => listCampaigns(tenant, part))) rows.push(row);
      });
      createOutput(json === true).data(rows.map(rowOf));
    });

  campaigns.command("send").description(
    "Sends a campaign now or at a time. A running worker sends the emails.",
  )
    .argument("<id>", "the campaign")
    .requiredOption("--tenant-id <tenant>", "the tenant (id or subdomain)")
    .option("--scheduled-at <time>", "a time such as 2026-03-02T09:00:00Z")
    .option("--json", "print JSON")
    .action(async (id, { tenantId, json, ...options }) => {
      const request = parseOptions(sendRequest, options);
      const sent = await withSystem(async (ctx) => {
        const tenant = await openByName(ctx, tenantId);
        await sendCampaign(tenant, id, request);
        return await getCampaign(tenant, id);
      });
      createOutput(json === true).data(rowOf(sent));
    });
}

async function openByName(ctx: SystemContext, tenant: string) {
  return await openTenant(ctx, (await getTenant(ctx, tenant)).id);
}

function rowOf({ id, name, status, scheduledAt, stats, createdAt }: CampaignWithStats) {
  return {
    id,
    name,
    status,
    recipients: stats.recipients,
    sent: stats.sent,
    scheduled_at: scheduledAt?.toISOString() ?? null,
    created_at: createdAt.toISOString(),
  };
}
