import { z } from "zod";
import { USAGE_LIMIT_REACHED } from "../../src/billing/events.ts";
import { BILLING_READ, USAGE_WRITE } from "../../src/billing/permissions.ts";
import { recordUsage, usageInputOf } from "../../src/billing/usage/record.ts";
import { FEATURES } from "../../src/feature_list.ts";
import { listUsage, usageQuery } from "../../src/billing/usage/summary.ts";
import { model } from "../operation_document.ts";
import { readWire } from "../wire.ts";
import { tenantResource } from "./audiences.ts";

const recorded = model("RecordedUsage", {
  recorded: z.int().openapi({ description: "How many records are new. Repeated ones count once." }),
}, { recorded: 1 });

const metricUsage = z.object({
  metric: z.string(),
  total: z.int(),
  limit: z.int().nullable().openapi({
    description:
      "What the plan includes in the period. Null: any number, or a month that no allowance is for.",
  }),
  overage: z.int().openapi({ description: "What was used beyond it." }),
});
const usageReport = model("UsageReport", { data: z.array(metricUsage) }, {
  data: [
    { metric: "compute_minutes", total: 1_240, limit: 1_000, overage: 240 },
    { metric: "api_calls", total: 61_204, limit: 500_000, overage: 0 },
  ],
});

const usage = tenantResource("Billing");
export default usage;

usage.operation("post", "/usage", {
  operationId: "recordUsage",
  summary: "Record usage of a metered metric",
  description:
    "One record, or up to 1,000 in `records`. Values are whole numbers. The same `idempotency_key` of a metric counts once. Records " +
    "may be up to 34 days late, and count in the period of `occurred_at`.",
  permission: USAGE_WRITE,
  events: [USAGE_LIMIT_REACHED],
  body: usageInputOf(FEATURES.flatMap(({ meters }) => meters).map(({ key }) => key)),
  example: { metric: "compute_minutes", value: 12, idempotencyKey: "run-4711" },
  answer: { status: 202, description: "The usage is recorded", schema: recorded },
  run: (ctx, { body }) => recordUsage(ctx, body),
});

usage.operation("get", "/usage", {
  operationId: "listUsage",
  summary: "Get the usage of a period",
  description:
    "Of the current period of the subscription, or of the calendar month `period` (UTC), such as 2026-03. A yearly subscription that sells " +
    "further units of a metric includes twelve months of it for the year. A month that is over has no `limit`, because the plan may have " +
    "changed since, and neither has a month of a yearly subscription; invoices say what was billed. `api_calls` always count by calendar " +
    "month, and are kept for six months.",
  permission: BILLING_READ,
  query: usageQuery,
  answer: { description: "The usage of each metric", schema: usageReport },
  withoutEtag: true,
  run: async (ctx, { c }) => ({ data: await listUsage(ctx, readWire(usageQuery, c.req.query())) }),
});
