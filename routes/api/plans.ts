import { z } from "zod";
import { type ListedPlan, listPlans } from "../../src/billing/plan_list.ts";
import { PLANS } from "../../src/billing/plans.ts";
import { shortList } from "../../src/platform/short_list.ts";
import { model } from "../operation_document.ts";
import { publicResource } from "./audiences.ts";

const EXAMPLE = {
  key: "team",
  version: 1,
  name: "Team",
  priceMonthly: 2_900,
  priceYearly: 29_000,
  currency: "usd",
  trialDays: 14,
  limits: { seats: 15, projects: 50 },
  features: ["api_access", "webhooks", "audit_log"],
} satisfies ListedPlan;

const plan = model("Plan", {
  key: z.enum(PLANS),
  version: z.int(),
  name: z.string(),
  priceMonthly: z.int().nullable().openapi({
    description: "In the currency's smallest unit. Null for a custom price.",
  }),
  priceYearly: z.int().nullable(),
  currency: z.string(),
  trialDays: z.int(),
  limits: z.record(z.string(), z.int().nullable()).openapi({
    description: "How many of each the plan includes. Null: any number.",
  }),
  features: z.array(z.string()),
}, EXAMPLE);

const PLANS_SOLD = shortList<ListedPlan>("plans", ({ key }) => ({ key: `${PLANS.indexOf(key)}`, id: key }));

const plans = publicResource("Plans", "What can be bought.");
export default plans;

plans.list("/plans", {
  operationId: "listPlans",
  summary: "List the plans",
  description: "All plans that are sold, from the smallest to the largest. Needs no credentials.",
  list: PLANS_SOLD,
  name: "PlanList",
  item: plan,
  answer: "A page of plans",
  run: (ctx, query) => Promise.resolve(PLANS_SOLD.page(listPlans(ctx.services), query)),
});
