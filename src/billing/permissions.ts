import { permission } from "../access/permissions.ts";
import { planFeature } from "./plan_feature.ts";

export const BILLING_READ = permission("billing:read", {
  roles: ["owner", "admin"],
  label: "See the plan, usage and invoices",
});

export const BILLING_MANAGE = permission("billing:manage", {
  roles: ["owner", "admin"],
  implies: [BILLING_READ],
  whenRestricted: true,
  label: "Change the plan and the payment method",
});

/** Allows staff to see what workspaces pay, and to refund, grant, extend and correct it in the back office. */
export const BILLING_ACCOUNTS_MANAGE = permission("billing_accounts:manage", {
  roles: [],
  staff: true,
  label: "Manage the billing of all workspaces",
});

/** Programs that meter what the workspace uses. Usage counts even while the workspace is read-only. */
export const USAGE_WRITE = permission("usage:write", {
  roles: ["owner", "admin"],
  whenRestricted: true,
  label: "Record usage",
});

/** People answer it, not code. */
export const PRIORITY_SUPPORT = planFeature("priority_support", {
  label: "Priority support",
  from: "premium",
});
