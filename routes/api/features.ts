import { z } from "@hono/zod-openapi";
import { getFeatureStatus } from "../../src/billing/feature_status.ts";
import { model } from "../operation_document.ts";
import { tenantResource } from "./audiences.ts";

const status = model("FeatureStatus", {
  feature: z.string(),
  allowed: z.boolean(),
  limit: z.int().nullable().openapi({
    description: "How many the tenant may have, or use in a period. Null: any number, or nothing to count.",
  }),
  used: z.int().nullable(),
}, { feature: "projects", allowed: true, limit: 50, used: 12 });

const features = tenantResource("Billing");
export default features;

features.operation("get", "/features/{key}", {
  operationId: "getFeature",
  summary: "Get whether the plan allows a feature",
  description:
    "For a plan feature such as `webhooks`, a limit such as `projects`, a metric such as `compute_minutes`, or `api_calls`. Every member may ask.",
  parameter: z.string().regex(/^[a-z_]{1,50}$/).openapi({
    description: "The key of a feature, a limit or a metric",
    example: "webhooks",
  }),
  answer: { description: "What the plan allows", schema: status },
  withoutEtag: true,
  run: (ctx, { id: key }) => getFeatureStatus(ctx, key),
});
