import { type Command, Option } from "@commander-js/extra-typings";
import { z } from "zod";
import { everyItem } from "../../src/platform/list.ts";
import { MAX_PAGE_SIZE } from "../../src/platform/list_query.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { getTenant } from "../../src/tenancy/tenants.ts";
import { replay, replayEndpoint } from "../../src/webhooks/deliveries.ts";
import type { Endpoint } from "../../src/webhooks/endpoint_rows.ts";
import { ENDPOINT_LIST, getTenantOfEndpoint, listEndpoints } from "../../src/webhooks/endpoints.ts";
import { parseOptions } from "../options.ts";
import { createOutput } from "../output.ts";
import { withSystem } from "../session.ts";

/** A day stands for its start, in UTC. */
const replayOptions = replay.extend({
  since: z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
    error: "Use a date such as 2026-03-02, or a time such as 2026-03-02T09:00:00Z.",
  }).transform((since) => since.includes("T") ? since : `${since}T00:00:00Z`),
});

export function define(webhooks: Command): void {
  webhooks.command("list").description("Lists a tenant's webhooks.")
    .requiredOption("--tenant-id <tenant>", "the tenant (id or subdomain)")
    .option("--json", "print JSON")
    .action(async ({ tenantId, json }) => {
      const output = createOutput(json === true);
      const rows: Endpoint[] = [];
      await withSystem(async (ctx) => {
        const tenant = await openTenant(ctx, (await getTenant(ctx, tenantId)).id);
        const query = ENDPOINT_LIST.query.parse({ limit: MAX_PAGE_SIZE });
        for await (const row of everyItem(query, (part) => listEndpoints(tenant, part))) rows.push(row);
      });
      output.data(rows.map(rowOf));
    });

  webhooks.command("replay").description("Sends the events of one webhook since a time again.")
    .requiredOption("--endpoint <id>", "the webhook")
    .requiredOption("--since <time>", "only events from this time or day on")
    .addOption(new Option("--only <which>", "which events").choices(["all", "failed"]).default("all"))
    .option("--json", "print JSON")
    .action(async ({ endpoint, json, ...options }) => {
      const wanted = parseOptions(replayOptions, options);
      const queued = await withSystem(async (ctx) => {
        const tenant = await openTenant(ctx, await getTenantOfEndpoint(ctx, endpoint));
        return await replayEndpoint(tenant, endpoint, wanted);
      });
      createOutput(json === true).data({ queued });
    });
}

function rowOf({ id, url, events, status, disabledReason, failingSince, createdAt }: Endpoint) {
  return {
    id,
    url,
    events: events.join(" "),
    status,
    disabled_reason: disabledReason,
    failing_since: failingSince?.toISOString() ?? null,
    created_at: createdAt.toISOString(),
  };
}
